"""The command line: words in, one request, its result printed. The standard library alone, and little of it."""

from __future__ import annotations

import os
import sys

from scriven.cli import failures
from scriven.cli.failures import Failure, UsageError
from scriven.client.errors import ScrivenError
from scriven.paths import PathError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from scriven.cli.arguments import Given

__all__ = ["main"]


def main(line: list[str] | None = None) -> int:
    """Run one command; its exit code. Nothing is raised."""
    try:
        code = _run(sys.argv[1:] if line is None else line)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = failures.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough. The call itself was made.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = failures.OK
    except (Failure, PathError, ScrivenError, OSError) as error:
        code = failures.told(error)
    except Exception as error:
        if os.environ.get("SCRIVEN_TRACEBACK"):
            raise
        failures.say(
            f"a defect in this command, or a daemon of another version: {type(error).__name__}",
            "scriven version; with SCRIVEN_TRACEBACK=1 the command shows where",
        )
        code = failures.FAILED
    return code


def _run(line: list[str]) -> int:
    # The command a program runs thousands of times takes the straight road; the others import what they need.
    from scriven.cli.arguments import parse

    given = parse(line)
    if given.help or not line:
        from scriven.cli.help import page
        from scriven.cli.output import print_lines

        print_lines(page(given))
        return failures.OK
    command = given.command
    if command is not None:
        from scriven.cli.ask import run_method

        return run_method(given, command)
    return _run_word(given)


def _run_word(given: Given) -> int:
    from scriven.cli import reports

    if not given.words:
        if "version" in given.options:
            return reports.own_version()
        raise UsageError("no command is given", "scriven --help")
    word = given.words[0]
    if word in ("start", "stop", "restart", "daemon"):
        from scriven.cli import life

        return life.run(word, given)
    if word == "call":
        from scriven.cli.ask import run_call

        return run_call(given)
    if word in ("import", "export"):
        from scriven.cli import exchange

        return exchange.run(word, given)
    if word == "watch":
        from scriven.cli.watch import watch

        return watch(given)
    words = {
        "status": reports.status,
        "socket-path": reports.socket,
        "version": reports.version,
        "completion": reports.completion,
    }
    if word in words:
        return words[word](given)
    from scriven.derived.cli_table import NOUNS

    raise UsageError(f"{word} needs a verb: {', '.join(NOUNS[word]['verbs'])}", f"scriven {word} --help")
