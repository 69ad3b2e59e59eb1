"""How lists are cut into pages: a limit, an opaque cursor, and a bound on the bytes of one page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from scriven.errors import InvalidParams
from scriven.method import WHOLE, Page, Params, Record
from scriven.tx import Tx

R = TypeVar("R", bound=Record)

# A page ends early when its values are this big together, so that no reply outgrows a frame.
PAGE_BYTES = 8 * 1024 * 1024


class Paged(Params, kw_only=True):
    """What every list takes."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="At most this many.", examples=[20])] = 100
    cursor: Annotated[str, Meta(max_length=4096, description="`nextCursor` of the page before.")] | None = None


def page(tx: Tx, sql: str, params: Paged, row: type[R], *, by: dict[str, Any], **named: object) -> Page[R]:
    """One page of `sql`, which orders by the fields of `by` and starts after `:after_<field>`.

    `by` gives each field the value that stands before every other, for the first page. A statement whose rows are
    big may stop once they have over `:page_bytes` together, though not at its first.
    """
    last = opened(params.cursor, by) if params.cursor is not None else list(by.values())
    after = {f"after_{name}": value for name, value in zip(by, last, strict=True)}
    limits = {"limit_and_one": params.limit + 1, "page_bytes": PAGE_BYTES}
    kept, more = fitting(tx.each(sql, params, row, **limits, **after, **named), params.limit)
    return Page(kept, sealed({name: getattr(kept[-1], name) for name in by}) if more else None)


def fitting(rows: Iterable[R], limit: int) -> tuple[list[R], bool]:
    """As many rows as one reply holds, at least one and at most `limit`, and whether there are more."""
    kept: list[R] = []
    size = 0
    for row in rows:
        size += len(_encode(row))
        if len(kept) == limit or (kept and size > PAGE_BYTES):
            return kept, True
        kept.append(row)
    return kept, False


_encode = msgspec.json.Encoder().encode

# A number beyond these could not be bound.
_PLACE = list[str | Annotated[int, Meta(ge=-WHOLE, le=WHOLE)]]


def sealed(place: dict[str, Any]) -> str:
    """The place of a page's last row, as a cursor. The names of its values tell it from those of other lists."""
    return base64.urlsafe_b64encode(msgspec.json.encode([" ".join(place), *place.values()])).decode().rstrip("=")


def opened(cursor: str, by: dict[str, Any]) -> list[Any]:
    """The place that a cursor holds. Raises InvalidParams when it has not the names and types of `by`."""
    try:
        names, *values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=_PLACE)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        names, values = "", []
    if names != " ".join(by) or [type(value) for value in values] != [type(value) for value in by.values()]:
        raise InvalidParams(
            "$.cursor is not a cursor of this list",
            path="$.cursor",
            hint="pass `nextCursor` of the page before, as it was",
        )
    return values
