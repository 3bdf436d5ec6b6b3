"""Every example in a docstring of the library runs and prints what it says."""

import doctest
import importlib
import pkgutil

import pytest

import hippo

MODULES = ["hippo", *(module.name for module in pkgutil.walk_packages(hippo.__path__, "hippo."))]


@pytest.mark.parametrize("module", MODULES)
def test_docstring_examples_hold(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) > 30
