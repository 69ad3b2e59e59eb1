"""The example of docs/contributing.md is done as written, on a copy: from the diff to the new command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pages import ROOT, blocks

# What the new method is held to by the rules, besides its own test.
RULES = ["test_methods.py", "test_sql.py", "test_level.py"]

# What the new method looks like in some of the derived files.
DERIVED = {
    "nouns.py": "def count(",
    "aio_nouns.py": "async def count(",
    "methods.ts": '"settings.count"',
    "reference.md": "### settings.count",
    "completion.bash": "count",
    "completion.zsh": "count",
}


class Copy:
    """The project somewhere else, with the package imported from there."""

    def __init__(self, place: Path) -> None:
        self.place = place
        kept = shutil.ignore_patterns("node_modules", "__pycache__")
        for name in ("src", "tests"):
            shutil.copytree(ROOT / name, place / name, ignore=kept)
        shutil.copy(ROOT / "pyproject.toml", place)
        leading = ("SCRIVEN_", "XDG_", "GIT_")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(leading)}
        self.environment |= {"PYTHONPATH": str(place / "src"), "HOME": str(place)}

    def run(self, *line: str, given: str | None = None) -> str:
        """What a program prints; it has to succeed."""
        done = subprocess.run(
            line,
            cwd=self.place,
            env=self.environment,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def python(self, *arguments: str) -> str:
        """The same of a Python module."""
        return self.run(sys.executable, "-m", *arguments)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy with the page's diffs not yet applied."""
    return Copy(tmp_path)


def test_the_walkthrough_adds_a_method_with_everything_that_follows(
    copy: Copy, component: Callable[[str], str]
) -> None:
    git = component("git")
    diffs = [block.text for block in blocks("docs/contributing.md") if block.language == "diff"]
    assert len(diffs) == 2
    for diff in diffs:
        copy.run(git, "apply", "--recount", "-", given=diff)
    assert "derived/openrpc.json" in copy.python("scriven.emit")

    assert "How many values a scope has" in copy.python("scriven", "settings", "count", "--help")
    for path, text in DERIVED.items():
        assert text in (copy.place / "src" / "scriven" / "derived" / path).read_text(encoding="utf-8"), path

    rules = [f"tests/rules/{name}" for name in RULES]
    told = copy.python("pytest", "-q", "-p", "no:cacheprovider", "tests/methods/test_settings_count.py", *rules)
    assert " passed" in told


def test_a_method_without_its_derived_files_is_told(copy: Copy, component: Callable[[str], str]) -> None:
    diff = next(block.text for block in blocks("docs/contributing.md") if block.language == "diff")
    copy.run(component("git"), "apply", "--recount", "-", given=diff)
    with pytest.raises(AssertionError, match=r"derived/openrpc\.json differs"):
        copy.python("scriven.emit", "--check")
