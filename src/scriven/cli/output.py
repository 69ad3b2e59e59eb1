"""Standard output: lines in UTF-8 whatever the locale, or one document of JSON."""

from __future__ import annotations

import sys

from scriven.cli.failures import Failure


def print_json(text: str) -> None:
    """One JSON document on one line."""
    print_lines([text])


def print_lines(lines: list[str]) -> None:
    """Lines on standard output, in UTF-8 whatever the locale."""
    if sys.stdout is None:
        raise Failure("standard output is closed")
    if lines:
        sys.stdout.flush()
        sys.stdout.buffer.write(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
