"""The house: every file says why it exists, none is a drawer, none is too big, none speaks of a machine."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SKIPPED = re.compile(
    r"\.git|\.venv.*|\..*_cache|\.hypothesis|node_modules|__pycache__|dist|build|.*\.egg-info|bench-results"
)
DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "manager",
    "managers",
    "misc",
    "lib",
    "stuff",
    "core",
}
LINES = 400

# A directory of one person's machine. Ada's are the examples.
MACHINE = re.compile(r"(?<![\w.~-])/(?:home|Users|root|work|mnt|workspace)/(?!ada\b)\w+")

# The one file that imports it.
IMPORTERS = {"aiosqlite": "engine/sqlite.py", "jsonrpcserver": "rpc.py", "uvloop": "daemon.py"}


def walk(place: Path) -> Iterator[Path]:
    for inner in sorted(place.iterdir()):
        if SKIPPED.fullmatch(inner.name):
            continue
        if inner.is_dir():
            yield from walk(inner)
        elif not inner.is_symlink():
            yield inner


@pytest.fixture(scope="module")
def texts(tree: Path) -> dict[str, str]:
    """Every file of the project that is text, by its path."""
    found = {}
    for place in walk(tree):
        content = place.read_bytes()
        if b"\0" not in content[:1024]:
            found[place.relative_to(tree).as_posix()] = content.decode()
    return found


@pytest.fixture(scope="module")
def modules(texts: dict[str, str]) -> dict[str, str]:
    """The Python files, wherever they lie, by their path."""
    python = {path: text for path, text in texts.items() if path.endswith(".py") or re.match(r"#!.*python", text)}
    assert len(python) > 40
    return python


def test_the_first_line_of_every_python_file_says_why_it_exists(modules: dict[str, str]) -> None:
    silent = []
    for path, text in modules.items():
        first = next((line for line in text.splitlines() if not line.startswith("#!")), "")
        if not re.match(r'("""|# )[A-Z`\-a-z]', first):
            silent.append(path)
    assert silent == []


def test_every_script_says_why_it_exists(texts: dict[str, str]) -> None:
    scripts = {
        path: text for path, text in texts.items() if text.startswith("#!") and "bash" in text.partition("\n")[0]
    }
    assert scripts
    assert [path for path, text in scripts.items() if not re.match(r"#!.*\n# ?\S", text)] == []


def test_no_file_is_two_rooms(modules: dict[str, str]) -> None:
    long = {
        path: text.count("\n") for path, text in modules.items() if "/derived/" not in path and text.count("\n") > LINES
    }
    assert long == {}


def test_no_file_is_a_drawer(modules: dict[str, str]) -> None:
    assert [path for path in modules if DRAWERS & set(path.removesuffix(".py").split("/"))] == []


def test_every_module_of_the_package_postpones_its_annotations(modules: dict[str, str]) -> None:
    eager = []
    for path, text in modules.items():
        if not path.startswith("src/") or "/derived/" in path or "from __future__ import annotations" in text:
            continue
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(text).body):
            eager.append(path)
    assert eager == []


@pytest.mark.parametrize(("library", "importer"), IMPORTERS.items())
def test_a_heavy_library_has_one_importing_file(modules: dict[str, str], library: str, importer: str) -> None:
    importing = [path for path, text in modules.items() if path.startswith("src/") and library in imported(text)]
    assert importing == [f"src/scriven/{importer}"]


def imported(text: str) -> set[str]:
    """The first names of everything a module imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_no_file_names_a_directory_of_somebodys_machine(texts: dict[str, str]) -> None:
    assert {path: found for path, text in texts.items() if (found := MACHINE.findall(text))} == {}


def test_the_rule_for_machines_sees_one() -> None:
    assert MACHINE.search("see " + "/home" + "/grace/notes")
    assert not MACHINE.search('"/home/ada/engine"')


def test_the_lock_file_names_no_host(texts: dict[str, str]) -> None:
    locks = {path: text for path, text in texts.items() if path.endswith("package-lock.json")}
    assert locks
    for text in locks.values():
        packages = json.loads(text)["packages"]
        assert [name for name, package in packages.items() if "resolved" in package] == []


def test_nothing_is_left_for_later(modules: dict[str, str]) -> None:
    marks = re.compile(r"# ?(?:[T]ODO|[F]IXME|[X]XX)\b|raise [N]otImplementedError")
    assert [path for path, text in modules.items() if marks.search(text)] == []
