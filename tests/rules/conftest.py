"""What the rules look at: the table of methods, its document, and the source tree."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import scriven
from scriven.emit.openrpc import document
from scriven.method import Method
from scriven.methods import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def methods() -> dict[str, Method]:
    return load()


@pytest.fixture(scope="session")
def interface(methods: dict[str, Method]) -> dict[str, Any]:
    """The OpenRPC document, made anew."""
    return document(methods)


@pytest.fixture(scope="session")
def package() -> Path:
    """The package as it is imported: the source tree, or what a wheel installed."""
    return Path(scriven.__file__).parent


@pytest.fixture(scope="session")
def tree() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages of the Node tests, and Node itself. Without them a test skips by name, and fails in CI."""
    place = ROOT / "tests" / "process" / "node" / "node_modules"
    missing = [
        name for name in ("@open-rpc/meta-schema", "typescript", "vscode-jsonrpc") if not (place / name).is_dir()
    ]
    if shutil.which("node") is None:
        missing.insert(0, "node")
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return place
