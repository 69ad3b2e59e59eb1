"""Topics: each that a noun tells is declared beside it, and each that is declared is told."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from scriven.method import Method, Record


@pytest.fixture
def declared(methods: dict[str, Method]) -> dict[str, type[Record]]:
    """The topics of every noun."""
    modules = {sys.modules[method.handler.__module__] for method in methods.values()}
    return {topic: record for module in modules for topic, record in getattr(module, "EVENTS", {}).items()}


def literals(package: Path) -> tuple[set[str], list[str]]:
    """The topics that are given to `emit` as they are, and every text in the package."""
    given, texts = set(), []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "derived" not in path.parts:
                texts.append(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit":
                topic = node.args[0]
                if isinstance(topic, ast.Constant):
                    given.add(str(topic.value))
    return given, texts


def test_what_is_told_is_declared_and_what_is_declared_is_told(
    declared: dict[str, type[Record]], package: Path
) -> None:
    given, texts = literals(package)
    assert given - declared.keys() == set()
    # Once where it is declared, and once where it is told.
    assert [topic for topic in declared if texts.count(topic) < 2] == []


def test_a_topic_begins_with_its_noun_and_its_body_is_a_record(
    declared: dict[str, type[Record]], methods: dict[str, Method]
) -> None:
    nouns = {method.noun for method in methods.values()}
    for topic, record in declared.items():
        assert topic.partition(".")[0] in nouns
        assert issubclass(record, Record)
