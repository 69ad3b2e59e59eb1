"""Daily logs: what happened, in which session and when, kept to be counted by days and read by ranges of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType, field

from scriven.errors import InvalidParams, LimitExceeded, NotFound
from scriven.method import GLOBAL, WHOLE, Page, Params, Record, Timestamp, WorkspaceId, method, object_within
from scriven.methods.workspaces import require
from scriven.paging import Paged, page
from scriven.tx import Tx

DATA_BYTES = 256 * 1024

# What `days` answers at most, and what it answers when it is not told.
MOST_DAYS = 366
RECENT_DAYS = 30

LogId = Annotated[str, Meta(min_length=1, max_length=128, description="A log's id.", examples=["log_019b3f2c7a41c0ff"])]
EventType = Annotated[
    str,
    Meta(
        # Python's `$` alone would let a line break follow.
        pattern=r"^[a-z][a-z0-9_]*(?!\n)$",
        max_length=64,
        description=(
            "What kind of thing happened, in lower_snake_case. Known are `session_start` {source}, `session_end` "
            "{duration, trigger}, `session_idle` {was, reason}, `tool_invocation` {toolName, success, context?, "
            "error?}, `topic_change` {topic, previousTopic?} and `user_state` {sentiment, context?}; any other kind, "
            "and any other data, is kept as well."
        ),
        examples=["tool_invocation"],
    ),
]
EventData = Annotated[
    Raw,
    Meta(
        description="A JSON object of at most 256 KiB, kept as written.",
        examples=[{"toolName": "grep", "success": True}],
    ),
]
OfSession = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        description="The session it belongs to.",
        examples=["ses_019b3f2c7a41c0ffee5eed42"],
    ),
]
OfWorkspace = Annotated[WorkspaceId, Meta(description="Only of this workspace; of all when it is left out.")]
Day = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        max_length=10,
        description="A day, `YYYY-MM-DD`.",
        examples=["2026-01-31"],
        extra_json_schema={"format": "date"},
    ),
]
Timezone = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="The IANA time zone whose midnights part the days.",
        examples=["Europe/Berlin"],
    ),
]


class Log(Record):
    """Something that happened."""

    id: LogId
    workspace_id: WorkspaceId
    session_id: OfSession | None
    event_type: EventType
    event_data: EventData | None
    timestamp: Timestamp


class LogsAppend(Params):
    event_type: EventType
    event_data: EventData | UnsetType = UNSET
    session_id: OfSession | None = None
    workspace_id: (
        Annotated[WorkspaceId, Meta(description="A workspace; the session's, else `global`, when it is left out.")]
        | None
    ) = None
    timestamp: (
        Annotated[Timestamp, Meta(description="When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`; now when it is left out.")]
        | None
    ) = None


class LogsGet(Params):
    id: LogId


class LogsList(Paged):
    workspace_id: OfWorkspace | None = None
    session_id: Annotated[OfSession, Meta(description="Only of this session.")] | None = None
    event_type: Annotated[EventType, Meta(description="Only of this kind.")] | None = None
    from_: (
        Annotated[Timestamp, Meta(description="The earliest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.")] | None
    ) = field(name="from", default=None)
    to: Annotated[Timestamp, Meta(description="The latest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.")] | None = (
        None
    )
    day: Annotated[Day, Meta(description="One day of `timezone`, `YYYY-MM-DD`, instead of `from` and `to`.")] | None = (
        None
    )
    timezone: Timezone = "UTC"
    order: Annotated[Literal["desc", "asc"], Meta(description="Newest first, or oldest first.")] = "desc"


class LogsDays(Params):
    workspace_id: OfWorkspace | None = None
    timezone: Timezone = "UTC"
    from_: (
        Annotated[Day, Meta(description="The first day, `YYYY-MM-DD`; 29 days before the last when it is left out.")]
        | None
    ) = field(name="from", default=None)
    to: Annotated[Day, Meta(description="The last day, `YYYY-MM-DD`; today when it is left out.")] | None = None


class LogDay(Record):
    """How much happened on a day."""

    day: Day
    total: Annotated[int, Meta(ge=1, description="Logs of that day.", examples=[3])]
    by_type: Annotated[
        dict[str, int],
        Meta(description="How many of each event type.", examples=[{"session_start": 1, "topic_change": 2}]),
    ]


class NumberedLog(Log):
    """A log with its place among those of the same millisecond."""

    number: int


class TypeCount(Record):
    """How many logs of one event type."""

    event_type: str
    count: int


class Touched(Record):
    """Where the session lies in which something happened."""

    workspace_id: str


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {"logs.append": Log}

COLUMNS = "id, workspace_id, session_id, event_type, event_data, timestamp, number"

TOUCH = "UPDATE sessions SET active_at = max(active_at, :now), live = 1 WHERE id = :session_id RETURNING workspace_id"

# Of two logs with one id the first stands.
ADD = """
    INSERT INTO daily_logs (id, workspace_id, session_id, event_type, event_data, timestamp)
    VALUES (:id, :workspace_id, :session_id, :event_type, :event_data, :timestamp)
    ON CONFLICT (id) DO NOTHING
"""

# A plus keeps a term from the index, which the other bound, that of the page, narrows more.
NEWEST = """
    timestamp >= :since AND +timestamp <= :until AND (timestamp, number) < (:after_timestamp, :after_number)
    ORDER BY timestamp DESC, number DESC LIMIT :limit_and_one
"""
OLDEST = """
    +timestamp >= :since AND timestamp <= :until AND (timestamp, number) > (:after_timestamp, :after_number)
    ORDER BY timestamp, number LIMIT :limit_and_one
"""
OF_SESSION = """
    session_id = :session_id
    AND (:workspace_id IS NULL OR workspace_id = :workspace_id) AND (:event_type IS NULL OR event_type = :event_type)
"""
OF_WORKSPACE = "workspace_id = :workspace_id AND (:event_type IS NULL OR event_type = :event_type)"
OF_TYPE = "event_type = :event_type"

GET = f"SELECT {COLUMNS} FROM daily_logs WHERE id = :id"
NEWEST_OF_ALL = f"SELECT {COLUMNS} FROM daily_logs WHERE {NEWEST}"
OLDEST_OF_ALL = f"SELECT {COLUMNS} FROM daily_logs WHERE {OLDEST}"
NEWEST_OF_SESSION = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_SESSION} AND {NEWEST}"
OLDEST_OF_SESSION = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_SESSION} AND {OLDEST}"
NEWEST_OF_WORKSPACE = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_WORKSPACE} AND {NEWEST}"
OLDEST_OF_WORKSPACE = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_WORKSPACE} AND {OLDEST}"
NEWEST_OF_TYPE = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_TYPE} AND {NEWEST}"
OLDEST_OF_TYPE = f"SELECT {COLUMNS} FROM daily_logs WHERE {OF_TYPE} AND {OLDEST}"

COUNTS = """
    SELECT event_type, count(*) AS count FROM daily_logs
    WHERE timestamp >= :since AND timestamp < :until
    GROUP BY event_type ORDER BY event_type
"""
COUNTS_OF_WORKSPACE = """
    SELECT event_type, count(*) AS count FROM daily_logs
    WHERE workspace_id = :workspace_id AND timestamp >= :since AND timestamp < :until
    GROUP BY event_type ORDER BY event_type
"""


@method("write", since=1, raises=(InvalidParams, LimitExceeded, NotFound))
def append(tx: Tx, p: LogsAppend) -> Log:
    """Note that something happened, now or at any other time.

    The log of a session lies in the session's workspace; naming another one is an error.
    """
    workspace_id = p.workspace_id
    if p.session_id is not None:
        touched = tx.one(TOUCH, p, Touched)
        if touched is None:
            raise NotFound("there is no such session", path="$.sessionId", hint="scriven sessions list")
        workspace_id = workspace_id or touched.workspace_id
        if workspace_id != touched.workspace_id:
            raise InvalidParams(
                "$.workspaceId is not the workspace of the session",
                path="$.workspaceId",
                hint="leave it out: a log of a session lies in the session's workspace",
            )
    workspace_id = workspace_id or GLOBAL
    require(tx, workspace_id)
    log = Log(
        tx.new_id("log"),
        workspace_id,
        p.session_id,
        p.event_type,
        None if p.event_data is UNSET else p.event_data,
        p.timestamp or tx.now,
    )
    add(tx, log)
    tx.emit("logs.append", log)
    return log


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: LogsGet) -> Log:
    """A log by its id."""
    found = tx.one(GET, p, NumberedLog)
    if found is None:
        raise NotFound("there is no such log", path="$.id")
    return _log(found)


@method("read", since=1, raises=(InvalidParams,))
def list_(tx: Tx, p: LogsList) -> Page[Log]:
    """Logs by the time they happened, newest first unless `order` says otherwise.

    `from` and `to` are both inclusive. `day` stands for the whole of one day in `timezone`, whether it has 23, 24 or
    25 hours.
    """
    since, until = _range(p)
    newest_first = p.order == "desc"
    numbered = page(
        tx,
        (NEWEST_OF_SESSION if newest_first else OLDEST_OF_SESSION)
        if p.session_id is not None
        else (NEWEST_OF_WORKSPACE if newest_first else OLDEST_OF_WORKSPACE)
        if p.workspace_id is not None
        else (NEWEST_OF_TYPE if newest_first else OLDEST_OF_TYPE)
        if p.event_type is not None
        else (NEWEST_OF_ALL if newest_first else OLDEST_OF_ALL),
        p,
        NumberedLog,
        by={"timestamp": until, "number": WHOLE} if newest_first else {"timestamp": since, "number": 0},
        since=since,
        until=until,
    )
    return Page([_log(found) for found in numbered.items], numbered.next_cursor)


@method("read", since=1, raises=(InvalidParams,))
def days(tx: Tx, p: LogsDays) -> list[LogDay]:
    """How many logs each day of `timezone` has, by event type; days without any are left out.

    The last 30 days unless `from` or `to` say otherwise; at most 366. A day begins at its first midnight.
    """
    zone = _zone(p.timezone)
    today = datetime.fromisoformat(tx.now).astimezone(zone).date()
    last = today if p.to is None else _date(p.to, "$.to")
    first = _shifted(last, 1 - RECENT_DAYS, "$.to") if p.from_ is None else _date(p.from_, "$.from")
    _in_order(first.isoformat(), last.isoformat())
    if (last - first).days >= MOST_DAYS:
        raise InvalidParams(f"$.from is over {MOST_DAYS} days before $.to", path="$.from", limit=MOST_DAYS)
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        counts = tx.all(
            COUNTS if p.workspace_id is None else COUNTS_OF_WORKSPACE,
            p,
            TypeCount,
            since=_midnight(day, zone, "$.from"),
            until=_midnight(_shifted(day, 1, "$.to"), zone, "$.to"),
        )
        by_type = {each.event_type: each.count for each in counts}
        if by_type:
            found.append(LogDay(day.isoformat(), sum(by_type.values()), by_type))
    return found


def write(tx: Tx, event_type: str, event_data: dict[str, Any], session_id: str | None, workspace_id: str) -> Log:
    """Log what another noun's call did, in its transaction, at its moment."""
    data = Raw(msgspec.json.encode(event_data))
    log = Log(tx.new_id("log"), workspace_id, session_id, event_type, data, tx.now)
    add(tx, log)
    tx.emit("logs.append", log)
    return log


def add(tx: Tx, log: Log) -> bool:
    """Store a complete log; whether its id was new. Tells nobody.

    Raises InvalidParams and LimitExceeded with the path of the field at fault.
    """
    if log.event_data is not None:
        object_within(log.event_data, DATA_BYTES, "$.eventData")
    moment(log.timestamp, "$.timestamp")
    return bool(tx.run(ADD, log))


def moment(text: str, path: str) -> str:
    """The same text. Raises InvalidParams when there is no such moment: a 30th of February."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise InvalidParams(f"{path} is a moment that does not exist", path=path) from None
    return text


def _log(found: NumberedLog) -> Log:
    return Log(*msgspec.structs.astuple(found)[:-1])


def _range(p: LogsList) -> tuple[str, str]:
    """The first and the last moment that are asked for."""
    if p.day is None:
        since = "" if p.from_ is None else moment(p.from_, "$.from")
        until = "~" if p.to is None else moment(p.to, "$.to")
        _in_order(since, until)
        return since, until
    if p.from_ is not None or p.to is not None:
        raise InvalidParams("$.day stands instead of $.from and $.to", path="$.day")
    zone, day = _zone(p.timezone), _date(p.day, "$.day")
    end = datetime.fromisoformat(_midnight(_shifted(day, 1, "$.day"), zone, "$.day"))
    return _midnight(day, zone, "$.day"), _text(end - timedelta(milliseconds=1))


def _in_order(first: str, last: str) -> None:
    if first > last:
        raise InvalidParams("$.from is after $.to", path="$.from")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise InvalidParams(
            "$.timezone is not a known time zone", path="$.timezone", hint="an IANA name, such as Europe/Berlin"
        ) from None


def _date(text: str, path: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidParams(f"{path} is a day that does not exist", path=path) from None


def _shifted(day: date, by: int, path: str) -> date:
    try:
        return day + timedelta(days=by)
    except OverflowError:
        raise InvalidParams(f"{path} is at the end of the calendar", path=path) from None


def _midnight(day: date, zone: ZoneInfo, path: str) -> str:
    """When a day begins: at its first midnight, or where that is skipped, when the clocks skip it."""
    try:
        return _text(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))
    except OverflowError:
        raise InvalidParams(f"{path} is at the end of the calendar", path=path) from None


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
