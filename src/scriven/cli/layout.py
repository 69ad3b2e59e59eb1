"""Results as a person reads them: records as aligned lines, lists as tables."""

from __future__ import annotations

import os
import sys

from scriven.cli import moments, spoken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NARROWEST = 8
# Below this a text says too little: other columns go first.
READABLE = 24
# Below this it says next to nothing: other texts go as well.
LEGIBLE = 16
# A pipe's columns are aligned up to here; a longer text is whole, and moves what follows it.
ALIGNED = 120
# What says nothing on one line of many: a record shown alone has it.
ALONE = ("metadata", "contentHash", "partId", "score", "completedAt")
GAP = "  "
DIM, BOLD, PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[0m"


class Page:
    """What the lines are made for: a terminal of some width that knows colours, or a pipe."""

    def __init__(self) -> None:
        terminal = sys.stdout is not None and sys.stdout.isatty()
        self.columns = _columns() if terminal else None
        self._colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def dim(self, text: str) -> str:
        """Text that may be overlooked."""
        return f"{DIM}{text}{PLAIN}" if self._colour and text else text

    def bold(self, text: str) -> str:
        """Text that is to be seen first."""
        return f"{BOLD}{text}{PLAIN}" if self._colour and text else text


def lines_of(result: Any, layout: Any, page: Page) -> list[str]:
    """A result as lines."""
    if isinstance(layout, dict) and isinstance(result, dict):
        if "page" in layout:
            return lines_of(result["items"], layout["page"], page)
        if "body" in layout:
            body = result[layout["body"]].removesuffix("\n")
            return [visible(line) for line in body.split("\n")] if body else []
        if "record" in layout:
            return _record(result, layout["record"], page)
    if isinstance(layout, dict) and isinstance(result, list):
        if "rows" in layout:
            return lines_of(result, layout["rows"], page)
        if "record" in layout:
            return table(result, layout["record"], page)
    return [cell(result, layout, moments.full)]


def table(rows: list[dict[str, Any]], fields: dict[str, Any], page: Page) -> list[str]:
    """Records as a table. What identifies a record is never cut; a narrow terminal sees fewer columns instead."""
    if not rows:
        return []
    shown = [
        name
        for name in fields
        if any(row.get(name) not in (None, {}, []) for row in rows)
        and not (name == "createdAt" and "updatedAt" in fields)
        and name not in ALONE
    ]
    fields, rows = _identified(fields, rows)
    columns = {name: _column(name, fields[name], rows, page, moments.short) for name in shown}
    widths = {name: max(width(text) for text in texts) for name, texts in columns.items()}
    if page.columns is None:
        widths = {name: min(size, ALIGNED) for name, size in widths.items()}
    else:
        _fitted(columns, widths, fields, rows, page)
    right = {name for name in widths if fields[name] in ("integer", "number")}
    head, *lines = (
        _line({name: columns[name][index] for name in widths}, widths, right, page) for index in range(len(rows) + 1)
    )
    return [page.bold(head), *lines]


def _fitted(
    columns: dict[str, list[str]],
    widths: dict[str, int],
    fields: dict[str, Any],
    rows: list[dict[str, Any]],
    page: Page,
) -> None:
    """Make a table fit a terminal: leave out what can be spared, tell times in short, and cut texts at the last."""
    room = page.columns or 0
    readable = max(READABLE, room // 4)
    others = list(widths)[1:]
    flexible = [name for name in others if _is_flexible(name, fields)]
    ids = [name for name in others if name.endswith("Id")]
    times = sorted((name for name in widths if fields[name] == "time"), key=lambda name: name == "lastActive")
    if sum(widths.values()) + len(GAP) * len(others) > room and len(rows) > 1:
        widths.pop("revision", None)
        for name in ids:
            # The same in every row, it most often was asked for; a parent mostly is another row.
            if len(set(columns[name][1:])) == 1 or name == "parentId":
                widths.pop(name)
    _leave_out(widths, flexible, ["revision", *times[:-1]], room, readable)
    if times and not _fits(widths, flexible, room, readable):
        columns[times[-1]] = _column(times[-1], "time", rows, page, moments.brief)
        widths[times[-1]] = max(width(text) for text in columns[times[-1]])
    _leave_out(widths, flexible, ["seenCount", *reversed(ids)], room, readable)
    _leave_out(widths, flexible, list(reversed(flexible[1:])), room, LEGIBLE)
    _narrow(widths, [name for name in flexible if name in widths], room - len(GAP) * (len(widths) - 1))


def _is_flexible(name: str, fields: dict[str, Any]) -> bool:
    """Whether its cells may be cut."""
    return fields[name] in ("text", "json") and not name.endswith("Id")


def _identified(fields: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same rows, where records within a record stand for themselves by what identifies them: their first field."""
    inner = {
        name: next(iter(layout["record"].items()))
        for name, layout in fields.items()
        if isinstance(layout, dict) and "record" in layout
    }
    lists = {
        name: next(iter(layout["rows"]["record"]))
        for name, layout in fields.items()
        if isinstance(layout, dict) and "rows" in layout
    }
    if not inner and not lists:
        return fields, rows
    flat = [
        row
        | {name: row[name] and row[name][first] for name, (first, _) in inner.items()}
        | {name: ", ".join(str(each[first]) for each in row[name]) or None for name, first in lists.items()}
        for row in rows
    ]
    return fields | {name: layout for name, (_, layout) in inner.items()} | dict.fromkeys(lists, "text"), flat


def _column(name: str, layout: Any, rows: list[dict[str, Any]], page: Page, moment: Any) -> list[str]:
    """A column's title and cells; texts on one line each, and on a terminal no more of them than it could show."""
    cells = [_title(name)]
    for row in rows:
        value = row.get(name)
        said = spoken.gist(value) if layout == "json" else value if layout == "text" else None
        if isinstance(said, str):
            if page.columns is not None and len(said) > 4 * page.columns:
                said = f"{said[: 4 * page.columns]}…"
            cells.append(visible(" ".join(said.split())))
        else:
            cells.append(cell(value, layout, moment))
    return cells


def cell(value: Any, layout: Any, moment: Any) -> str:
    """One value on one line."""
    if value is None:
        return "null" if layout == "json" else "-"
    if layout == "time" and isinstance(value, str):
        try:
            return str(moment(value))
        except ValueError:
            return visible(value)
    if layout == "boolean":
        return "yes" if value else "no"
    if layout in ("text", "choice", "integer", "number") and isinstance(value, str | int | float):
        return visible(f"{value:.4g}" if isinstance(value, float) else str(value))
    import json

    return visible(json.dumps(value, ensure_ascii=False, default=str))


def visible(text: str) -> str:
    """Text without what would move the cursor or hide itself: another program wrote it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def width(text: str) -> int:
    """How many columns a terminal gives it."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def pairs(rows: list[tuple[str, str]], page: Page) -> list[str]:
    """Names and values, aligned; a value of several lines stays under itself."""
    widest = max((width(name) for name, _ in rows), default=0)
    lines = []
    for name, value in rows:
        first, *more = value.split("\n")
        lines.append(f"{page.dim(name)}{' ' * (widest - width(name))}{GAP}{first}".rstrip())
        lines += [f"{' ' * widest}{GAP}{line}".rstrip() for line in more]
    return lines


def _record(record: dict[str, Any], fields: dict[str, Any], page: Page) -> list[str]:
    rows: list[tuple[str, str]] = []
    tables: list[str] = []
    for name, value, layout in _flat(record, fields, ""):
        if isinstance(layout, dict) and "rows" in layout and isinstance(value, list):
            tables += ["", *table(value, layout["rows"]["record"], page)] if value else []
        elif layout == "text" and isinstance(value, str) and "\n" in value:
            rows.append((name, "\n".join(visible(line) for line in value.split("\n"))))
        elif layout == "json" and (said := spoken.lines(value)) is not None:
            rows.append((name, "\n".join(visible(line) for line in said)))
        else:
            text = cell(value, layout, moments.full)
            rows.append((name, page.dim(text) if text == "-" else text))
    return pairs(rows, page) + tables


def _flat(record: dict[str, Any], fields: dict[str, Any], prefix: str) -> list[tuple[str, Any, Any]]:
    """The fields of a record, those of the records within it among them."""
    found: list[tuple[str, Any, Any]] = []
    for name, layout in fields.items():
        if name not in record:
            continue
        value = record[name]
        if isinstance(layout, dict) and "record" in layout and isinstance(value, dict):
            found += _flat(value, layout["record"], f"{prefix}{_title(name)} ")
        else:
            found.append((prefix + _title(name), value, layout))
    return found


def _title(name: str) -> str:
    """`workspaceId` is `workspace id`."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name)


def _leave_out(widths: dict[str, int], flexible: list[str], spare: list[str], columns: int, least: int) -> None:
    """Drop columns that can be spared, until the rest fits with no text narrower than `least`."""
    for name in spare:
        if _fits(widths, flexible, columns, least):
            return
        widths.pop(name, None)


def _fits(widths: dict[str, int], flexible: list[str], columns: int, least: int) -> bool:
    """Whether there is room for all columns when each text may be cut to `least`."""
    needed = sum(min(size, least) if name in flexible else size for name, size in widths.items())
    return needed + len(GAP) * (len(widths) - 1) <= columns


def _narrow(widths: dict[str, int], flexible: list[str], columns: int) -> None:
    """Take from the widest column that can spare it, until the line fits."""
    while sum(widths.values()) > columns:
        widest = max(flexible, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= NARROWEST:
            return
        others = max((widths[name] for name in flexible if name != widest), default=NARROWEST)
        target = max(NARROWEST, min(others, widths[widest] - 1))
        widths[widest] = max(target, widths[widest] - (sum(widths.values()) - columns))


def _line(texts: dict[str, str], widths: dict[str, int], right: set[str], page: Page) -> str:
    parts = []
    for name, text in texts.items():
        shown = text if page.columns is None else cut(text, widths[name])
        space = " " * max(0, widths[name] - width(shown))
        shown = page.dim(shown) if shown == "-" else shown
        parts.append(space + shown if name in right else shown + space)
    return GAP.join(parts).rstrip()


def cut(text: str, columns: int) -> str:
    """As much as fits, and a mark when there is more."""
    if width(text) <= columns:
        return text
    kept = text[: columns - 1]
    while width(kept) > columns - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _columns() -> int:
    """The width of the terminal."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80
