from pathlib import Path

from hippo import datasets, doctor


def test_every_failing_line_has_a_cure(nowhere, tmp_path, monkeypatch):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr(datasets, "DIGITS_FILE_SHA256", "0" * 64)
    findings = {finding.name: finding for finding in doctor.examine(tmp_path / "missing")}
    for name in ("MNIST", "UCI digits", "write here"):
        assert not findings[name].good
        assert findings[name].cure


def test_a_sound_machine_has_only_good_lines(nowhere, tmp_path):
    findings = doctor.examine(tmp_path)
    assert all(finding.good for finding in findings)
    assert {"python", "torch", "numpy", "matplotlib", "device", "MNIST", "UCI digits", "CIFAR-10", "Omniglot", "trajectories",
            "write here"} == {finding.name for finding in findings}  # fmt: skip
    assert list(Path(tmp_path).iterdir()) == []


def test_data_that_are_here_are_named_and_broken_ones_have_a_cure(nowhere, tmp_path, monkeypatch):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    (tmp_path / "trajectories.csv").write_text("name,x,y\n")
    for name in ("cifar10.npz", "omniglot28.npz"):
        (tmp_path / name).write_bytes(b"not an archive")
    findings = {finding.name: finding for finding in doctor.data_findings()}
    for name in ("CIFAR-10", "Omniglot", "trajectories"):
        assert not findings[name].good
        assert str(tmp_path) in findings[name].cure
    (tmp_path / "trajectories.csv").write_text("name,step,x,y\na,0,0,0\na,1,1,1\n")
    assert {f.name: f.found for f in doctor.data_findings()}["trajectories"] == str(tmp_path / "trajectories.csv")
