import ast
import hashlib
import json
import os
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from autograder.answers import Answers, boilerplate, collected_answers
from autograder.assignment import load_assignment
from autograder.commands import looking
from autograder.course import Course
from autograder.errors import UserError
from autograder.new_assignment import new_assignment
from autograder.notebooks import to_ipynb
from autograder.release import released_cells
from autograder.similarity import clusters, compare
from autograder.similarity_page import page

STUB = '''import torch


def recall(weights, cue, n_steps):
    """Update every unit of `cue` n_steps times; sign(0) is 1."""
    raise NotImplementedError("1: write recall")
'''
LOOP = '''import torch


def recall(weights, cue, n_steps):
    """Update every unit of `cue` n_steps times; sign(0) is 1."""
    state = cue.clone()
    for step in range(n_steps):
        field = weights @ state
        state = torch.where(field >= 0, torch.ones_like(field), -torch.ones_like(field))
    history = [state]
    while len(history) < 3:
        history.append(history[-1] * 1.0)
    return history[0]
'''
OTHER = '''import torch


def recall(weights, cue, n_steps):
    """Update every unit of `cue` n_steps times; sign(0) is 1."""
    if n_steps == 0:
        return cue
    following = [1.0 if sum(w * s for w, s in zip(row, cue.tolist())) >= 0 else -1.0 for row in weights.tolist()]
    return recall(weights, torch.tensor(following), n_steps - 1)
'''
GIVEN = Answers(("given",), {"1": STUB}, {"2, written": "*Your answer here.*"})


class Renamed(ast.NodeTransformer):
    """Every name of the student's own is another one."""

    own = ("state", "step", "field", "history", "weights", "cue", "n_steps", "recall")

    def _new(self, name):
        return f"my_{name[::-1]}_2" if name in self.own else name

    def visit_Name(self, node):
        node.id = self._new(node.id)
        return node

    def visit_arg(self, node):
        node.arg = self._new(node.arg)
        return node

    def visit_FunctionDef(self, node):
        node.name = self._new(node.name)
        self.generic_visit(node)
        return node


def renamed(code):
    return "# my own work\n" + ast.unparse(Renamed().visit(ast.parse(code)))


def pair(first, second, given=GIVEN):
    return compare([Answers(("anna",), {"1": first}), Answers(("bob",), {"1": second})], given).pairs[0]


def test_renaming_every_identifier_still_scores_one():
    copied = ast.unparse(ast.parse(LOOP))
    assert renamed(LOOP) != copied
    assert pair(copied, renamed(LOOP)).code == 1


def test_another_way_to_write_it_is_not_alike():
    assert pair(LOOP, OTHER).code < 0.4


def test_what_was_given_to_everybody_counts_for_nobody():
    found = compare([Answers((who,), {"1": STUB}) for who in ("anna", "bob")] + [Answers(("eve",), {"1": LOOP})], GIVEN)
    assert (found.names, found.too_little, found.pairs) == (["eve"], ["anna", "bob"], [])


def test_a_passage_that_stands_twice_in_one_text_is_no_boilerplate():
    twice = LOOP.replace("def recall", "def again") + "\n\n" + LOOP.split("\n\n\n")[1]
    assert pair(twice, twice).code == 1


def test_written_answers_are_compared_by_themselves():
    text = "Both attractors are stable because the energy of a pattern and of its negative is the same under this rule."
    def by(who, words):
        return Answers((who,), {"1": LOOP if who == "anna" else OTHER}, {"2, written": words})

    found = compare([by("anna", text), by("bob", text.replace(" ", "\n", 3))], GIVEN).pairs[0]
    assert found.written == 1
    assert found.code < 0.4


def test_passages_that_many_share_are_not_theirs_alone():
    def share_of_two_copies(n_others):
        crowd = [Answers((f"c{n}",), {"1": LOOP}) for n in range(n_others)]
        found = compare([*crowd, Answers(("x",), {"1": LOOP}), Answers(("y",), {"1": LOOP})], GIVEN)
        return next(p.rare for p in found.pairs if (p.first, p.second) == ("x", "y"))

    assert share_of_two_copies(0) == 1
    assert share_of_two_copies(6) == 0


def test_submissions_hang_together_through_others():
    found = compare([Answers((n,), {"1": LOOP}) for n in "abc"] + [Answers(("z",), {"1": OTHER})], GIVEN)
    assert clusters(found.alike(0.8)) == [["a", "b", "c"]]


def test_the_result_is_the_same_whatever_python_hashes_to():
    code = "from tests.autograder.outputs.test_similarity import *; print(digest())"
    command = [sys.executable, "-c", code]
    made = subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == digest()


def digest():
    return hashlib.sha256(repr([people_of_four(), people_of_four().alike(0.8)]).encode()).hexdigest()


def people_of_four():
    people = {"anna": LOOP, "bob": renamed(LOOP), "eve": OTHER, "zoe": renamed(LOOP) + OTHER}
    return compare([Answers((who,), {"1": code}) for who, code in people.items()], GIVEN)


def example():
    return page("tiny", "Tiny", people_of_four(), [("nina", "broken.ipynb is not a readable notebook")], 0.8)


def test_the_page_names_the_pair_and_marks_what_both_have():
    tree = BeautifulSoup(example(), "html.parser")
    text = tree.get_text(" ", strip=True)
    assert "anna and bob" in text
    assert "nina : broken.ipynb is not a readable notebook" in text
    assert "torch.where" in " ".join(mark.get_text() for mark in tree.find_all("mark"))
    assert len(tree.find_all("img")) == 2
    assert all(len(image["alt"]) > 60 for image in tree.find_all("img"))
    assert all(th.get("scope") for th in tree.find_all("th"))


def test_what_a_student_wrote_is_text():
    evil = "\n\ndef more():\n    return '<script>alert(1)</script><img src=x onerror=alert(1)>' + '\x1b[31m\u202e' * 9 + '{{ 7*7 }}'\n"
    people = [Answers((who,), {"1": LOOP + evil}) for who in ("<b>anna</b>", "bob\u202e")]
    tree = BeautifulSoup(page("tiny", "<i>t</i>", compare(people, GIVEN), [("<u>x</u>", "<s>")], 0.8), "html.parser")
    assert not tree.find_all(["script", "b", "i", "u", "s"])
    assert "<script>alert(1)</script>" in tree.get_text()
    assert not set(str(tree)) & set("\x1b\u202e")


@pytest.fixture
def tiny_class(tmp_path):
    new_assignment("tiny", tmp_path / "solutions")
    assignment = load_assignment("tiny", tmp_path / "solutions")
    for who, code in {"anna": LOOP, "bob": LOOP, "eve": OTHER, "nora": None}.items():
        cells = released_cells(assignment)
        if code is not None:
            next(c for c in cells if c.role == "answer").source = code.replace("recall", "overlap")
        folder = tmp_path / "submitted" / who / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(to_ipynb(cells) if code is not None else "{")
    return assignment, Course(tmp_path)


def test_the_command_lists_pairs_and_writes_a_page(tiny_class, capsys):
    _, course = tiny_class
    assert looking.similarity("tiny", course.root, course.root / "solutions", 0.8, False, False) == 0
    assert "anna and bob" in capsys.readouterr().out
    assert looking.similarity("tiny", course.root, course.root / "solutions", 0.8, True, False) == 0
    result = json.loads(capsys.readouterr().out)
    assert [(p["first"], p["second"]) for p in result["pairs"]] == [("anna", "bob")]
    assert result["not_compared"] == ["nora"]
    index = (course.root / "reports" / "index.html").read_text()
    assert "tiny.similarity.html" in index


def test_members_of_a_group_are_one_author(tiny_class):
    assignment, course = tiny_class
    (course.root / "people.toml").write_text('[[group]]\nname = "one"\nmembers = ["anna", "bob"]\n')
    answers, unread = collected_answers(assignment, course)
    assert [each.authors for each in answers] == [("anna", "bob"), ("eve",)]
    assert [who for who, _ in unread] == ["nora"]
    assert compare(answers, boilerplate(assignment)).alike(0.8) == []


def test_nobody_to_compare_is_one_sentence(tiny_class):
    _, course = tiny_class
    for who in ("anna", "bob", "eve"):
        (course.root / "submitted" / who / "tiny" / "tiny.ipynb").write_text("{")
    with pytest.raises(UserError, match="nobody has handed in tiny") as error:
        looking.similarity("tiny", course.root, course.root / "solutions", 0.8, False, False)
    assert error.value.exit_code == 5
