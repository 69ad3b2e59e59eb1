"""Several calls as one: all of them take effect, or none."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from scriven.errors import CallError, Conflict, InvalidParams, LimitExceeded, MethodNotFound, NotFound
from scriven.method import METHODS, Method, Params, Record, method
from scriven.tx import Tx

CALLS = 1000
RESULT_BYTES = 16 * 1024 * 1024


class TransactionCall(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """One call of the transaction."""

    method: Annotated[str, Meta(max_length=64, description="A read or write method.", examples=["settings.set"])]
    params: Annotated[Raw, Meta(description="Its params, as an object or an array.", examples=[{}])] | UnsetType = UNSET


class TransactionRun(Params):
    calls: Annotated[
        list[TransactionCall],
        Meta(
            max_length=CALLS,
            description="The calls, in their order.",
            examples=[[{"method": "settings.set", "params": {"key": "theme", "value": "dark"}}]],
        ),
    ]


_STORED = {
    "key": "theme",
    "value": "dark",
    "workspaceId": "global",
    "revision": 1,
    "createdAt": "2026-01-31T09:30:00.000Z",
    "updatedAt": "2026-01-31T09:30:00.000Z",
}


class TransactionResult(Record):
    """The result of every call, in their order."""

    results: Annotated[list[Any], Meta(examples=[[_STORED]])]


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, MethodNotFound, NotFound))
def run(tx: Tx, p: TransactionRun) -> TransactionResult:
    """Run calls in one transaction: when one fails, none has happened and its error is the reply.

    `error.data.call` is the index of the call that failed. The results have at most 16 MiB together.
    An idempotency key belongs on `transaction.run` itself, not on a call inside it.
    """
    results, size = [], 0
    progress = tx.reporting()
    for index, call in enumerate(p.calls):
        try:
            result = msgspec.json.encode(_run(tx, call))
            size += len(result)
            if size > RESULT_BYTES:
                raise LimitExceeded("the results of a transaction are over 16 MiB together", limit=RESULT_BYTES)
            results.append(Raw(result))
            progress(index + 1, len(p.calls))
        except CallError as error:
            error.details["call"] = index
            raise
    return TransactionResult(results)


def _run(tx: Tx, call: TransactionCall) -> Any:
    found = _permitted(call.method)
    params = found.decode(None if call.params is UNSET else call.params)
    if params.meta is not None:
        raise InvalidParams("$._meta belongs on transaction.run itself", path="$._meta")
    return found.handler(tx, params)


def _permitted(name: str) -> Method:
    found = METHODS.get(name)
    if found is None:
        raise MethodNotFound("there is no such method", hint="scriven call rpc.discover")
    if found.access == "live" or found.name == "transaction.run":
        raise InvalidParams(f"{name} cannot be part of a transaction", path="$.method")
    return found
