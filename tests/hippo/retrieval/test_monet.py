"""MONet: sizes, masks, and that it learns."""

import hashlib

import pytest
import torch

from hippo.datafiles import DataError
from hippo.retrieval.initial import initialised
from hippo.retrieval.monet import AttentionNet, ComponentVAE, MONet, check_weights
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


def test_a_weight_file_that_is_not_the_published_one_is_refused(tmp_path):
    path = tmp_path / "attention.pth"
    with pytest.raises(DataError, match="cannot be read"):
        check_weights(path, "0" * 40)
    path.write_bytes(b"weights")
    with pytest.raises(DataError, match="is not the published weight file"):
        check_weights(path, "0" * 40)
    check_weights(path, hashlib.sha1(b"weights").hexdigest())


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
