"""JUnit XML of a class: a suite per student, a case per property."""

from __future__ import annotations

from xml.etree import ElementTree

from autograder.marks import shown
from autograder.plaintext import clean
from autograder.record import Property, Record
from autograder.results import ClassResults


def document(found: ClassResults) -> bytes:
    """The whole class as one file, the same bytes for the same records."""
    suites = [_suite(record) for record in found.records]
    root = ElementTree.Element("testsuites", name=found.records[0].assignment)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    root.extend(suites)
    rows = {row.student: row for row in found.rows()}
    for suite, record in zip(suites, found.records, strict=True):
        row = rows[record.student]
        values = {"status": record.status, "max_score": shown(record.max_score), "isolation": record.isolation}
        values |= {"score": shown(row.score)} if row.score is not None else {}
        values |= {"final": shown(row.final)} if row.final is not None else {}
        values |= {"late": row.late} if row.late else {}
        values |= {f"marks {q}": shown(value) for q, value in row.questions.items() if value is not None}
        suite.insert(0, _properties(values))
    ElementTree.indent(root)
    body: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _suite(record: Record) -> ElementTree.Element:
    cases = [
        _case(record, question.id, prop, question.auto_max * prop.weight / weight if weight else 0.0)
        for question in record.questions
        for weight in [sum(p.weight for p in question.properties)]
        for prop in question.properties
    ]
    if not cases:
        case = ElementTree.Element("testcase", classname=_text(record.assignment), name="notebook", time="0")
        ElementTree.SubElement(case, "error", type=_text(record.status), message=_text(record.message))
        cases = [case]
    counts = {what: sum(case.find(tag) is not None for case in cases)
              for what, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))}  # fmt: skip
    suite = ElementTree.Element("testsuite", name=_text(record.student), tests=str(len(cases)))
    for what, count in counts.items():
        suite.set(what, str(count))
    suite.set("time", f"{record.seconds:.3f}")
    suite.extend(cases)
    return suite


def _case(record: Record, question: str, prop: Property, worth: float) -> ElementTree.Element:
    classname = _text(f"{record.assignment}.{question}")
    case = ElementTree.Element("testcase", classname=classname, name=_text(prop.name), time=f"{prop.seconds:.3f}")
    earned = worth if prop.status == "passed" else 0.0
    case.append(_properties({"title": prop.title, "points": shown(worth), "earned": shown(earned)}))
    # what ran out of time or stopped has not been seen to be wrong
    tag = {"passed": "", "failed": "failure", "not gradable": "skipped"}.get(prop.status, "error")
    if tag:
        ElementTree.SubElement(case, tag, type=_text(prop.status), message=_text(prop.message or prop.status))
    return case


def _properties(values: dict[str, str]) -> ElementTree.Element:
    element = ElementTree.Element("properties")
    for name, value in values.items():
        ElementTree.SubElement(element, "property", name=_text(name), value=_text(value))
    return element


def _text(text: str) -> str:
    # XML 1.0 has no way to write most control characters; `clean` replaces them
    return clean(text)
