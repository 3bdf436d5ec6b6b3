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
    assert {"python", "torch", "numpy", "matplotlib", "device", "MNIST", "UCI digits", "write here"} == {
        finding.name for finding in findings
    }
    assert list(Path(tmp_path).iterdir()) == []
