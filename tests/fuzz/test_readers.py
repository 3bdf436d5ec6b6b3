"""Whatever bytes come in from outside: a value of the agreed kind or one sentence, and nothing else happens."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from autograder import protocol
from autograder.pysource import defined_names, definitions_only, drop_magics, unreadable
from tests.fuzz import strategies
from tests.fuzz.archives import check_archive
from tests.fuzz.frames import CAP, Metered, check_frame, check_reply, is_plain, same
from tests.fuzz.properties import CHECKS, check_manifest, check_notebook, check_record
from tests.fuzz.seeds import SEEDS


def examples(number: int) -> settings:
    return settings(max_examples=number, derandomize=True, deadline=None, database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip


@pytest.mark.parametrize("target", CHECKS)
def test_every_seed_keeps_the_promises(target):
    for seed in SEEDS[target]():
        CHECKS[target](seed)


@examples(400)
@given(strategies.frames)
def test_a_frame_is_refused_or_gives_plain_data(data):
    check_frame(data)


@examples(200)
@given(strategies.messages)
def test_what_is_sent_arrives(message):
    for with_numpy in (False, True):
        back = protocol.decode(Metered(protocol.encode(message)), with_numpy=with_numpy)
        assert is_plain(back, with_numpy)
        assert same(back, as_received(message, with_numpy))


def as_received(value: Any, with_numpy: bool) -> Any:
    """What a value is on the other side: arrays are tensors unless numpy is wanted."""
    if type(value) in (list, tuple):
        return type(value)(as_received(item, with_numpy) for item in value)
    if type(value) is dict:
        return {key: as_received(item, with_numpy) for key, item in value.items()}
    if type(value).__module__ == "numpy" and not with_numpy:
        import torch

        return torch.from_numpy(value.copy()) if value.ndim else torch.tensor(value.item(), dtype=getattr(torch, value.dtype.name))
    return value


@examples(150)
@given(strategies.frames)
def test_a_frame_takes_memory_in_proportion_to_its_bytes(data):
    tracemalloc.start()
    try:
        protocol.decode(Metered(data), CAP)
    except (protocol.ProtocolError, EOFError):
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    # an empty object of JSON takes two bytes there and 64 here
    assert peak <= 64 * len(data) + (1 << 16)


@examples(300)
@given(strategies.replies)
def test_a_reply_is_a_value_or_a_fault(message):
    check_reply(message)


@examples(150)
@given(strategies.notebooks)
def test_a_notebook_is_read_matched_and_shown_or_refused(raw):
    check_notebook(raw)


@examples(200)
@given(strategies.sources)
def test_definitions_stay_as_they_were_written(source):
    source = source.encode("utf-8", "replace").decode()
    plain, _ = drop_magics(source)
    kept = definitions_only(plain)
    assert not unreadable(kept)
    assert set(defined_names(kept)) <= set(defined_names(plain))
    for number, line in enumerate(kept.split("\n")):
        assert line.strip("; ") in plain.replace("\r\n", "\n").replace("\r", "\n").split("\n")[number] or ";" in line


@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile's about names that are twice in an archive on purpose
@examples(100)
@given(strategies.archives)
def test_an_archive_is_collected_file_by_file_or_refused(raw):
    check_archive(raw)


@examples(300)
@given(strategies.manifests)
def test_a_manifest_is_sound_or_refused(raw):
    check_manifest(raw)


@examples(200)
@given(strategies.records)
def test_a_record_is_whole_or_refused(raw):
    check_record(raw)
