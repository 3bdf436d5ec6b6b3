import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.text import Text
from PIL import Image

from hippo import plotting
from hippo.patterns import random_patterns


def bipolar(n):
    return random_patterns(n, 784, generator=torch.Generator().manual_seed(n))


def grey(n):
    return torch.rand(n, 784, generator=torch.Generator().manual_seed(n))


#: Every helper with data of its kind.
HELPERS = {
    "accuracy_bars": lambda: plotting.accuracy_bars(
        {"no memory": torch.tensor([0.7, 0.9]), "memory": torch.tensor([1.0, 0.9])}, {"memory": 0.981}, chance=0.2
    ),
    "address_map": lambda: plotting.address_map(torch.eye(3), torch.eye(3) > 0, n_dummies=1),
    "cause_paths": lambda: plotting.cause_paths(grey(3)[:, :2], grey(8)[:, :2].reshape(2, 4, 2), 1, names="abc"),
    "energy_traces": lambda: plotting.energy_traces(torch.tensor([[0.0, 1.0], [-1.0, 2.0]])),
    "episode_grid": lambda: plotting.episode_grid(
        grey(2).view(2, 28, 28), grey(4).view(4, 28, 28), torch.tensor([0, 1, 1, 1]), torch.tensor([0, 0, 1, 1])
    ),
    "error_curves": lambda: plotting.error_curves([1, 2], {"rule": grey(3)[:, :2]}, xlabel="N"),
    "image_grid": lambda: plotting.image_grid({"query": grey(2).reshape(2, 28, 28), "found": grey(3).reshape(3, 28, 28)}),
    "learning_curves": lambda: plotting.learning_curves(
        {"memory": [([1, 2], [0.1, 0.9]), ([1, 2], [0.2, 0.8])], "none": [([1, 4], [0.1, 0.5])]}, {"none": ([4], [0.6])}, ylabel="share"
    ),
    "loss_curves": lambda: plotting.loss_curves({"50 units": [1.0, 0.5]}),
    "overlap_raster": lambda: plotting.overlap_raster(torch.eye(3)[[0, 1, 1, 2]]),
    "overlap_traces": lambda: plotting.overlap_traces(torch.tensor([[0.0, 0.5], [0.1, 1.0]])),
    "preconditioning_bars": lambda: plotting.preconditioning_bars({"s1": torch.ones(4), "neither": torch.zeros(4)}),
    "recall_grid": lambda: plotting.recall_grid(bipolar(2), bipolar(2), bipolar(2)),
    "reconstruction_grid": lambda: plotting.reconstruction_grid(grey(2), grey(2)),
    "state_map": lambda: plotting.state_map(grey(3)[:, :2], grey(4)[:, :2]),
    "trajectory_grid": lambda: plotting.trajectory_grid(grey(7)[:, :12].view(7, 6, 2), grey(7)[:, 12:24].view(7, 6, 2), "abcdef"),
    "weight_matrix": lambda: plotting.weight_matrix(torch.eye(3) - 1),
}


def figure_of(picture):
    return plotting.figure_of(picture) if isinstance(picture, Axes) else picture


def test_every_helper_is_walked():
    no_helpers = {"COLOURS", "Animation", "alt_text", "figure_of", "save", "save_animation"}
    assert set(HELPERS) == set(plotting.__all__) - no_helpers


@pytest.mark.parametrize("name", HELPERS)
def test_every_picture_says_in_words_what_it_shows(name):
    picture = HELPERS[name]()
    text = plotting.alt_text(picture)
    assert any(character.isdigit() for character in text)
    assert plotting.alt_text(figure_of(picture)) == text


@pytest.mark.parametrize("name", HELPERS)
def test_every_axis_is_labelled_and_text_is_readable(name):
    figure = figure_of(HELPERS[name]())
    figure.canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    assert texts
    assert min(text.get_fontsize() for text in texts) >= 9
    if "grid" not in name:
        assert all(ax.get_xlabel() or ax.get_ylabel() for ax in figure.axes)


@pytest.mark.parametrize("name", sorted(set(HELPERS) - {"cause_paths", "episode_grid", "trajectory_grid", "recall_grid", "reconstruction_grid"}))
def test_helpers_draw_where_they_are_told(name, monkeypatch):
    figure, ax = plt.subplots()
    original = getattr(plotting, name)
    monkeypatch.setattr(plotting, name, lambda *args, **options: original(*args, ax, **options))
    assert HELPERS[name]() is ax
    assert plt.get_fignums() == [figure.number]


def test_alt_text_is_computed_from_the_data():
    x = bipolar(2)
    wrong = x.clone()
    wrong[0, :10] *= -1
    text = plotting.alt_text(plotting.recall_grid(x, x, wrong))
    assert "wrong bits 0 to 10 of 784" in text
    assert "0.97 to 1.00" in text


def test_a_rise_of_the_energy_is_ringed_and_told():
    ax = plotting.energy_traces(torch.tensor([[0.0, 0.0], [-1.0, -1.0], [-2.0, -0.5]]))
    assert "1 rises" in plotting.alt_text(ax)
    assert ax.collections[0].get_offsets().tolist() == [[2.0, -0.5]]


def test_overlap_and_wrong_bits_stand_under_each_image():
    x = bipolar(1)
    labels = [ax.get_xlabel() for ax in plotting.recall_grid(x, -x, x).axes]
    assert "m = -1.00\n784 wrong" in labels
    assert "m = 1.00\n0 wrong" in labels


def test_weights_are_drawn_with_symmetric_limits():
    ax = plotting.weight_matrix(torch.tensor([[0.0, -3.0], [1.0, 0.0]]))
    assert ax.images[0].get_clim() == (-3.0, 3.0)
    assert "not symmetric" in plotting.alt_text(ax)


def test_saving_writes_the_alt_text_and_closes(tmp_path):
    figure = figure_of(HELPERS["loss_curves"]())
    plotting.save(figure, tmp_path / "loss.png")
    assert not plt.get_fignums()
    with Image.open(tmp_path / "loss.png") as image:
        assert image.text["Description"] == plotting.alt_text(figure)


def test_a_figure_without_words_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="without alt text"):
        plotting.save(plt.figure(), tmp_path / "empty.png")


def test_an_animation_has_its_frames_its_time_and_its_words(tmp_path):
    def frame(i):
        return figure_of(plotting.state_map(torch.eye(2), torch.tensor([[0.0, i / 2]])))

    plotting.save_animation(plotting.Animation(frame, 3, "a dot rises ↑", seconds=0.25), tmp_path / "dot.gif")
    assert not plt.get_fignums()
    with Image.open(tmp_path / "dot.gif") as image:
        assert image.n_frames == 3
        assert image.info["duration"] == 250
        assert image.info["comment"].decode() == "a dot rises ↑"
        frames = []
        for i in range(3):
            image.seek(i)
            frames.append(image.convert("RGB").tobytes())
    assert len(set(frames)) == 3


def test_a_raster_tells_the_order_of_the_nearest_patterns():
    text = plotting.alt_text(plotting.overlap_raster(torch.eye(3)[[2, 0, 0, 1]]))
    assert "changes 2 times, in the order 2, 0, 1." in text


def test_a_map_says_where_the_state_ends():
    ax = plotting.state_map(torch.eye(2), torch.tensor([[0.0, 0.0], [0.0, 1.0]]), names=["a", "b"])
    assert "it ends 0 from pattern b" in plotting.alt_text(ax)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.recall_grid(grey(1)[:, :5], grey(1), grey(1)), r"expected shape \(n, 784\) for 28×28"),
        (lambda: plotting.error_curves([1], {"a": torch.ones(2, 3)}, xlabel="N"), r"errors: expected shape .*'a'"),
        (lambda: plotting.weight_matrix(torch.ones(2, 3)), r"weights: expected shape \(N, N\), got \(2, 3\)"),
        (lambda: plotting.state_map(torch.ones(3, 2), torch.ones(2, 3)), r"path: expected patterns \(P, 2\)"),
        (lambda: plotting.overlap_raster(torch.ones(3)), r"overlaps: expected shape \(T \+ 1, P\)"),
        (lambda: plotting.energy_traces(torch.ones(3)), r"values: expected shape \(T \+ 1, n\)"),
    ],
)
def test_wrong_data_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
