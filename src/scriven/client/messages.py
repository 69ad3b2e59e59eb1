"""JSON-RPC 2.0 as a client writes and reads it: values to frames, frames to replies. No input or output."""

from __future__ import annotations

import json

from scriven.client.errors import NotSendable, ProtocolError, RemoteError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PROTOCOL = [1, 1]
# What a frame holds besides its params, at the most.
ENVELOPE_BYTES = 256

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def text_of(value: object) -> str:
    """A value as JSON. Raises NotSendable with the path of what JSON cannot hold."""
    try:
        text = _encode(value)
        text.encode()
    except RecursionError:
        raise NotSendable("the params are nested too deeply, or contain themselves") from None
    except (TypeError, ValueError):
        raise _culprit(value) from None
    return text


def request(id_: int, method: str, params: str | None) -> bytes:
    """One call as a frame. `params` is JSON on one line. Raises NotSendable."""
    given = "" if params is None else f',"params":{params}'
    try:
        return f'{{"jsonrpc":"2.0","id":{id_},"method":{text_of(method)}{given}}}\n'.encode()
    except UnicodeEncodeError:
        raise NotSendable("the params hold text that is not Unicode (a lone surrogate)") from None


def cancel(id_: int) -> bytes:
    """The notification that ends a call whose reply nobody waits for any more."""
    return f'{{"jsonrpc":"2.0","method":"$/cancelRequest","params":{{"id":{id_}}}}}\n'.encode()


def params_of(
    params: dict[str, Any] | list[Any] | None, idempotency_key: str | None, deadline_ms: int | None
) -> str | None:
    """A call's params, and what is said about the call itself, as JSON."""
    if idempotency_key is None and deadline_ms is None:
        return None if params is None else text_of(params)
    meta: dict[str, object] = {}
    if idempotency_key is not None:
        meta["idempotencyKey"] = idempotency_key
    if deadline_ms is not None:
        meta["deadlineMs"] = deadline_ms
    if isinstance(params, list):
        raise NotSendable("an idempotency key or a deadline needs params that are an object")
    given = params or {}
    return text_of({**given, "_meta": {**given.get("_meta", {}), **meta}})


def hello(id_: int, name: str | None, version: str, access: str | None) -> bytes:
    """The call that introduces a client and compares protocols."""
    params: dict[str, object] = {"version": version, "protocol": PROTOCOL}
    if name is not None:
        params["client"] = name
    if access is not None:
        params["access"] = access
    return request(id_, "daemon.hello", text_of(params))


def refuse_oversize(params: str | None, greeting: dict[str, Any] | None) -> None:
    """Raise NotSendable for a frame over the daemon's limit: sent, it would cost the connection."""
    limit = (greeting or {}).get("limits", {}).get("frameBytes")
    if params is None or not isinstance(limit, int) or len(params) <= limit // 4 - ENVELOPE_BYTES:
        return  # no character takes more than four bytes
    if len(params.encode()) + ENVELOPE_BYTES > limit:
        raise NotSendable(f"the params are larger than the {limit} bytes of a frame that the daemon accepts")


def message(frame: bytes) -> dict[str, Any]:
    """A frame as the object it holds. Raises ProtocolError."""
    try:
        found = json.loads(frame)
    except RecursionError:
        raise ProtocolError("the reply is nested too deeply for Python's json module") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    except ValueError:
        found = json.loads(frame, parse_int=_number)
    if not isinstance(found, dict):
        raise ProtocolError("what answers is not JSON-RPC 2.0", "is this the socket of Scriven? scriven socket-path")
    return found


def outcome(reply: dict[str, Any]) -> Any:
    """The result of a reply. Raises the RemoteError it carries, or ProtocolError."""
    if "result" in reply:
        return reply["result"]
    error = reply.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("code"), int):
        raise ProtocolError("a reply has neither a result nor an error")
    raise RemoteError(error["code"], str(error.get("message", "")), error.get("data"))


def result_text(frame: bytes) -> str:
    """The result of a reply as the daemon wrote it, digit for digit."""
    return next(text for name, text in members(frame.decode()) if name == "result")


def members(text: str) -> Iterator[tuple[str, str]]:
    """The members of an object, each name with its value as it is written."""
    decoder = json.JSONDecoder(parse_int=len, parse_float=len)
    at = _blank(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        begin = _blank(text, _blank(text, at) + 1)
        _, at = decoder.raw_decode(text, begin)
        yield name, text[begin:at]
        at = _blank(text, at)
        at = _blank(text, at + 1) if text[at] == "," else at


def _number(digits: str) -> object:
    """An integer, or a Decimal where it has more digits than Python turns into an int."""
    try:
        return int(digits)
    except ValueError:
        from decimal import Decimal

        return Decimal(digits)


def _blank(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _culprit(value: object) -> NotSendable:
    """The error for what cannot be written, found by writing its parts."""
    path = "$"
    around: list[object] = []
    while True:
        if any(value is outer for outer in around):
            return NotSendable(f"{path} contains itself")
        around.append(value)
        for step, inner in _members(value):
            if not _can_be_written(inner):
                path, value = path + step, inner
                break
        else:
            break
    if isinstance(value, str):
        return NotSendable(f"{path} holds text that is not Unicode (a lone surrogate)")
    if isinstance(value, float):
        return NotSendable(f"{path} is not a finite number, and JSON has no other")
    if isinstance(value, dict):
        return NotSendable(f"{path} has a name that is not text")
    return NotSendable(f"{path} is a {type(value).__name__}, which JSON cannot hold")


def _members(value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [(f".{name}", inner) for name, inner in value.items() if isinstance(name, str) and _can_be_written(name)]
    if isinstance(value, list | tuple):
        return [(f"[{index}]", inner) for index, inner in enumerate(value)]
    return []


def _can_be_written(value: object) -> bool:
    try:
        _encode(value).encode()
    except (TypeError, ValueError):
        return False
    return True
