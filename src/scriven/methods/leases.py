"""Leases: what only one may do at a time, with a number that tells who holds it now from whoever held it before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from scriven.errors import (
    Busy,
    Conflict,
    DeadlineExceeded,
    Forbidden,
    NotFound,
    NotReady,
    ShuttingDown,
    StorageError,
)
from scriven.method import GLOBAL, WHOLE, Live, Page, Params, Record, Timestamp, WorkspaceId, method
from scriven.methods.workspaces import require
from scriven.paging import Paged, page
from scriven.privacy import without_private
from scriven.tx import Tx

# A call ends after 30 seconds unless the config says otherwise.
LONGEST_WAIT_MS = 25_000
LONGEST_TTL_MS = 7 * 86_400_000

# One transaction ends at most so many leases whose time is over.
AT_ONCE = 100

Name = Annotated[
    str,
    Meta(
        min_length=1, max_length=128, description="What is held; any name that its users agree on.", examples=["build"]
    ),
]
Token = Annotated[
    int,
    Meta(ge=1, le=WHOLE, description="A number greater than that of every lease given before.", examples=[42]),
]
Ttl = Annotated[
    int,
    Meta(ge=1, le=LONGEST_TTL_MS, description="End after so many milliseconds unless renewed.", examples=[60_000]),
]
Note = Annotated[
    str, Meta(max_length=256, description="What it is held for, for whoever waits.", examples=["running the tests"])
]


class Lease(Record):
    """Something that is held. Without `expiresAt` it ends with the connection that took it."""

    name: Name
    workspace_id: WorkspaceId
    holder: Annotated[str, Meta(description="Who has it: the client's name, else its process.", examples=["claude"])]
    token: Token
    acquired_at: Timestamp
    expires_at: Timestamp | None
    note: Note | None


class LeasesAcquire(Params):
    name: Name
    workspace_id: WorkspaceId = GLOBAL
    ttl_ms: Ttl | None = None
    wait_ms: Annotated[
        int, Meta(ge=0, le=LONGEST_WAIT_MS, description="Wait so long for it while another has it.", examples=[5000])
    ] = 0
    note: Note | None = None


class LeasesRenew(Params):
    name: Name
    token: Token
    workspace_id: WorkspaceId = GLOBAL
    ttl_ms: (
        Annotated[Ttl, Meta(description="End after so many milliseconds from now; as many as before by default.")]
        | None
    ) = None


class LeasesRelease(Params):
    name: Name
    token: Token
    workspace_id: WorkspaceId = GLOBAL


class LeaseRelease(Record):
    """Whether there was something to release."""

    released: bool


class LeasesList(Paged):
    workspace_id: (
        Annotated[WorkspaceId, Meta(description="Only of this workspace; all when it is left out.")] | None
    ) = None


class Wanted(Record):
    """A lease that somebody asks for."""

    name: str
    workspace_id: str
    ttl_ms: int | None
    note: str | None
    holder: str | None
    connection: int | None = None


class Attempt(Record):
    """What became of asking: the lease, or who holds it; `fresh` when it was taken just now."""

    lease: Lease | None
    current: Lease | None
    fresh: bool = False


class Stored(Record):
    """A lease as its row has it."""

    name: str
    workspace_id: str
    holder: str
    token: int
    acquired_at: str
    expires_at: str | None
    note: str | None
    ttl_ms: int | None
    connection: int | None


class Drawn(Record):
    """A token that nothing has had before."""

    token: int


class NextExpiry(Record):
    """When the next lease ends."""

    at: str | None


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {
    "leases.acquire": Lease,
    "leases.renew": Lease,
    "leases.release": Lease,
    "leases.expire": Lease,
}

COLUMNS = "name, workspace_id, holder, token, acquired_at, expires_at, note"

GET = f"SELECT {COLUMNS}, ttl_ms, connection FROM leases WHERE workspace_id = :workspace_id AND name = :name"

DRAW = "UPDATE fencing SET last_token = last_token + 1 WHERE only = 1 RETURNING last_token AS token"

TAKE = f"""
    INSERT INTO leases (name, workspace_id, holder, token, acquired_at, ttl_ms, expires_at, note, connection)
    VALUES (:name, :workspace_id, :holder, :token, :now, :ttl_ms, :expires_at, :note, :connection)
    RETURNING {COLUMNS}
"""

EXTEND = f"""
    UPDATE leases
    SET ttl_ms = :ttl_ms, expires_at = :expires_at, note = coalesce(:note, note), connection = :connection
    WHERE workspace_id = :workspace_id AND name = :name
    RETURNING {COLUMNS}
"""

END = "DELETE FROM leases WHERE workspace_id = :workspace_id AND name = :name"

LIST = f"""
    SELECT {COLUMNS} FROM leases
    WHERE (workspace_id, name) > (:after_workspace_id, :after_name) AND (expires_at IS NULL OR expires_at > :now)
    ORDER BY workspace_id, name LIMIT :limit_and_one
"""
LIST_OF_ONE = f"""
    SELECT {COLUMNS} FROM leases
    WHERE workspace_id = :workspace_id AND name > :after_name AND (expires_at IS NULL OR expires_at > :now)
    ORDER BY name LIMIT :limit_and_one
"""

EXPIRED = f"SELECT {COLUMNS} FROM leases WHERE expires_at <= :now ORDER BY expires_at LIMIT :at_once"
FOLLOWING = "SELECT min(expires_at) AS at FROM leases WHERE expires_at IS NOT NULL"

BOUND = f"SELECT {COLUMNS} FROM leases WHERE connection = :connection AND expires_at IS NULL ORDER BY token"
BOUND_TO_ANY = f"SELECT {COLUMNS} FROM leases WHERE connection >= 0 AND expires_at IS NULL ORDER BY connection, token"
UNBIND = "UPDATE leases SET connection = NULL WHERE expires_at > ''"


@method(
    "live",
    since=1,
    raises=(Busy, Conflict, DeadlineExceeded, Forbidden, NotFound, NotReady, ShuttingDown, StorageError),
)
async def acquire(live: Live, p: LeasesAcquire) -> Lease:
    """Take something that only one may hold, or wait for it in the order of asking.

    Without `ttlMs` it is held until it is released or the connection ends. With it, it outlives the connection and the
    daemon, and ends by itself unless it is renewed. Somebody else's is a conflict whose `current` is their lease. What
    this connection holds already it gets again, with the same token and what `ttlMs` and `note` say now. A call that is
    cancelled, or late, holds nothing.
    """
    connection = live.connection
    if connection.access == "read":
        raise Forbidden("this connection gave up the right to write", hint="open another connection")
    wanted = Wanted(p.name, p.workspace_id, p.ttl_ms, _public(p.note), connection.client)
    return await live.app.acquire(connection, wanted, p.wait_ms)


@method("write", since=1, raises=(Conflict,))
def renew(tx: Tx, p: LeasesRenew) -> Lease:
    """Hold it longer, if that token is still the one that holds it; else a conflict whose `current` holds it, or null.

    In `transaction.run` it guards the calls beside it: they happen only while the lease is held. A lease that ends with
    its connection stays as it is, or gets an end by `ttlMs`. From then on it is of the connection that renewed it.
    """
    held = _valid(tx, p.workspace_id, p.name)
    if held is None or held.token != p.token:
        raise _lost(held)
    ttl_ms = held.ttl_ms if p.ttl_ms is None else p.ttl_ms
    return _lease(held) if ttl_ms is None else _extend(tx, held, ttl_ms, None, tx.caller)


@method("write", since=1, raises=(Conflict,))
def release(tx: Tx, p: LeasesRelease) -> LeaseRelease:
    """Let go of it; whoever waits first gets it. Held with another token it is a conflict, held by nobody no error."""
    held = _valid(tx, p.workspace_id, p.name)
    if held is None:
        return LeaseRelease(released=False)
    if held.token != p.token:
        raise _lost(held)
    _end(tx, _lease(held), "leases.release")
    return LeaseRelease(released=True)


@method("read", since=1)
def list_(tx: Tx, p: LeasesList) -> Page[Lease]:
    """What is held, by workspace and name."""
    return page(tx, LIST if p.workspace_id is None else LIST_OF_ONE, p, Lease, by={"workspace_id": "", "name": ""})


def attempt(tx: Tx, wanted: Wanted, *, may_take: bool) -> Attempt:
    """Take a lease if nobody has it, and `may_take` says that nobody else's turn is first."""
    require(tx, wanted.workspace_id)
    held = tx.one(GET, wanted, Stored)
    if held is not None and _over(tx, held):
        _end(tx, _lease(held), "leases.expire")
        held = None
    if held is not None:
        if held.connection is None or held.connection != wanted.connection:
            return Attempt(None, _lease(held))
        return Attempt(_again(tx, held, wanted), None)
    if not may_take:
        return Attempt(None, None)
    token = tx.all(DRAW, None, Drawn)[0].token
    taken = tx.one(TAKE, wanted, Lease, token=token, expires_at=_after(tx, wanted.ttl_ms))
    assert taken is not None
    tx.emit("leases.acquire", taken)
    return Attempt(taken, None, fresh=True)


def give_back(tx: Tx, wanted: Wanted, made: list[Attempt]) -> None:
    """Release what an attempt has taken, after all."""
    held = tx.one(GET, wanted, Stored)
    if held is None or held.connection != wanted.connection:
        return
    if any(each.fresh and each.lease is not None and each.lease.token == held.token for each in made):
        _end(tx, _lease(held), "leases.release")


def release_all(tx: Tx, connection: int) -> None:
    """Release what ends with that connection."""
    for lease in tx.all(BOUND, None, Lease, connection=connection):
        _end(tx, lease, "leases.release")


def begin_anew(tx: Tx) -> str | None:
    """Release what ended with the connections of an earlier run; when the next lease ends, or None."""
    for lease in tx.all(BOUND_TO_ANY, None, Lease):
        _end(tx, lease, "leases.release")
    tx.run(UNBIND)
    return expire(tx)


def expire(tx: Tx) -> str | None:
    """End leases whose time is over; when the next one's is, or None."""
    for lease in tx.all(EXPIRED, None, Lease, at_once=AT_ONCE):
        _end(tx, lease, "leases.expire")
    return tx.all(FOLLOWING, None, NextExpiry)[0].at


def taken(current: Lease | None) -> Conflict:
    """The error of asking for what another has, or what others have waited for longer."""
    if current is None:
        return Conflict("others wait for that lease", path="$.name", current=None, hint="pass waitMs to wait as well")
    return Conflict("another holds that lease", path="$.name", current=current)


def _valid(tx: Tx, workspace_id: str, name: str) -> Stored | None:
    held = tx.one(GET, None, Stored, workspace_id=workspace_id, name=name)
    return None if held is None or _over(tx, held) else held


def _over(tx: Tx, held: Stored) -> bool:
    return held.expires_at is not None and held.expires_at <= tx.now


def _again(tx: Tx, held: Stored, wanted: Wanted) -> Lease:
    """A lease for the connection that has it."""
    if wanted.ttl_ms is None and wanted.note in (None, held.note):
        return _lease(held)
    return _extend(tx, held, wanted.ttl_ms, wanted.note, held.connection)


def _extend(tx: Tx, held: Stored, ttl_ms: int | None, note: str | None, connection: int | None) -> Lease:
    expires_at = held.expires_at if ttl_ms is None else _after(tx, ttl_ms)
    extended = tx.one(
        EXTEND, held, Lease, ttl_ms=ttl_ms or held.ttl_ms, expires_at=expires_at, note=note, connection=connection
    )
    assert extended is not None
    tx.emit("leases.renew", extended)
    return extended


def _end(tx: Tx, lease: Lease, topic: str) -> None:
    tx.run(END, lease)
    tx.emit(topic, lease)


def _lease(held: Stored) -> Lease:
    return Lease(held.name, held.workspace_id, held.holder, held.token, held.acquired_at, held.expires_at, held.note)


def _after(tx: Tx, ttl_ms: int | None) -> str | None:
    if ttl_ms is None:
        return None
    moment = datetime.fromisoformat(tx.now) + timedelta(milliseconds=ttl_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lost(current: Stored | None) -> Conflict:
    lease = None if current is None else _lease(current)
    return Conflict(
        "that token does not hold the lease any more", path="$.token", current=lease, hint="stop, or acquire it anew"
    )


def _public(note: str | None) -> str | None:
    """A note without what is private. Writes lose it before they are decoded; asking for a lease is live."""
    if note is None:
        return None
    kept: str = msgspec.json.decode(without_private(msgspec.json.encode(note)))
    return kept or None
