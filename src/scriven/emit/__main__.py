"""`python -m scriven.emit` writes the derived files; `--check` only says which are not as they should be."""

from __future__ import annotations

import sys

from scriven import emit
from scriven.methods import load

USAGE = "usage: python -m scriven.emit [--check]"


def main(arguments: list[str]) -> int:
    """0: as it should be. 1: `--check` found differences, which it names. 2: usage."""
    if arguments not in ([], ["--check"]):
        print(USAGE, file=sys.stderr)
        return 2
    methods = load()
    if arguments:
        differing = emit.check(methods)
        for path in differing:
            print(f"derived/{path} differs from what is declared: run python -m scriven.emit", file=sys.stderr)
        return 1 if differing else 0
    for path in emit.write(methods):
        print(f"derived/{path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
