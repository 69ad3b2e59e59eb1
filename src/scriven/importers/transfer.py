"""Records to `state.import` in batches that are safe to send again, and the count of what became of each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from scriven.client import messages
from scriven.client.connection import Connection
from scriven.client.errors import (
    BacklogFull,
    NotAnswering,
    NotRunning,
    OutcomeUnknown,
    ProtocolError,
    RemoteError,
    ScrivenError,
)
from scriven.importers.source import Gap, Record, Written

BATCH_RECORDS = 500
BATCH_BYTES = 2 * 1024 * 1024
# What a daemon accepts that does not say.
FRAME_BYTES = 16 * 1024 * 1024
# How long a daemon that restarts may be away: seconds before each further try.
PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)
# Each kind after those it refers to.
KINDS = ("workspace", "setting", "session", "message", "todos", "memory", "observation", "log")
OUTCOMES = ("added", "updated", "present", "skipped")
# How many places are told of things that have one reason.
PLACES = 3
# Errors that one record of a batch may have brought on all of it.
OF_ONE = {"parse_error", "invalid_request", "invalid_params", "limit_exceeded", "deadline_exceeded", "internal_error"}

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_SURROGATE = re.compile("[\ud800-\udfff]")
HALVED = "half a character was replaced by U+FFFD: its other half is missing"


class Reason:
    """Why things were not brought along, how many, and where the first of them lie."""

    def __init__(self) -> None:
        self.count = 0
        self.places: list[str] = []

    def add(self, place: str) -> None:
        """One more."""
        self.count += 1
        if len(self.places) < PLACES:
            self.places.append(place)


class Tally:
    """What became of everything: counts by kind and outcome, and the reasons of what stayed behind."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, int]] = {}
        self.reasons: dict[str, Reason] = {}

    @property
    def records(self) -> int:
        """How many records have been judged."""
        return sum(sum(counts.values()) for counts in self.kinds.values())

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        """So many more records of a kind with that outcome."""
        self.kinds.setdefault(kind, dict.fromkeys(OUTCOMES, 0))[outcome] += number

    def tell(self, gap: Gap) -> None:
        """Something is not brought along, or not as it was."""
        self.reasons.setdefault(gap.reason, Reason()).add(gap.where)

    def as_json(self) -> dict[str, Any]:
        """`{kinds: {kind: {added, updated, present, skipped}}, reasons: [{reason, count, places}]}`."""
        return {
            "kinds": {kind: self.kinds[kind] for kind in sorted(self.kinds, key=_rank)},
            "reasons": [
                {"reason": text, "count": reason.count, "places": reason.places}
                for text, reason in sorted(self.reasons.items(), key=lambda entry: -entry[1].count)
            ],
        }


class Batch:
    """Records of one kind that go out together: what each is called, and its JSON."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.names: list[str] = []
        self.texts: list[str] = []
        self.bytes = 0

    def add(self, name: str, text: str, size: int) -> None:
        """One more record, and the bytes of its JSON."""
        self.names.append(name)
        self.texts.append(text)
        self.bytes += size

    def halves(self) -> Iterator[Batch]:
        """The first half of the records, and the second."""
        middle = len(self.names) // 2
        for part in (slice(middle), slice(middle, None)):
            half = Batch(self.kind)
            half.names, half.texts = self.names[part], self.texts[part]
            yield half


class Transfer:
    """Takes what a source gives, and sends it. While the daemon works on one batch the next is read."""

    def __init__(self, connection: Connection, *, dry_run: bool = False) -> None:
        self.tally = Tally()
        self._connection = connection
        self._dry_run = dry_run
        self._waiting: dict[str, Batch] = {}
        self._sender = ThreadPoolExecutor(1, "import")
        self._sent: tuple[Batch, Future[dict[str, Any]]] | None = None
        limits = (connection.greeting or {}).get("limits", {})
        self._frame_bytes = int(limits.get("frameBytes", FRAME_BYTES)) - 4096

    def take(self, item: Record | Gap) -> None:
        """One record or gap of a source. Raises ScrivenError when the daemon cannot be asked any more."""
        if isinstance(item, Gap):
            self.tally.tell(item)
            return
        kind = str(item.get("kind"))
        name = name_of(item, kind)
        text = self._text_of(item, kind, name)
        if text is None:
            return
        size = len(text.encode())
        if size > self._frame_bytes:
            self._skip(kind, name, f"larger than the {self._frame_bytes:,} bytes of one call")
            return
        batch = self._waiting.setdefault(kind, Batch(kind))
        if batch.names and (len(batch.names) >= BATCH_RECORDS or batch.bytes + size > BATCH_BYTES):
            self._send(kind)
            batch = self._waiting.setdefault(kind, Batch(kind))
        batch.add(name, text, size)

    def flush(self) -> None:
        """Send all that waits, and wait for what became of it."""
        self._send(None)
        self._settle()

    def _text_of(self, record: Record, kind: str, name: str) -> str | None:
        """The JSON of a record, or None when there can be none."""
        if isinstance(record, Written):
            return record.text
        try:
            text = _encode(record)
        except (TypeError, ValueError):
            self._skip(kind, name, "it holds what JSON cannot: a number that is not finite, or no JSON value")
            return None
        except RecursionError:
            self._skip(kind, name, "it is nested too deeply")
            return None
        if text.isascii() or not _SURROGATE.search(text):
            return text
        self.tally.tell(Gap(name, HALVED))
        return _SURROGATE.sub("\ufffd", text)

    def _send(self, upto: str | None) -> None:
        """Send what waits of a kind, after that of the kinds it may refer to; without one, all."""
        for kind in sorted(self._waiting, key=_rank):
            if upto is None or _rank(kind) <= _rank(upto):
                self._settle()
                batch = self._waiting.pop(kind)
                self._sent = (batch, self._sender.submit(self._import, batch))

    def _settle(self) -> None:
        """Count what became of the batch that is under way."""
        if self._sent is not None:
            batch, result = self._sent
            self._sent = None
            self._judge(batch, result.result)

    def _judge(self, batch: Batch, result_of: Callable[[], dict[str, Any]]) -> None:
        """A batch that the daemon refuses as a whole is halved, down to the record that is to blame."""
        try:
            result = result_of()
        except RemoteError as error:
            if error.kind not in OF_ONE:
                raise
            if len(batch.names) == 1:
                self._skip(batch.kind, batch.names[0], error.message)
                return
            for half in batch.halves():
                self._judge(half, partial(self._import, half))
            return
        for outcome in OUTCOMES[:3]:
            self.tally.count(batch.kind, outcome, result[outcome])
        for skipped in result["skipped"]:
            self._skip(batch.kind, batch.names[skipped["index"]], str(skipped["reason"]))

    def _import(self, batch: Batch) -> dict[str, Any]:
        """One call, made again while the daemon is away: what has arrived already is found there."""
        params = f'{{"records":[{",".join(batch.texts)}],"dryRun":{"true" if self._dry_run else "false"}}}'
        for pause in (*PAUSES, None):
            try:
                reply, _ = self._connection.call("state.import", params, read=False, keyed=True)
                result = messages.outcome(reply)
                if not isinstance(result, dict) or not {*OUTCOMES} <= result.keys():
                    raise ProtocolError("what state.import answered is not its result", "scriven version")
            except ScrivenError as error:
                if pause is None or not _passes(error):
                    raise
                time.sleep(pause)
            else:
                return result
        raise AssertionError  # the last try returns or raises

    def _skip(self, kind: str, name: str, reason: str) -> None:
        self.tally.count(kind, "skipped")
        self.tally.tell(Gap(name, reason))


def name_of(record: Record, kind: str) -> str:
    """What a record is called where it is told of: its kind, and its id or what else it goes by."""
    name = next((record[name] for name in ("id", "key", "sessionId", "projectDir") if record.get(name)), None)
    return kind if name is None else f"{kind} {name}"


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _passes(error: ScrivenError) -> bool:
    """Whether the same call may succeed in a moment."""
    if isinstance(error, RemoteError):
        return error.retryable and error.kind not in OF_ONE
    return isinstance(error, NotRunning | BacklogFull | NotAnswering | OutcomeUnknown)
