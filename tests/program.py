"""The installed program, run in directories of its own: what a person types, and what comes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 30


class Home:
    """A user's directories, and the program run in them."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.program = PROGRAM
        self.socket = f"{root}/s"
        self.database = f"{root}/d/state.db"
        self.log = f"{root}/l/scriven.log"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SCRIVEN_", "XDG_"))
        } | {
            "SCRIVEN_SOCKET": self.socket,
            "SCRIVEN_DATABASE": self.database,
            "SCRIVEN_LOG": self.log,
            "XDG_CONFIG_HOME": f"{root}/c",
            "XDG_STATE_HOME": f"{root}/st",
            "COLUMNS": "200",
            "TZ": "UTC",
        }

    def run(self, *line: str, stdin: str | bytes = b"", cwd: str | None = None, **environment: str) -> Done:
        """Run `scriven` with these words to its end."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        ended = subprocess.run(
            [*PROGRAM, *line],
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=cwd or self.root,
            env=self.environment | environment,
        )
        return Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def json(self, *line: str, **options: Any) -> Any:
        """What a command gives with --json; it has to succeed."""
        done = self.run(*line, "--json", **options)
        assert (done.code, done.err) == (0, ""), done
        assert done.out.count("\n") == 1
        return json.loads(done.out)

    def end(self) -> None:
        """Whatever the test did, leave no daemon behind."""
        if not os.path.exists(f"{self.database}.lock"):
            return
        done = self.run("stop", "--json", "--timeout", "10")
        if done.code != 0:
            with open(f"{self.database}.lock", encoding="utf-8") as lock:
                os.kill(json.load(lock)["pid"], signal.SIGKILL)


class Done:
    """A program that has ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def _installed() -> list[str]:
    beside = Path(sys.executable).parent / "scriven"
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "scriven"]


PROGRAM = _installed()
