"""The program behind `scriven import`: reads what another system stored, and hands it to the daemon."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from scriven import __version__
from scriven.cli import failures
from scriven.cli.arguments import Given, parse
from scriven.cli.failures import Failure, UsageError
from scriven.cli.layout import visible
from scriven.cli.output import print_json, print_lines
from scriven.cli.words import PLACES
from scriven.client import messages
from scriven.client.connection import Connection
from scriven.client.errors import NotRunning, ScrivenError
from scriven.importers import scriven_file
from scriven.importers.progress import Bar, summary
from scriven.importers.source import Unreadable
from scriven.importers.transfer import Transfer
from scriven.paths import PathError, socket_path

if TYPE_CHECKING:
    from scriven.importers.source import Importer, Source

# A system: the module that reads it.
SYSTEMS = {
    "idumb": "scriven.importers.idumb",
    "jarvis": "scriven.importers.jarvis",
    "opencode": "scriven.importers.opencode",
    "claude-code": "scriven.importers.claude_code",
}
OWN = "scriven"
AGAIN = "run the same command again: it goes on where this one stopped"


class Import:
    """One run: the places that are read, and what became of what is in them."""

    def __init__(self, given: Given) -> None:
        if not 1 <= len(given.values) <= 2:
            raise UsageError("import takes a system and a path", "scriven import --help")
        self.system = given.values[0]
        if self.system not in (*SYSTEMS, OWN):
            raise UsageError(f"import takes {', '.join(SYSTEMS)} or {OWN}")
        self.dry_run = "dry-run" in given.options
        self.json = "json" in given.options
        self.bar = Bar()
        self.places: list[dict[str, Any]] = []
        self.complete = False
        self._path = given.values[1] if len(given.values) == 2 else None
        hello = messages.hello(0, "scriven import", __version__, "write")
        self._connection = Connection(socket_path(given.text("socket")), hello=hello)
        self._transfer: Transfer | None = None

    @property
    def begun(self) -> bool:
        """Whether there is anything to tell."""
        return self._transfer is not None

    def run(self) -> None:
        """Read and send everything. Raises Failure, or ScrivenError when the daemon cannot be asked."""
        opened = self._opened()
        if not opened:
            return
        self._connection.open()
        transfer = self._transfer = Transfer(self._connection, dry_run=self.dry_run)
        for place, source in opened:
            if not self.json and self._path is None:
                self.bar.clear()
                print_lines([f"From {visible(place['path'])}"])
                sys.stdout.flush()
            try:
                for item in source:
                    transfer.take(item)
                    self.bar.show(place["path"], source, transfer.tally.records)
            except (Unreadable, OSError) as error:
                self._unreadable(place, error)
            transfer.flush()
        self.complete = True
        self._connection.close()

    def tell(self) -> int:
        """What came of it, on standard output; the exit code of a run that was not cut short."""
        self.bar.clear()
        for place in self.places:
            if "reason" in place:
                failures.say(f"{visible(place['path'])}: {visible(place['reason'])}", "scriven import --help")
        if self.json:
            counts = self._transfer.tally.as_json() if self._transfer else {"kinds": {}, "reasons": []}
            about = {"system": self.system, "dryRun": self.dry_run, "complete": self.complete, "places": self.places}
            print_json(json.dumps({**about, **counts}, ensure_ascii=False))
        elif self._transfer is not None:
            print_lines(summary(self._transfer.tally, dry_run=self.dry_run))
        return failures.OK if any("reason" not in place for place in self.places) else failures.FAILED

    def _opened(self) -> list[tuple[dict[str, Any], Source]]:
        """Every place that can be read, opened. Raises Failure when there is none to look at."""
        if self.system == OWN:
            if self._path is None:
                raise UsageError("import scriven takes a file, or - for standard input", "scriven import scriven FILE")
            return self._each([self._path], scriven_file.read)
        importer = cast("Importer", importlib.import_module(SYSTEMS[self.system]))
        paths = importer.found() if self._path is None else [os.path.abspath(self._path)]
        if not paths:
            raise Failure(
                f"nothing of {self.system} was found: it was looked for in {PLACES[self.system][0]}",
                f"scriven import {self.system} PATH",
            )
        return self._each(paths, importer.read)

    def _each(self, paths: list[str], read: Any) -> list[tuple[dict[str, Any], Source]]:
        opened = []
        for path in paths:
            place: dict[str, Any] = {"path": path}
            self.places.append(place)
            try:
                opened.append((place, read(path)))
            except (Unreadable, OSError) as error:
                self._unreadable(place, error)
        return opened

    def _unreadable(self, place: dict[str, Any], error: Unreadable | OSError) -> None:
        place["reason"] = (error.strerror or "the system refused") if isinstance(error, OSError) else str(error)


def main(line: list[str]) -> int:
    """Run one import; its exit code. Nothing is raised."""
    work: Import | None = None
    try:
        work = Import(parse(["import", *line]))
        return _run(work)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return failures.OK
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except (Failure, PathError, ScrivenError, OSError) as error:
        return failures.told(error)
    except Exception as error:
        if os.environ.get("SCRIVEN_TRACEBACK"):
            raise
        failures.say(f"a defect in this importer: {type(error).__name__}", "with SCRIVEN_TRACEBACK=1 it shows where")
        return failures.FAILED


def _run(work: Import) -> int:
    """What has come is told also when the run is cut short."""
    try:
        work.run()
    except KeyboardInterrupt:
        work.tell()
        failures.say("interrupted", AGAIN)
        return failures.INTERRUPTED
    except ScrivenError as error:
        if not work.begun:
            raise
        work.tell()
        failures.say(error.message, f"{error.hint}; then {AGAIN}" if isinstance(error, NotRunning) else AGAIN)
        return failures.code_of(error)
    code = work.tell()
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
