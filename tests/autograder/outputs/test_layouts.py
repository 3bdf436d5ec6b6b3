import pytest

from autograder.layouts import is_about, whose, without_root


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("anna/hippocampus.ipynb", "anna"),
        ("anna/hippocampus (1).ipynb", "anna"),
        ("anna/hippocampus/hippocampus.ipynb", "anna"),
        ("anna.ipynb", "anna"),
        ("anna_hippocampus.ipynb", "anna"),
        ("anna_1_2_x.IPYNB", "anna"),
        ("O'Neil, Jr..ipynb", "O'Neil, Jr."),
        ("anna/hippocampus-submission.zip/hippocampus.ipynb", "anna"),
        ("anna_hippocampus-submission.zip/a.ipynb", "anna"),
        ("ann_b_work.ipynb", "ann_b"),
        ("ann_b.ipynb", "ann_b"),
        ("ann.ipynb", "ann"),
        ("ann_b_77_file_/x.ipynb", "ann_b"),
        ("hippocampus.ipynb", None),
        ("hippocampus (1).ipynb", None),
        ("hippocampus_anna.ipynb", None),
        (".ipynb", None),
        ("submissions/x.ipynb", None),
        ("../x.ipynb", None),
        ("_x.ipynb", None),
        ("hippocampus-submission.zip/hippocampus.ipynb", None),
    ],
)
def test_the_student_is_told_from_the_path(path, student):
    assert whose(tuple(path.split("/")), "hippocampus", {"ann", "ann_b"}) == student


@pytest.mark.parametrize(
    ("stem", "about"),
    [
        ("hippocampus", True),
        ("hippocampus (1)", True),
        ("hippocampus-copy2", True),
        ("hippocampus-submission", True),
        ("hippocampus2", True),
        ("hippocampusanna", False),
        ("anna", False),
    ],
)
def test_a_name_is_about_the_assignment_or_about_a_student(stem, about):
    assert is_about("hippocampus", stem) == about


@pytest.mark.parametrize(
    ("paths", "source", "first"),
    [
        (["submissions/anna.ipynb", "submissions/bob.ipynb"], "x", "anna.ipynb"),
        (["class/anna.ipynb", "class/bob.ipynb"], "class", "anna.ipynb"),
        (["x/anna/h.ipynb", "x/bob/h.ipynb"], "y", "anna"),
        (["hippocampus/anna.ipynb"], "y", "anna.ipynb"),
        (["anna/hippocampus.ipynb"], "anna", "anna"),
        (["anna/hippocampus/hippocampus.ipynb"], "y", "anna"),
        (["anna/hippocampus.ipynb"], "y", "anna"),
        (["anna/hippocampus.ipynb", "bob/hippocampus.ipynb"], "y", "anna"),
    ],
)
def test_a_folder_around_all_submissions_is_no_student(paths, source, first):
    assert without_root([tuple(p.split("/")) for p in paths], "hippocampus", source)[0][0] == first
