"""Cells run statement by statement, and a student's values come back through the proxy."""

from __future__ import annotations

import inspect
import math
import subprocess
import sys

import pytest
import torch

from autograder.student import LocalConnection, Student, StudentFault, call_text
from autograder.worker import Interpreter


@pytest.fixture
def student():
    return Student(LocalConnection({}))


def test_a_failing_statement_is_reported_and_the_rest_goes_on(student):
    errors = student.run("a = 1\nb = 1 / 0\nraise SystemExit(3)\ndef f():\n    return a", "cell")
    assert errors == ["line 2: ZeroDivisionError: division by zero", "line 3: SystemExit: 3"]
    assert student.f() == 1


def test_a_syntax_error_names_its_line(student):
    (error,) = student.run("a = 1\ndef f(:\n    pass", "cell")
    assert error.startswith("line 2: SyntaxError")


def test_the_line_of_an_error_is_the_one_in_the_cell(student):
    (error,) = student.run("def f():\n    return missing\n\n\nx = f()", "cell")
    assert error.startswith("line 2: NameError")


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip install torch", "?print", "print?", "  %time"])
def test_lines_for_the_shell_are_left_out(student, line):
    assert student.run(f"{line}\ndef f():\n    return 1", "cell") == []
    assert student.f() == 1


def test_a_percent_sign_that_is_python_stays(student):
    assert student.run("x = (7\n% 4)\ndef f():\n    return x", "cell") == []
    assert student.f() == 3


def test_future_imports_hold_for_the_whole_cell(student):
    assert student.run("from __future__ import annotations\ndef f(x: Undefined) -> Nothing:\n    return 1", "c") == []


def test_cells_share_one_namespace_and_source_can_be_inspected():
    namespace: dict[str, object] = {}
    student = Student(LocalConnection(namespace))
    student.run("def helper():\n    return 2", "first")
    student.run("def f():\n    return helper()", "second")
    assert student.f() == 2
    assert "return helper()" in inspect.getsource(namespace["f"])


def test_display_and_get_ipython_exist_and_do_nothing(capsys):
    import sys

    main = sys.modules["__main__"]
    try:
        interpreter = Interpreter()
        exec("display(3); get_ipython().run_line_magic('matplotlib', 'inline')", interpreter.namespace)
    finally:
        sys.modules["__main__"] = main
    assert capsys.readouterr().out == "3\n"


def test_arguments_are_copies(student):
    student.run("def f(x):\n    x.zero_()\n    return x", "cell")
    x = torch.ones(3)
    assert student.f(x).tolist() == [0, 0, 0]
    assert x.tolist() == [1, 1, 1]
    kept = student.keep(x)
    student.f(kept)
    assert kept.value().tolist() == [0, 0, 0]


def test_references_stand_for_the_students_own_functions(student):
    student.run("def g(x):\n    return x + 1\ndef f(rule, x):\n    return rule(x)", "cell")
    assert student.f(student.ref("g"), 2) == 3
    assert student.f(x=2, rule=student.ref("g")) == 3


def test_modules_stay_in_the_worker_and_are_reached_by_handle(student):
    student.run("import torch\nclass Net(torch.nn.Module):\n    def __init__(self, n):\n        super().__init__()\n"
                "        self.layer = torch.nn.Linear(n, 1)\n    def forward(self, x):\n        return self.layer(x)\n"
                "    def count(self):\n        return 7", "cell")
    net = student.make("Net", 2)
    net.load({"layer.weight": torch.tensor([[1.0, 2.0]]), "layer.bias": torch.zeros(1)})
    assert net(torch.ones(3, 2)).tolist() == [[3.0]] * 3
    assert net.call("count") == 7
    assert list(net.state()) == ["layer.weight", "layer.bias"]
    assert list(net.attr("layer").state()) == ["weight", "bias"]
    with pytest.raises(StudentFault, match="shape"):
        net.load({"layer.bias": torch.zeros(2)})
    with pytest.raises(StudentFault) as fault:
        student.Net(2)
    assert fault.value.code == "unsupported"
    assert student.last_call == "Net(2)"


@pytest.mark.parametrize(("body", "code", "etype"), [
    ("raise ValueError('no')", "raised", "ValueError"), ("raise SystemExit", "raised", "SystemExit"),
    ("raise NotImplementedError('2.a')", "raised", "NotImplementedError"), ("raise MemoryError", "memory", "MemoryError"),
    ("return f()", "raised", "RecursionError"), ("return object()", "unsupported", "TypeError"),
    ("return (n for n in range(3))", "unsupported", "TypeError"), ("return torch.ones(1).to_sparse()", "unsupported",
                                                                   "TypeError"),
    ("raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})", "raised", "E"),
])
def test_faults_have_a_closed_code(student, body, code, etype):
    student.run(f"import torch\ndef f():\n    {body}", "cell")
    with pytest.raises(StudentFault) as fault:
        student.f()
    assert (fault.value.code, fault.value.etype) == (code, etype)


def test_a_missing_function_says_so(student):
    assert not student.defines("f")
    with pytest.raises(StudentFault) as fault:
        student.f()
    assert fault.value.code == "missing"
    assert "f is not defined" in fault.value.message


def test_refusal_is_an_error_that_is_not_the_stubs(student):
    student.run("def f(x):\n    if x < 0:\n        raise ValueError\n    return x\ndef stub(x):\n    raise "
                "NotImplementedError", "cell")
    assert student.refuses("f", -1) == "ValueError"
    with pytest.raises(AssertionError, match=r"f\(1\) must be refused"):
        student.refuses("f", 1)
    with pytest.raises(StudentFault, match="NotImplementedError"):
        student.refuses("stub", 1)


def test_banned_functions_are_not_called_again(student):
    student.run("calls = 0\ndef f():\n    global calls\n    calls += 1\ndef count():\n    return calls", "cell")
    student.f()
    student.banned = {"f": StudentFault("timeout", "too long")}
    with pytest.raises(StudentFault, match="too long"):
        student.f()
    assert student.count() == 1


def test_seeding_makes_draws_repeat(student):
    student.run("import random, numpy, torch\ndef f():\n    return random.random(), numpy.random.rand(), torch.rand(1)",
                "cell")
    state = torch.get_rng_state()
    student.seed(3)
    first = student.f()
    student.seed(3)
    assert student.f() == first
    torch.set_rng_state(state)


def test_seeding_does_not_import_what_the_notebook_does_not_use():
    script = "import sys; from autograder.worker import _seed; _seed(3); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"


def test_stopping_the_students_own_notebook_stops_it(student):
    student.run("def f():\n    raise KeyboardInterrupt", "cell")
    with pytest.raises(KeyboardInterrupt):
        student.f()


@pytest.mark.parametrize(("args", "kwargs", "text"), [
    ((torch.zeros(5, 784), 0.1), {}, "f(tensor 5×784, 0.1)"), ((1, "a"), {"k": None}, "f(1, 'a', k=None)"),
    (([1, 2], (3,), torch.tensor(2.0)), {}, "f([1, 2], (3,), 2)"), ((list(range(9)),), {}, "f(list of 9)"),
    ((math.pi,), {}, "f(3.14159)"),
])
def test_a_call_is_shown_as_a_person_would_write_it(args, kwargs, text):
    assert call_text("f", args, kwargs) == text


class Forger:
    """Replies with whatever it is told to."""

    def __init__(self, reply):
        self.reply, self.condemned = reply, None

    def exchange(self, request):
        return {"id": request["id"]} | self.reply

    def condemn(self, fault):
        self.condemned = fault


@pytest.mark.parametrize("reply", [
    {}, {"ok": 1, "value": 1}, {"ok": True}, {"ok": True, "value": 1, "score": 5}, {"ok": True, "value": 1, "id": 99},
    {"ok": True, "value": 1, "id": True}, {"ok": False}, {"ok": False, "code": "passed", "etype": "", "message": ""},
    {"ok": False, "code": "timeout", "etype": "", "message": ""}, {"ok": False, "code": "raised", "etype": 1, "message": ""},
    {"ok": False, "code": "raised", "etype": "E", "message": []},
    {"ok": True, "value": [Student(Forger({})).ref("x")]},
])
def test_a_reply_of_another_form_condemns_the_worker(reply):
    forger = Forger(reply)
    with pytest.raises(StudentFault) as fault:
        Student(forger).f()
    assert fault.value.code == "protocol"
    assert forger.condemned is fault.value


@pytest.mark.parametrize("value", [1, [1], [{"line": "1", "etype": "", "message": ""}], [{"line": 1}]])
def test_a_report_on_a_cell_of_another_form_condemns_the_worker(value):
    with pytest.raises(StudentFault, match="not a result"):
        Student(Forger({"ok": True, "value": value})).run("x", "cell")
