"""What starts fast imports little: looked up in a fresh interpreter."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import scriven.cli
import scriven.client
import scriven.derived

HEAVY = {"aiosqlite", "asyncio", "jsonrpcserver", "msgspec", "sqlite3", "uvloop"}
SLOW_TO_START = {"argparse", "dataclasses", "pathlib", "subprocess", "typing", "inspect", "importlib.metadata"}

OUTSIDE = sorted(
    found.name
    for package in (scriven.cli, scriven.client, scriven.derived)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)
BLOCKING = ["scriven.cli", "scriven.client", *(name for name in OUTSIDE if "aio" not in name.rpartition(".")[2])]


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after that statement and did not have before."""
    code = f"import sys; before = {{*sys.modules}}; {statement}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_else() -> None:
    loaded = loaded_by("import scriven")
    assert {name for name in loaded if not name.startswith("__")} == {"scriven"}


def test_what_the_package_exports_is_found_on_first_use() -> None:
    loaded = loaded_by("import scriven; scriven.connect")
    assert "scriven.client" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("module", BLOCKING)
def test_the_command_line_and_the_blocking_client_import_no_heavy_library(module: str) -> None:
    assert loaded_by(f"import {module}") & HEAVY == set()


def test_the_command_line_starts_on_little_of_the_standard_library() -> None:
    assert loaded_by("import scriven.cli") & SLOW_TO_START == set()


def test_the_rule_sees_a_heavy_import() -> None:
    assert HEAVY & loaded_by("import scriven.rpc") >= {"asyncio", "jsonrpcserver", "msgspec"}
