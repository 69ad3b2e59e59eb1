"""Every snippet of README and of the guide pages, run in the order of its page against the installed program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pages import ROOT, Block, agrees, blocks, pages
from running import Directory, until

RUNNABLE = {"sh", "python", "js", "ts"}
PAGES = [page for page in pages() if any(block.language in RUNNABLE and not block.reason for block in blocks(page))]
NODE_MODULES = ROOT / "tests" / "process" / "node" / "node_modules"
SECONDS = 60


class Reader:
    """Somebody who does what a page says, in a directory and with a daemon of their own."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.place = os.path.join(directory, "engine")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SCRIVEN", "XDG"))
        }
        self.environment |= {
            "HOME": directory,
            "PATH": os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"])),
            "NODE_PATH": str(NODE_MODULES),
            "SCRIVEN_SOCKET": os.path.join(directory, "s"),
            "SCRIVEN_DATABASE": os.path.join(directory, "d", "a.db"),
            "SCRIVEN_CONFIG": os.path.join(directory, "config.toml"),
            "SCRIVEN_LOG": os.path.join(directory, "log", "scriven.log"),
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
        os.mkdir(self.place)

    def does(self, block: Block) -> str:
        """What a block prints, errors included. Fails when it ends with an exit code other than 0."""
        done = subprocess.run(
            self._command(block),
            cwd=self.place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def leaves(self) -> None:
        """End the daemon a page left running, as its last reader would."""
        lock = Path(self.environment["SCRIVEN_DATABASE"] + ".lock")
        subprocess.run(
            ["scriven", "stop"],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=SECONDS,
        )
        if lock.exists():
            pid = json.loads(lock.read_text(encoding="utf-8"))["pid"]
            until(lambda: not _serves(pid), "the end of the daemon")

    def _command(self, block: Block) -> list[str]:
        if block.language == "sh":
            return ["sh", "-euc", block.text]
        if block.language == "python":
            return [sys.executable, "-W", "error", "-c", block.text]
        if block.language == "js":
            return ["node", "-e", block.text]
        return ["sh", "-euc", self._compiled(block)]

    def _compiled(self, block: Block) -> str:
        """Commands that check a TypeScript block strictly, then run it."""
        place = Path(self.directory, f"ts-{block.line}")
        place.mkdir()
        (place / "node_modules").symlink_to(NODE_MODULES)
        shutil.copy(ROOT / "src" / "scriven" / "derived" / "methods.ts", place)
        (place / "use.ts").write_text(block.text, encoding="utf-8")
        options = "--strict --module node16 --target es2022 --types node --outDir out"
        return f"cd {place}; node {NODE_MODULES}/typescript/bin/tsc {options} use.ts; node out/use.js"


def _serves(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            return b"scriven.daemon" in line.read()
    except OSError:
        return False


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A reader who has nothing yet; at the end their daemon is gone."""
    directory = Directory()
    somebody = Reader(directory.path)
    try:
        yield somebody
        somebody.leaves()
    finally:
        directory.remove()


def missing(block: Block) -> str | None:
    """The program or package that a block needs and this machine lacks."""
    needs = [name for name in ("socat", "nc", "jq", "git") if block.language == "sh" and f"{name} " in block.text]
    if block.language in ("js", "ts"):
        needs.append("node")
    lacking = [name for name in needs if shutil.which(name) is None]
    packages = {"js": ["vscode-jsonrpc"], "ts": ["vscode-jsonrpc", "typescript"]}.get(block.language, [])
    lacking += [name for name in packages if not (NODE_MODULES / name).is_dir()]
    return lacking[0] if lacking else None


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(page: str, reader: Reader, component: Callable[[str], str]) -> None:
    absent = []
    for block in blocks(page):
        if block.language not in RUNNABLE or block.reason:
            continue
        if lack := missing(block):
            absent.append(lack)
            continue
        printed = reader.does(block)
        if block.prints is not None:
            assert agrees(block.prints, printed), f"{block} says\n{block.prints}\nand printed\n{printed}"
    if absent:
        component(", ".join(dict.fromkeys(absent)))


@pytest.mark.parametrize("page", pages())
def test_what_a_page_prints_belongs_to_what_it_runs(page: str) -> None:
    owned = [block.prints for block in blocks(page) if block.language in RUNNABLE and block.prints is not None]
    assert owned == [block.text for block in blocks(page) if block.language == "text"]


@pytest.mark.parametrize(
    ("says", "printed", "same"),
    [
        ("pid …, ready\n", "pid 41, ready\n", True),
        ("pid …, ready\n", "pid 41\n, ready\n", False),
        ("a\n…\nb\n", "a\n1\n2\nb\n", True),
        ("a\nb\n", "a\nb\nc\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_a_wrong_output_is_seen(says: str, printed: str, same: bool) -> None:
    assert agrees(says, printed) is same


def test_a_failing_snippet_is_seen(reader: Reader) -> None:
    block = Block("a page", 1, "sh", "scriven settings get theme\n", None, None)
    with pytest.raises(AssertionError, match="a page:1 ended with 69"):
        reader.does(block)
