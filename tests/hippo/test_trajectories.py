"""Letters, random trajectories, and files of trajectories."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hippo.datasets import DataError
from hippo.letter_points import LETTER_POINTS
from hippo.trajectories import SPREAD, least_distance, letters, load_trajectories, random_trajectories, read_csv


def test_letters_are_twenty_and_none_is_too_near_to_another():
    drawn = letters()
    assert drawn.x.shape == (60, 20, 2)
    assert drawn.names == tuple("abcdeghlmnopqrsuvwyz")
    assert least_distance(drawn.x) >= 0.5
    assert not drawn.is_published


@given(st.integers(2, 80), st.sets(st.sampled_from(sorted(LETTER_POINTS)), min_size=1))
def test_letters_share_their_start_and_have_the_published_spread(n_steps, names):
    x = letters(n_steps, "".join(sorted(names))).x
    assert x.shape == (n_steps, len(names), 2)
    assert bool((x[0] == x[0, 0]).all())
    assert float(x.mean()) == pytest.approx(0, abs=1e-5)
    assert float(x.double().std()) == pytest.approx(SPREAD, rel=1e-5)


def test_a_letter_passes_near_the_points_it_was_drawn_through():
    x = letters(400, "z").x[:, 0].double()
    points = torch.tensor(LETTER_POINTS["z"], dtype=torch.float64)
    # The drawing is a translation and one scale of the points.
    scale = (x[-1] - x[0]).norm() / (points[-1] - points[0]).norm()
    wanted = (points - points[0]) * scale + x[0]
    # 400 points on a path of length 4 in points' unit: the nearest is half a step away.
    assert float(torch.cdist(wanted, x).min(dim=1).values.max()) < 0.02 * float(scale)


@given(st.integers(0, 100), st.integers(1, 12))
def test_random_trajectories_keep_their_distance(seed, n):
    drawn = random_trajectories(n, 40, generator=torch.Generator().manual_seed(seed), least=0.6)
    assert drawn.x.shape == (40, n, 2)
    assert bool((drawn.x[0] == 0).all())
    assert n == 1 or least_distance(drawn.x) >= 0.6 - 1e-6
    again = random_trajectories(n, 40, generator=torch.Generator().manual_seed(seed), least=0.6)
    assert torch.equal(drawn.x, again.x)


def test_more_random_trajectories_than_fit_are_refused():
    with pytest.raises(ValueError, match=r"n: expected no more than fit at a distance of 1\.5, about"):
        random_trajectories(50, 40, generator=torch.Generator().manual_seed(0), least=1.5)


def test_the_least_distance_is_that_of_the_closest_pair():
    x = torch.zeros(5, 3, 2)
    x[:, 1, 0], x[:, 2, 1] = 3.0, 4.0
    assert least_distance(x) == pytest.approx(3)


@pytest.mark.parametrize("names", ["aa", "ax", ""])
def test_letters_that_cannot_be_drawn_are_named(names):
    with pytest.raises(ValueError, match="each once, got"):
        letters(60, names)


def test_without_a_data_folder_letters_stand_in(monkeypatch, tmp_path):
    monkeypatch.delenv("HIPPO_DATA", raising=False)
    assert load_trajectories().source == "drawn letters"
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    assert load_trajectories().source == "drawn letters"


def test_a_broken_file_is_an_error_and_not_letters(monkeypatch, tmp_path):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    path = tmp_path / "handwriting_trajs_20.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="is not a sound npz file"):
        load_trajectories()
    np.savez(path, trajs=np.zeros((20, 59, 2)), labels=np.array(list("abcdefghijklmnopqrst")))
    with pytest.raises(DataError, match="not 20 × 60 × 2 numbers"):
        load_trajectories()
    np.savez(path, trajs=np.array([{}], dtype=object), labels=np.array(["a"]))
    with pytest.raises(DataError, match="is not a sound npz file"):
        load_trajectories()


def test_a_file_of_twenty_trajectories_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    values = np.random.default_rng(0).normal(size=(20, 60, 2))
    np.savez(tmp_path / "handwriting_trajs_20.npz", trajs=values, labels=np.array(list("abcdeghlmnopqrsuvwyz")))
    loaded = load_trajectories()
    assert loaded.is_published
    np.testing.assert_allclose(loaded.x[:, 3], values[3], rtol=1e-6)


def test_a_csv_is_read_in_any_order_of_rows(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("step,name,x,y\n1,two,3,4\n0,one,1,2\n0,two,5,6\n1,one,7,8\n", encoding="utf-8")
    read = read_csv(path)
    assert read.names == ("two", "one")
    assert read.x.tolist() == [[[5, 6], [1, 2]], [[3, 4], [7, 8]]]
    assert read.source == "mine.csv"


def test_trajectories_of_ones_own_are_taken_where_the_published_ones_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPPO_DATA", str(tmp_path))
    (tmp_path / "trajectories.csv").write_text("name,step,x,y\none,0,1,2\none,1,3,4\n", encoding="utf-8")
    loaded = load_trajectories()
    assert loaded.names == ("one",)
    assert not loaded.is_published


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "needs the columns name, step, x, y; it has a, b"),
        ("", "needs the columns name, step, x, y; it has none"),
        ("name,step,x,y\na,0,1,2\na,1,oops,2\n", "line 3: expected a name, a whole step, x and y"),
        ("name,step,x,y\na,0,1\n", "line 2: expected"),
        ("name,step,x,y\na,0,1,2\na,1,1,2\nb,0,1,2\n", "needs the same steps"),
        ("name,step,x,y\n", "needs the same steps"),
        ("name,step,x,y\na,0,nan,2\na,1,1,2\n", "not finite"),
    ],
)
def test_a_csv_that_is_something_else_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=words) as caught:
        read_csv(path)
    assert "\n" not in str(caught.value)


def test_a_csv_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"name,step,x,y\n\xff\xfe")
    with pytest.raises(DataError):
        read_csv(tmp_path / "binary.csv")
