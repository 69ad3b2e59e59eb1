"""What every importer is: a place that is read, and the records and gaps found in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

# A record as `state.import` takes it: JSON values by their names on the wire, `kind` among them.
Record = dict[str, Any]


class Written(Record):
    """A record with the JSON text it was read from, which is sent as it stands: digit for digit."""

    def __init__(self, record: Record, text: str) -> None:
        super().__init__(record)
        self.text = text


class Gap(NamedTuple):
    """Something that was found and cannot be brought along: where it lies and why. Never what it says."""

    where: str
    reason: str


class Unreadable(Exception):
    """The place cannot be read at all; the text says why, in a sentence for a person."""


class Source(Protocol):
    """One place that is being read. `done` of `total` grows while it is iterated; both count the same units."""

    total: int
    done: int

    def __iter__(self) -> Iterator[Record | Gap]:
        """Everything in it, a record after those it refers to."""
        ...


class Importer(Protocol):
    """A module of this package that reads one system."""

    def found(self) -> list[str]:
        """The places where that system keeps its state on this machine, those that exist."""
        ...

    def read(self, path: str) -> Source:
        """Open one place. Raises Unreadable."""
        ...
