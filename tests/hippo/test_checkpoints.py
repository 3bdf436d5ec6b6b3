import copy

import pytest
import torch
from torch import nn

from hippo import checkpoints
from hippo.datafiles import DataError


def net(seed=0, hidden=3):
    torch_generator = torch.Generator().manual_seed(seed)
    module = nn.Sequential(nn.Linear(2, hidden), nn.BatchNorm1d(hidden), nn.Linear(hidden, 1))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=torch_generator))
    return module


def steps(module, optimizer, generator, n):
    for _ in range(n):
        x = torch.randn(8, 2, generator=generator)
        optimizer.zero_grad()
        (module(x) - x[:, :1]).square().mean().backward()
        optimizer.step()


def same(a, b):
    return all(torch.equal(x, b.state_dict()[name]) for name, x in a.state_dict().items())


def test_what_was_saved_is_loaded_bit_by_bit_with_its_note(tmp_path):
    module, other = net(0), net(1)
    module.double()
    note = {"iteration": 7, "settings": {"eta": 0.5, "name": "é"}, "curve": [[0, 0.25], [1, 0.5]]}
    path = checkpoints.save(tmp_path / "deep" / "net.safetensors", module, note)
    assert checkpoints.note(path) == note
    assert checkpoints.load(path, other.double()) == note
    assert same(module, other)
    assert [file.name for file in path.parent.iterdir()] == ["net.safetensors"]


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.SGD])
def test_a_run_that_goes_on_ends_like_one_that_never_stopped(tmp_path, kind):
    def begin(seed):
        module = net(seed)
        return module, kind(module.parameters(), lr=0.01), torch.Generator().manual_seed(seed)

    whole = begin(0)
    steps(*whole, 10)
    first = begin(0)
    steps(*first, 4)
    path = checkpoints.save(tmp_path / "run.safetensors", first[0], {}, optimizer=first[1], generator=first[2])
    second = begin(5)  # another start, so that everything has to come from the file
    second[1].param_groups[0]["lr"] = 1.0
    checkpoints.load(path, second[0], optimizer=second[1], generator=second[2])
    steps(*second, 6)
    assert same(whole[0], second[0])
    assert torch.equal(whole[2].get_state(), second[2].get_state())


def test_parameters_that_are_one_tensor_are_saved(tmp_path):
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    module[1].weight = module[0].weight
    path = checkpoints.save(tmp_path / "tied.safetensors", module, {})
    checkpoints.load(path, module)


def test_a_write_that_fails_leaves_the_file_of_before(tmp_path, monkeypatch):
    module, path = net(0), tmp_path / "net.safetensors"
    checkpoints.save(path, module, {"iteration": 1})

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        checkpoints.save(path, net(1), {"iteration": 2})
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["net.safetensors"]
    assert checkpoints.load(path, net(2)) == {"iteration": 1}


def broken(path, content):
    path.write_bytes(content)
    return path


def test_files_that_cannot_be_used_are_refused_in_one_sentence_and_change_nothing(tmp_path):
    module = net(0)
    good = checkpoints.save(tmp_path / "good.safetensors", module, {})
    bare = tmp_path / "bare.safetensors"
    from safetensors.torch import save_file

    save_file({"x": torch.ones(1)}, bare)
    cases = [
        (tmp_path / "none.safetensors", {}, "is not there"),
        (broken(tmp_path / "text.safetensors", b"no tensors at all"), {}, "is not a sound safetensors file"),
        (broken(tmp_path / "cut.safetensors", good.read_bytes()[:-5]), {}, "is not a sound safetensors file"),
        (tmp_path, {}, "is not a sound safetensors file"),
        (bare, {}, "without a note"),
        (good, {"optimizer": torch.optim.SGD(module.parameters(), lr=1.0)}, "holds no state of the optimizer"),
        (good, {"generator": torch.Generator()}, "holds no state of the generator"),
    ]
    target = net(1)
    for path, options, message in cases:
        with pytest.raises(DataError, match=message) as refusal:
            checkpoints.load(path, target, **options)
        assert str(path) in str(refusal.value)
        assert "\n" not in str(refusal.value)
        assert same(target, net(1))


def test_a_checkpoint_of_another_model_says_what_differs(tmp_path):
    path = checkpoints.save(tmp_path / "net.safetensors", net(hidden=3), {})
    with pytest.raises(DataError, match=r"0\.bias as \(3,\) instead of \(4,\) \(7 of 9 differ\)"):
        checkpoints.load(path, net(hidden=4))


def test_shipped_checkpoints_lie_with_the_bundled_data():
    assert checkpoints.shipped("x").parts[-3:] == ("data", "checkpoints", "x.safetensors")


def test_eight_bits_are_a_quarter_of_the_size_and_off_by_half_a_step(tmp_path):
    wide = nn.Sequential(nn.Conv2d(3, 64, 3), nn.Flatten(), nn.Linear(640, 100))
    with torch.no_grad():
        wide[2].weight[0] = 0
    whole = checkpoints.save(tmp_path / "whole.safetensors", wide, {})
    small = checkpoints.save(tmp_path / "small.safetensors", wide, {"step": 3}, eight_bits=True)
    assert small.stat().st_size < 0.3 * whole.stat().st_size
    again = copy.deepcopy(wide)
    assert checkpoints.load(small, again) == {"step": 3}
    for a, b in zip(wide.parameters(), again.parameters(), strict=True):
        if a.ndim == 1:
            assert torch.equal(a, b)
        else:
            largest = a.detach().flatten(1).abs().amax(1)
            # Rounding moves by half a step of largest / 127; float32 rounds once more.
            assert ((a - b).detach().flatten(1).abs().amax(1) <= largest / 254 * 1.001).all()
    # What was rounded once is rounded to itself.
    once_more = checkpoints.save(tmp_path / "again.safetensors", again, {"step": 3}, eight_bits=True)
    third = copy.deepcopy(wide)
    checkpoints.load(once_more, third)
    assert all(torch.allclose(a, b, rtol=1e-6) for a, b in zip(again.parameters(), third.parameters(), strict=True))
