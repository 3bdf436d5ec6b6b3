import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.dynamics import follow


def counted(update):
    calls = []

    def wrapped(state):
        calls.append(state)
        return update(state)

    return wrapped, calls


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.integers(0, 12), st.sampled_from([0, 2]))
def test_any_map_is_followed_as_if_to_the_end(table, n_updates, longest_cycle):
    # Six states and a random map between them, with cycles of any length.
    successors = torch.tensor(table, dtype=torch.float64)

    def update(state):
        return successors[state.long()]

    cues = torch.arange(6, dtype=torch.float64)[:, None]
    got = list(follow(update, cues, n_updates, longest_cycle=longest_cycle))
    state = cues
    for step in range(n_updates):
        state = update(state)
        assert torch.equal(got[step], state)
    assert len(got) == n_updates


def test_updates_stop_at_a_fixed_point():
    update, calls = counted(torch.abs)
    assert len(list(follow(update, -torch.ones(3), 50))) == 50
    assert len(calls) == 2


def test_updates_stop_at_a_two_cycle_only_if_allowed():
    update, calls = counted(torch.neg)
    list(follow(update, torch.ones(3), 50))
    assert len(calls) == 2
    update, calls = counted(torch.neg)
    list(follow(update, torch.ones(3), 50, longest_cycle=1))
    assert len(calls) == 50


@pytest.mark.parametrize("n_updates", [0, 1, 2])
def test_a_batch_goes_on_until_all_have_settled(n_updates):
    cues = torch.tensor([[0.0], [2.0]])
    states = list(follow(lambda s: (s - 1).clamp(min=0), cues, n_updates))
    assert [state.ravel().tolist() for state in states] == [[0, 1], [0, 0]][:n_updates]
