import pytest
import torch
from torch.nn import functional as F

from hippo.few_shot import ARMS, Accuracy, ConvNet, Learner, Settings, accuracies, draw_episodes, nearest_pixels
from hippo.glyphs import generate


def test_the_net_is_that_of_the_equations(generator):
    net = ConvNet(8, generator=generator).double()
    images = torch.rand(2, 28, 28, generator=generator, dtype=torch.float64)
    x, sizes = images[:, None], []
    for layer in net.convolutions:
        # As TensorFlow pads for "SAME": what is odd in number goes to the right, with −∞.
        x = F.conv2d(x, layer.weight, layer.bias, padding=1)
        short = max((-(-x.shape[-1] // 2) - 1) * 2 + 3 - x.shape[-1], 0)
        x = F.pad(x, (short // 2, short - short // 2) * 2, value=-torch.inf)
        x = F.relu(x).unfold(2, 3, 2).unfold(3, 3, 2).amax(dim=(-1, -2)).clamp(min=0)
        sizes.append(x.shape[-1])
    assert sizes == [14, 7, 4, 2, 1]
    torch.testing.assert_close(net(images), x.flatten(1))


def test_sizes_and_initial_filters_are_the_published_ones(generator):
    net = ConvNet(generator=generator)
    assert sum(p.numel() for p in net.parameters()) == 148_352
    for layer in net.convolutions:
        n_in, n_out = 9 * layer.in_channels, 9 * layer.out_channels
        bound = (6 / (n_in + n_out)) ** 0.5  # Glorot & Bengio 2010, eq. 16
        weight = layer.weight.detach()
        assert float(weight.abs().max()) <= bound
        # Uniform within ±bound: variance bound²/3; of at least 576 draws it scatters by √(4/5/576) = 4 %.
        assert float(weight.var()) == pytest.approx(bound**2 / 3, rel=0.2)
        assert not bool(layer.bias.any())


def test_bfloat16_changes_embeddings_by_its_rounding_only(generator):
    net, images = ConvNet(generator=generator), torch.rand(4, 28, 28, generator=generator)
    exact = net(images).detach()
    net.in_bfloat16 = True
    rounded = net(images).detach()
    assert rounded.dtype == torch.float32
    # Eight bits: 2⁻⁸ per factor, five layers of two factors each and their sums: below 5 % of the embedding's length.
    assert float((rounded - exact).norm() / exact.norm()) < 0.05
    assert not torch.equal(rounded, exact)


def test_images_of_another_size_are_refused(generator):
    with pytest.raises(ValueError, match="images: expected shape"):
        ConvNet(generator=generator)(torch.zeros(1, 16, 28))


@pytest.mark.parametrize("arm", ARMS)
def test_renaming_the_classes_renames_the_answers(arm, generator):
    learner = Learner(Settings(arm, n_features=16), generator=generator).double()
    task = draw_episodes(torch.rand(8, 4, 28, 28, generator=generator), 2, n_shots=2, generator=generator)
    support, query = task.support.double(), task.query.double()
    renamed = torch.tensor([3, 0, 4, 1, 2])
    first = learner(type(task)(support, task.support_labels, query, task.query_labels, 5))
    second = learner(type(task)(support, renamed[task.support_labels], query, task.query_labels, 5))
    torch.testing.assert_close(second[..., renamed], first)


def test_arms_of_one_seed_start_with_the_same_net():
    nets = [Learner(Settings(arm), generator=torch.Generator().manual_seed(1)).net.state_dict() for arm in ARMS]
    assert all(torch.equal(net[name], nets[0][name]) for net in nets for name in net)


def test_making_a_learner_leaves_torchs_random_numbers_alone(generator):
    state = torch.random.get_rng_state()
    Learner(Settings(), generator=generator)
    assert torch.equal(state, torch.random.get_rng_state())


def test_an_unknown_arm_is_refused():
    with pytest.raises(ValueError, match="arm: expected one of storkey"):
        Learner(Settings("oja"))


def test_summary_of_known_tasks():
    found = Accuracy(torch.tensor([1.0, 0.5, 0.75, 0.75]))
    assert found.mean == 0.75
    assert found.deviation == pytest.approx((0.125 / 3) ** 0.5)
    assert found.standard_error == pytest.approx(found.deviation / 2)


def test_guessing_scores_chance_and_scatters_as_coins_do(generator):
    # 400 tasks of 10 queries: the mean scatters by √(0.2·0.8/4000) = 0.0063, the s.d. 0.126 by 3.5 %; five of each.
    found = accuracies(
        lambda task: torch.rand(len(task.query), 10, 5), torch.rand(6, 4, 8, 8), 400, generator=generator
    )
    assert found.mean == pytest.approx(0.2, abs=0.032)
    assert found.deviation == pytest.approx((0.2 * 0.8 / 10) ** 0.5, rel=0.18)


def test_the_number_of_tasks_at_a_time_does_not_decide_who_is_right(generator):
    glyphs = generate(4, 5, 8, generator=generator).images.reshape(20, 8, 28, 28)
    found = [accuracies(nearest_pixels, glyphs, n, generator=generator) for n in (30, 31)]
    assert [len(accuracy.per_episode) for accuracy in found] == [30, 31]


def test_the_nearest_in_pixels_is_found(generator):
    task = draw_episodes(torch.rand(6, 5, 8, 8, generator=generator), 3, n_shots=2, generator=generator)
    scores = nearest_pixels(task)
    for b in range(3):
        for i, query in enumerate(task.query[b]):
            for c in range(5):
                of_class = task.support[b][task.support_labels[b] == c]
                expected = -min(float((query - image).square().sum()) for image in of_class)
                # cdist by products: 64 terms near 1, differences near 10, squared.
                assert float(scores[b, i, c]) == pytest.approx(expected, abs=1e-4)
