"""What was measured as ratios beside their budgets: medians of the rounds, and how far the rounds lie apart."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple


class Line(NamedTuple):
    """One comparison. `ours` and `theirs` hold one number a round, taken one after the other in the same round.

    `at_least` and `at_most` bound ours divided by theirs; with neither, the line is there to be known.
    """

    row: int
    what: str
    unit: str
    peer: str
    ours: list[float]
    theirs: list[float]
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratios(self) -> list[float]:
        """Ours divided by theirs, round by round."""
        return [own / other for own, other in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        """The median over the rounds."""
        return median(self.ratios)

    @property
    def met(self) -> bool | None:
        """Whether the median is within the budget; None when there is none."""
        if self.at_least is not None:
            return self.ratio >= self.at_least
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return None

    @property
    def budget(self) -> str:
        """The bound as text."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "—"


HEADER = ("row", "what", "Scriven", "peer", "", "ratio", "rounds", "budget", "")


def markdown(lines: list[Line]) -> str:
    """A table for people, aligned so that it also reads well as plain text."""
    rows = [HEADER]
    for line in lines:
        low, high = spread(line.ratios)
        rows.append(
            (
                str(line.row),
                line.what,
                f"{_number(median(line.ours))} {line.unit}",
                line.peer,
                f"{_number(median(line.theirs))} {line.unit}",
                _ratio(line.ratio),
                f"{_ratio(low)} to {_ratio(high)}",
                line.budget,
                {True: "met", False: "**not met**", None: ""}[line.met],
            )
        )
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    right = {2, 4, 5, 6, 7}

    def aligned(cells: tuple[str, ...]) -> str:
        placed = (
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(placed)} |"

    rule = "|".join("-" * (width + 1) + (":" if index in right else "-") for index, width in enumerate(widths))
    return "\n".join([aligned(rows[0]), f"|{rule}|", *(aligned(row) for row in rows[1:])])


def as_json(lines: list[Line]) -> list[dict[str, object]]:
    """The same for programs, every round included."""
    return [
        {**line._asdict(), "ratio": line.ratio, "spread": spread(line.ratios), "budget": line.budget, "met": line.met}
        for line in lines
    ]


def spread(ratios: list[float]) -> tuple[float, float]:
    """Lowest and highest; of more than eight rounds the quartiles, one odd round being no news then."""
    ordered = sorted(ratios)
    if len(ordered) > 8:
        return ordered[len(ordered) // 4], ordered[len(ordered) * 3 // 4]
    return ordered[0], ordered[-1]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"
