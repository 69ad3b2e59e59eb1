"""The JSON-RPC 2.0 envelope: what a message looks like, and what is wrong with one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from scriven.errors import CallError, InvalidParams, InvalidRequest, ParseError


class Request(Struct):
    """A call. What is raw is passed on unread."""

    jsonrpc: Literal["2.0"]
    method: str
    id: Raw | UnsetType = UNSET
    params: Raw | UnsetType = UNSET

    def plain(self) -> bool:
        """Whether it is the common case: an id, and params by name or none."""
        return (
            self.id is not UNSET
            and is_id(self.id)
            and (self.params is UNSET or memoryview(self.params)[0] == _OPENING_BRACE)
        )


class Loose(Struct):
    """The same with nothing expected of its members."""

    jsonrpc: Raw | UnsetType = UNSET
    method: Raw | UnsetType = UNSET
    id: Raw | UnsetType = UNSET
    params: Raw | UnsetType = UNSET


class Reply(Struct):
    """A successful reply."""

    jsonrpc: str
    id: Raw
    result: Any


class Failure(Struct):
    """A reply that tells of an error."""

    jsonrpc: str
    id: Raw
    error: dict[str, Any]


NULL = Raw(b"null")

_OPENING_BRACE = ord("{")
_QUOTE = ord('"')
_ID_STARTS = frozenset(b'"-0123456789n')

_encode = msgspec.json.Encoder().encode
_loose = msgspec.json.Decoder(Loose).decode
read = msgspec.json.Decoder(Request).decode


def reply(id_: Raw, result: object) -> bytes:
    """The reply to a call that succeeded."""
    return _encode(Reply("2.0", id_, result))


def failure(id_: Raw, error: CallError) -> bytes:
    """The reply to a call that did not."""
    return _encode(Failure("2.0", id_, {"code": error.code, "message": error.message, "data": error.data}))


def is_id(raw: Raw) -> bool:
    """Whether this is a string, a number or null."""
    return memoryview(raw)[0] in _ID_STARTS


def same_id(one: Raw, other: Raw) -> bool:
    """Whether two ids are the same, also where their strings are escaped differently."""
    if memoryview(one)[0] == _QUOTE == memoryview(other)[0]:
        return bool(msgspec.json.decode(one) == msgspec.json.decode(other))
    return bytes(one) == bytes(other)


def id_of(raw: bytes | Raw) -> Raw:
    """The id to answer a bad request under, if it can be read."""
    try:
        found = _loose(_whole(raw)).id
    except (msgspec.DecodeError, RecursionError):
        return NULL
    return found if found is not UNSET and is_id(found) else NULL


def judged(raw: bytes | Raw) -> Request:
    """Any valid request. Raises InvalidRequest or ParseError with what is wrong."""
    try:
        found = _loose(raw)
    except msgspec.ValidationError:
        raise InvalidRequest("a request is an object") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise unreadable(raw, error) from None
    if found.jsonrpc is UNSET or not _is_version(found.jsonrpc):
        raise InvalidRequest('`jsonrpc` has to be "2.0"', path="jsonrpc")
    if found.method is UNSET or memoryview(found.method)[0] != _QUOTE:
        raise InvalidRequest("`method` has to be a string", path="method")
    if found.id is not UNSET and not is_id(found.id):
        raise InvalidRequest("`id` has to be a string, a number or null", path="id")
    if found.params is not UNSET and memoryview(found.params)[0] not in b"{[":
        raise InvalidRequest(
            "`params` has to be an object or an array; leave it out when there are none", path="params"
        )
    return Request("2.0", msgspec.json.decode(found.method, type=str), found.id, found.params)


def _is_version(raw: Raw) -> bool:
    return bytes(raw) == b'"2.0"' or (memoryview(raw)[0] == _QUOTE and msgspec.json.decode(raw) == "2.0")


def unreadable(raw: bytes | Raw, error: Exception) -> CallError:
    """What is wrong with bytes that do not decode. Half a surrogate pair is JSON by the grammar, but no text."""
    if isinstance(error, RecursionError):
        return ParseError("the message is nested too deeply")
    try:
        path = _find(msgspec.json.decode(_whole(raw)), "")
    except (msgspec.DecodeError, RecursionError):
        path = None
    if path is None:
        return ParseError("the message is not JSON", hint="one JSON value in UTF-8 for each message")
    if path.startswith(".params"):
        path = "$" + path.removeprefix(".params")
        return InvalidParams(f"{path} holds half of a surrogate pair", path=path)
    return InvalidRequest("the message holds half of a surrogate pair", path=path.removeprefix("."))


# An escape in a string: a whole surrogate pair, half of one (the group), or any other.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_MARK = "\uffff\ufffe\uffff"


def _whole(raw: bytes | Raw) -> bytes:
    """The same bytes with a mark in the place of every half surrogate pair."""
    if b"\\u" not in bytes(raw):
        return bytes(raw)
    return _ESCAPE.sub(lambda found: _MARK.encode() if found[1] else found[0], bytes(raw))


def _find(value: object, path: str) -> str | None:
    """Where the mark is."""
    if isinstance(value, str):
        return path if _MARK in value else None
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        if any(_MARK in name for name in value):
            return path
        inner = ((f"{path}.{name}", item) for name, item in value.items())
    elif isinstance(value, list):
        inner = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    return next((found for place, item in inner if (found := _find(item, place)) is not None), None)
