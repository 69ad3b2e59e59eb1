"""What a person sees of an import: a bar while it runs, a table and the reasons at its end."""

from __future__ import annotations

import os
import sys
import time

from scriven.cli.layout import Page, table, visible, width
from scriven.importers.source import Source
from scriven.importers.transfer import Tally

# A terminal is written to so often: seconds from one bar to the next.
EVERY = 0.1
CELLS = 24
COLUMNS = {"kind": "text", "added": "integer", "updated": "integer", "thereAlready": "integer", "skipped": "integer"}
CLEAR = "\r\x1b[K"


class Bar:
    """A line on a terminal that is written over; nothing where standard error is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._begun = time.monotonic()
        self._next = 0.0

    def show(self, name: str, source: Source, records: int) -> None:
        """How far a source has been read, and how many records have gone out."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + EVERY
        figures = f"  {records:,} records, {records / max(now - self._begun, EVERY):,.0f}/s"
        if source.total:
            share = min(1.0, source.done / source.total)
            filled = int(share * CELLS)
            figures = f"  [{'#' * filled}{'-' * (CELLS - filled)}] {share:4.0%}{figures}"
        room = _columns() - len(figures) - 1
        name = visible(name)
        if width(name) > room:
            while name and width(name) >= room:
                name = name[1:]
            name = f"…{name}" if room > 0 else ""
        sys.stderr.write(f"{CLEAR}{name}{figures}"[: len(CLEAR) + _columns() - 1])
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away before something else is written."""
        if self._shown and self._next:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()


def summary(tally: Tally, *, dry_run: bool) -> list[str]:
    """The counts as a table, then the reasons of what was not brought along."""
    told = tally.as_json()
    page = Page()
    rows = [{"kind": kind, **counts, "thereAlready": counts["present"]} for kind, counts in told["kinds"].items()]
    lines = table(rows, COLUMNS, page) if rows else ["There was nothing to bring."]
    if rows and dry_run:
        lines = ["Nothing was stored. This is what would be:", "", *lines]
    if told["reasons"]:
        lines += ["", "Not brought along, or not as it was:"]
    for reason in told["reasons"]:
        lines.append(f"{reason['count']:>8,}  {visible(reason['reason'])}")
        shown = [f"{'':10}{page.dim(visible(place))}" for place in reason["places"]]
        more = reason["count"] - len(shown)
        lines += [*shown, *([f"{'':10}{page.dim(f'and {more:,} more')}"] if more else [])]
    return lines


def _columns() -> int:
    """The width of the terminal that standard error is."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80
