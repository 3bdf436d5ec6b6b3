"""MONet: sizes, masks, and that it learns."""

import hashlib
import os
import pickle
from pathlib import Path

import pytest
import torch

from hippo.datafiles import DataError
from hippo.retrieval.initial import initialised
from hippo.retrieval.monet import AttentionNet, ComponentVAE, MONet
from hippo.retrieval.monet_weights import PUBLISHED_SHA1, load_weights
from hippo.retrieval.vae_training import Recipe, fit
from hippo.scenes import crop, draw_scenes, render


def count(make):
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in make().parameters())


def test_the_networks_have_the_published_sizes():
    assert count(AttentionNet) == 13_925_825
    assert count(ComponentVAE) == 369_572


def test_a_component_is_coded_in_sixteen_numbers_and_drawn_at_full_size():
    net = initialised(ComponentVAE, torch.Generator().manual_seed(0))
    mean, log_variance = net.encode(torch.zeros(1, 3, 64, 64), torch.zeros(1, 1, 64, 64))
    assert mean.shape == log_variance.shape == (1, 16)
    colours, logits = net.decode(mean)
    assert colours.shape == (1, 3, 64, 64)
    assert logits.shape == (1, 1, 64, 64)


PUBLISHED_NAMES = {
    **{f"down.{i}.0": f"downblock{i + 1}.conv" for i in range(5)},
    **{f"down.{i}.1": f"downblock{i + 1}.norm" for i in range(5)},
    **{f"up.{i}.0": f"upblock{i + 2}.conv" for i in range(5)},
    **{f"up.{i}.1": f"upblock{i + 2}.norm" for i in range(5)},
    **{f"across.{i}": f"mlp.{i}" for i in (0, 2, 4)},
    "logit": "output",
}


def digest(path):
    return hashlib.sha1(path.read_bytes()).hexdigest()


@pytest.mark.slow  # writes and reads 14 million parameters
@pytest.mark.parametrize("format_of_today", [True, False])
def test_weight_files_with_the_published_names_are_read_as_they_were_written(tmp_path, format_of_today):
    written, read = (initialised(MONet, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    attention, component = tmp_path / "attention.pth", tmp_path / "component.pth"
    state = {}
    for name, tensor in written.attention.state_dict().items():
        owner, kind = name.rsplit(".", 1)
        state[f"{PUBLISHED_NAMES[owner]}.{kind}"] = tensor
    torch.save(state, attention, _use_new_zipfile_serialization=format_of_today)
    torch.save(written.component.state_dict(), component, _use_new_zipfile_serialization=format_of_today)
    load_weights(read, attention, component, sha1=(digest(attention), digest(component)))
    assert all(torch.equal(a, b) for a, b in zip(written.parameters(), read.parameters(), strict=True))
    assert not read.training


@pytest.fixture
def small():
    """Two parts of one weight each, so that files are small."""

    class Small(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.attention, self.component = torch.nn.Linear(2, 1, bias=False), torch.nn.Linear(3, 1, bias=False)

    return Small()


def test_a_weight_file_that_is_not_the_published_one_is_refused(small, tmp_path):
    path = tmp_path / "attention.pth"
    with pytest.raises(DataError, match="cannot be read"):
        load_weights(small, path, path)
    torch.save(small.attention.state_dict(), path)
    with pytest.raises(DataError, match=f"is not the published weight file .* instead of {PUBLISHED_SHA1[0][:8]}"):
        load_weights(small, path, path)


class Intruder:
    def __reduce__(self):
        return Path.touch, (Path(os.environ["HIPPO_TEST_MARK"]),)


@pytest.mark.parametrize("write", [torch.save, lambda content, path: path.write_bytes(pickle.dumps(content))])
def test_a_weight_file_that_would_run_something_is_refused_before_it_does(small, tmp_path, monkeypatch, write):
    mark, path = tmp_path / "ran", tmp_path / "attention.pth"
    monkeypatch.setenv("HIPPO_TEST_MARK", str(mark))
    write({"weight": Intruder()}, path)
    with pytest.raises(DataError, match="holds no weights that can be read safely"):
        load_weights(small, path, path, sha1=(digest(path), digest(path)))
    assert not mark.exists()
    torch.load(path, weights_only=False) if write is torch.save else pickle.loads(path.read_bytes())
    assert mark.exists()  # the file is one that does run something where it may


def test_files_that_hold_no_weights_or_others_are_refused_and_change_nothing(small, tmp_path):
    right, wrong = tmp_path / "right.pth", tmp_path / "wrong.pth"
    torch.save({"weight": torch.ones(1, 2)}, right)
    before = small.attention.weight.clone()
    for content, reason in (
        ([torch.ones(2)], "holds something else than named tensors"),
        ({"weight": torch.ones(1, 2)}, r"holds the weights of another network, with weight as \(1, 2\) instead of \(1, 3\)"),
        ({}, r"with weight as nothing instead of \(1, 3\) \(1 differ\): give the one of Linear"),
    ):
        torch.save(content, wrong)
        with pytest.raises(DataError, match=reason):
            load_weights(small, right, wrong, sha1=None)
    wrong.write_bytes(right.read_bytes()[:100])
    with pytest.raises(DataError, match="holds no weights that can be read safely"):
        load_weights(small, right, wrong, sha1=None)
    assert torch.equal(small.attention.weight, before)


@pytest.mark.slow
def test_masks_share_every_pixel_and_training_lowers_the_loss():
    g = torch.Generator().manual_seed(0)
    net = initialised(MONet, g)
    images = crop(render(draw_scenes(1, g), g)) * 2 - 1
    with torch.no_grad():
        masks = net.log_masks(images).exp()
    assert torch.allclose(masks.sum(1), torch.ones(1, 64, 64), atol=1e-4)
    recipe = Recipe(n_steps=3, batch_size=1, learning_rate=1e-4)
    losses = fit(net, images, recipe, g, objective=lambda x, source: (net.loss(x, source),) * 2)
    assert losses[-1] < losses[0]
    assert net.decode(net.encode(images)[0]).shape == images.shape
