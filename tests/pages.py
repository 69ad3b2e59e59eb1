"""The project's pages as the tests read them: fenced blocks, what each one prints, headings, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_REASON = re.compile(r"<!-- not run: (?P<reason>[^>]+) -->\n\Z")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block. `reason` says why it is not run; `prints` is the `text` block that follows it, if one does."""

    page: str
    line: int
    language: str
    text: str
    reason: str | None
    prints: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """The pages that people write, by their path in the project."""
    written = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [place.relative_to(ROOT).as_posix() for place in written]


def text_of(page: str) -> str:
    """A page as it is stored."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = text_of(page)
    found = list(_FENCE.finditer(text))
    made = []
    for here, after in zip(found, [*found, None][1:], strict=True):
        reason = _REASON.search(text[: here.start()])
        follows = after is not None and after["language"] == "text" and not text[here.end() : after.start()].strip()
        made.append(
            Block(
                page=page,
                line=text.count("\n", 0, here.start()) + 1,
                language=here["language"],
                text=here["text"],
                reason=reason["reason"] if reason else None,
                prints=after["text"] if after is not None and follows else None,
            )
        )
    return made


def links(page: str) -> list[str]:
    """Where the links of a page lead, outside its blocks."""
    return [found["target"] for found in _LINK.finditer(_FENCE.sub("", text_of(page)))]


def inline(page: str) -> list[str]:
    """What stands between backticks in a page's sentences."""
    return re.findall(r"`([^`\n]+)`", _FENCE.sub("", text_of(page)))


def anchors(text: str) -> set[str]:
    """What `#…` may name in a page: its headings, as forges write them."""
    headings = [found["text"].lower() for found in _HEADING.finditer(_FENCE.sub("", text))]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def agrees(prints: str, printed: str) -> bool:
    """Whether this was printed. `…` stands for anything within a line; alone on a line, for any lines."""
    parts = []
    for line in prints.splitlines():
        if line == "…":
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(r".*".join(map(re.escape, line.split("…"))) + r"\n")
    lines = [line.rstrip() for line in printed.rstrip("\n").split("\n")]
    return re.fullmatch("".join(parts), "\n".join([*lines, ""])) is not None
