"""What a method is: one decorated function, and the Structs that say what it takes and gives."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, field

from scriven.errors import CallError, Conflict, InvalidParams, LimitExceeded
from scriven.privacy import without_private

if typing.TYPE_CHECKING:
    from scriven.config import Config
    from scriven.methods.daemon import Client, Metrics
    from scriven.methods.leases import Lease, Wanted
    from scriven.tx import Tx

GLOBAL = "global"

# The largest integer that every reader of JSON keeps exactly (RFC 8259, section 6).
WHOLE = 2**53 - 1

Access = Literal["read", "write", "live"]
State = Literal["starting", "ready", "degraded", "draining"]

Json = Annotated[Raw, Meta(description="Any JSON value. It is kept as written.", examples=["dark"])]
Key = Annotated[
    str,
    Meta(min_length=1, max_length=256, description="A name of 1 to 256 characters.", examples=["theme"]),
]
WorkspaceId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="A workspace, or `global`.", examples=["global"]),
]
IfRevision = Annotated[
    int,
    Meta(ge=0, le=WHOLE, description="Fail with `conflict` unless this is the stored revision.", examples=[1]),
]
AbsolutePath = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=4096,
        description="An absolute path on this machine.",
        examples=["/home/ada/engine"],
        extra_json_schema={"format": "path"},
    ),
]
Timestamp = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        max_length=24,
        description="A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`.",
        examples=["2026-01-31T09:30:00.000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]
Revision = Annotated[int, Meta(ge=1, description="Grows by one at every write.", examples=[1])]


class CallMeta(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """What a caller may say about the call itself."""

    idempotency_key: (
        Annotated[
            str,
            Meta(min_length=1, max_length=256, description="A retry with the same key gets the first reply again."),
        ]
        | None
    ) = None
    deadline_ms: (
        Annotated[int, Meta(ge=1, le=86_400_000, description="Give up after this many milliseconds.")] | None
    ) = None
    actor: Annotated[str, Meta(max_length=256, description="Who is asking, for the log.")] | None = None
    progress_token: Annotated[
        Annotated[str, Meta(min_length=1, max_length=128)] | Annotated[int, Meta(ge=-WHOLE, le=WHOLE)] | None,
        Meta(description="Tell how far the call has come, as `$/progress` with this token."),
    ] = None


@typing.dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Params(Struct, rename="camel", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a method takes. Subclasses are named `<Noun><Verb>`."""

    meta: Annotated[CallMeta | None, Meta(description="About the call itself.")] = field(name="_meta", default=None)


@typing.dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(Struct, rename="camel", frozen=True):
    """What a method gives. The first field identifies it."""


T = TypeVar("T")


class Page(Record, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: Annotated[
        str | None,
        Meta(description="Pass it as `cursor` for the next page; null at the end."),
    ]


class Connection(Protocol):
    """The caller's connection, as a live method sees it."""

    access: Literal["read", "write"]
    client: str | None
    version: str | None
    pid: int | None

    def tell(self, *messages: bytes) -> None:
        """Send notifications."""
        ...

    def spare(self, size: int = 0) -> bool:
        """Whether there is room for that many bytes: notifications may wait, replies must not wait for them."""
        ...

    def stalled(self) -> bool:
        """Whether it has not read what it was sent, so that there is no room until it has."""
        ...


class App(Protocol):
    """The running daemon, as a live method sees it."""

    config: Config
    instance: str
    started_at: str
    state: State
    reason: str | None
    database_id: str | None
    schema_version: int | None

    def uptime(self) -> float:
        """Seconds since it started."""
        ...

    def traffic(self) -> dict[str, int]:
        """Counters of the running process: see `daemon.status`."""
        ...

    def clients(self, leases: dict[int, int]) -> list[Client]:
        """Who is connected, with how many leases of its own."""
        ...

    def metrics(self) -> Metrics:
        """All that is counted."""
        ...

    def subscribe(
        self, connection: Connection, topics: tuple[str, ...], workspace_id: str | None, since: int | None
    ) -> tuple[str, int]:
        """Tell a connection of changes, from now on or after a place in the log; its id, and the place it begins at."""
        ...

    def unsubscribe(self, connection: Connection, subscription_id: str) -> bool:
        """End that; False when the connection has none of that id."""
        ...

    async def next_commit(self, seen: int, seconds: float) -> None:
        """Wait until there are changes after that place in the log, the daemon ends, or the time is over."""
        ...

    async def acquire(self, connection: Connection, wanted: Wanted, wait_ms: int) -> Lease:
        """Take a lease for that connection, or wait for it."""
        ...

    async def inspect(self, question: Callable[[Tx], T], connection: Connection) -> T:
        """Run a read on the database's thread, after what that connection asked before."""
        ...

    def stop(self) -> None:
        """Begin to drain."""
        ...


class Live(Struct, frozen=True):
    """What a live handler is given."""

    app: App
    connection: Connection


Handler = Callable[[Any, Any], Any]
H = TypeVar("H", bound=Handler)


class Method(Struct, frozen=True):
    """One row of the table of methods."""

    name: str
    access: Access
    handler: Handler
    params: type[Params]
    result: Any
    since: int
    raises: tuple[type[CallError], ...]
    summary: str
    description: str
    decoder: msgspec.json.Decoder[Any]
    fields: tuple[str, ...]

    @property
    def noun(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """The part of the name after the dot."""
        return self.name.partition(".")[2]

    def decode(self, raw: bytes | Raw | None) -> Params:
        """Params as they came, an object or an array, made into the method's Struct; a write without what is private.

        Raises InvalidParams with the path of the field at fault.
        """
        if raw is None:
            raw = b"{}"
        if self.access == "write":
            raw = without_private(bytes(raw))
        if memoryview(raw)[0] == _OPENING_BRACKET:
            raw = self._named(raw)
        params: Params = decoded(self.decoder, raw)
        return params

    def _named(self, raw: bytes | Raw) -> bytes:
        values = decoded(_POSITIONAL, raw)
        if len(values) > len(self.fields):
            raise InvalidParams(
                f"{self.name} takes at most {len(self.fields)} positional params",
                path="$",
                hint=f"the order is {', '.join(self.fields)}",
            )
        return msgspec.json.encode(dict(zip(self.fields, values, strict=False)))


METHODS: dict[str, Method] = {}

_OPENING_BRACKET = ord("[")
_OPENING_BRACE = ord("{")
_BACKSLASH = ord("\\")

_POSITIONAL = msgspec.json.Decoder(list[Raw])


def method(access: Access, *, since: int, raises: tuple[type[CallError], ...] = ()) -> Callable[[H], H]:
    """Enter a function into the table under its address: `methods/settings.py::set` is `settings.set`.

    A trailing underscore, kept for the sake of a builtin's name, falls away. `since` is the API level that brought it.
    """

    def enter(handler: H) -> H:
        noun = handler.__module__.rpartition(".")[2]
        entered = f"{noun}.{handler.__name__.rstrip('_')}"
        if entered in METHODS:
            raise TypeError(f"{entered} is declared twice")
        if inspect.iscoroutinefunction(handler) is not (access == "live"):
            raise TypeError(f"{entered}: a live method is async and no other is")
        hints = typing.get_type_hints(handler, vars(sys.modules[handler.__module__]), include_extras=True)
        _, params = (hint for argument, hint in hints.items() if argument != "return")
        text = inspect.getdoc(handler) or ""
        METHODS[entered] = Method(
            name=entered,
            access=access,
            handler=handler,
            params=params,
            result=hints["return"],
            since=since,
            raises=raises,
            summary=text.partition("\n")[0].rstrip("."),
            description=text,
            decoder=msgspec.json.Decoder(params),
            fields=tuple(info.encode_name for info in msgspec.structs.fields(params) if info.name != "meta"),
        )
        return handler

    return enter


def decoded(decoder: msgspec.json.Decoder[T], raw: bytes | Raw, owner: str = "method") -> T:
    """JSON made into what the decoder is for. Raises InvalidParams with the path of the field at fault.

    `owner` says what an unknown field is not a field of.
    """
    try:
        value = decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise invalid(str(error), owner=owner) from None
    except RecursionError:
        raise InvalidParams("$ is nested too deeply", path="$") from None
    if _escapes(raw):
        _refuse_nul(value)
    return value


def _escapes(raw: bytes | Raw) -> bool:
    text = bytes(raw)
    # A number is looked for in bytes at a tenth of what a text costs, and few values have an escape.
    return _BACKSLASH in text and b"\\u0000" in text


def _refuse_nul(value: object, path: str = "$") -> None:
    """NUL ends a string in half the tools that read the file; a Json value keeps it, being escaped there."""
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidParams(f"{path} holds a NUL character", path=path)
    elif isinstance(value, Struct):
        for info in msgspec.structs.fields(value):
            _refuse_nul(getattr(value, info.name), f"{path}.{info.encode_name}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_nul(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_nul(name, path)
            _refuse_nul(item, f"{path}.{name}")


_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<field>.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>.*)`$", re.DOTALL)


def invalid(text: str, root: str = "$", owner: str = "method") -> InvalidParams:
    """msgspec's sentence as our error: it names the field, under `root`; what might quote a value is left out."""
    found = _AT.match(text)
    what, path = (found["what"], found["path"] or "$") if found else (text, "$")
    path = root + path[1:]
    if unknown := _UNKNOWN.match(what):
        path = f"{path}.{unknown['field']}"
        return InvalidParams(f"{path} is not a field of this {owner}", path=path)
    if missing := _MISSING.match(what):
        path = f"{path}.{missing['field']}"
        return InvalidParams(f"{path} is required", path=path)
    if not what.startswith("Expected "):
        what = "Not one of the allowed values"
    return InvalidParams(f"{path}: {what[0].lower()}{what[1:]}", path=path)


def object_within(value: Raw, limit: int, path: str) -> None:
    """Raise InvalidParams unless the JSON is an object, LimitExceeded when it has more than `limit` bytes."""
    text = memoryview(value)
    if text[0] != _OPENING_BRACE:
        raise InvalidParams(f"{path}: expected `object`", path=path)
    if len(text) > limit:
        raise LimitExceeded(f"{path} is over {limit // 1024} KiB", path=path, limit=limit)


def conflict(stored: Record | None) -> Conflict:
    """The error of a write whose `ifRevision` is not the stored revision; `current` is what is stored."""
    if stored is None:
        return Conflict("there is nothing stored under that name", path="$.ifRevision", current=None)
    return Conflict("another revision is stored", path="$.ifRevision", current=stored)
