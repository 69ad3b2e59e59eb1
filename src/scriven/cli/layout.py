"""Results as a person reads them: records as aligned lines, lists as tables."""

from __future__ import annotations

import os
import sys

from scriven.cli import moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NARROWEST = 8
# Below this a text says too little: other columns go first.
READABLE = 24
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
            return [visible(line) for line in result[layout["body"]].removesuffix("\n").split("\n")]
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
    ]
    fields, rows = _identified(fields, rows)
    columns = {
        name: [_title(name), *(cell(_gist(row.get(name)), fields[name], moments.short) for row in rows)]
        for name in shown
    }
    widths = {name: max(width(text) for text in texts) for name, texts in columns.items()}
    flexible = [name for name in shown[1:] if fields[name] in ("text", "json") and not name.endswith("Id")]
    if page.columns is not None:
        times = [name for name in shown if fields[name] == "time"]
        ids = [name for name in shown[1:] if name.endswith("Id")]
        numbers = [name for name in shown if fields[name] == "number"]
        _leave_out(widths, flexible, ["revision", "contentHash", *times[:-1], *numbers, *reversed(ids)], page.columns)
        _narrow(widths, flexible, page.columns - len(GAP) * (len(widths) - 1))
    right = {name for name in widths if fields[name] in ("integer", "number")}
    head, *lines = (
        _line({name: columns[name][index] for name in widths}, widths, right, page) for index in range(len(rows) + 1)
    )
    return [page.bold(head), *lines]


def _identified(fields: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same rows, where a record within a record stands for itself by what identifies it: its first field."""
    inner = {
        name: next(iter(layout["record"].items()))
        for name, layout in fields.items()
        if isinstance(layout, dict) and "record" in layout
    }
    if not inner:
        return fields, rows
    flat = [row | {name: row[name] and row[name][first] for name, (first, _) in inner.items()} for row in rows]
    return fields | {name: layout for name, (_, layout) in inner.items()}, flat


def _gist(value: Any) -> Any:
    """What a list of parts says, where one line has to do: its texts, and the types of what has none."""
    if not isinstance(value, list) or not all(isinstance(part, dict) and "type" in part for part in value) or not value:
        return value
    return " ".join(part["text"] if isinstance(part.get("text"), str) else f"[{part['type']}]" for part in value)


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
    if layout in ("text", "integer", "number") and isinstance(value, str | int | float):
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


def _leave_out(widths: dict[str, int], flexible: list[str], spare: list[str], columns: int) -> None:
    """Drop columns that can be spared, until the rest could fit."""
    for name in spare:
        least = sum(min(size, READABLE) if each in flexible else size for each, size in widths.items())
        if least + len(GAP) * (len(widths) - 1) <= columns:
            return
        widths.pop(name, None)


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
        shown = text if width(text) <= widths[name] else _cut(text, widths[name])
        space = " " * (widths[name] - width(shown))
        shown = page.dim(shown) if shown == "-" else shown
        parts.append(space + shown if name in right else shown + space)
    return GAP.join(parts).rstrip()


def _cut(text: str, columns: int) -> str:
    """As much as fits, and a mark that there is more."""
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
