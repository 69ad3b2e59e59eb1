"""Logs against a plain list: whatever is asked of whatever was logged, the store says what sorting the list says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import compress, product
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

# Moments at which a day of some zone begins, ends, is cut short, is stretched or is left out.
EDGES = [
    "2026-03-29T01:00:00.000Z",  # Berlin goes forward
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T22:00:00.000Z",
    "2026-10-25T01:00:00.000Z",  # Berlin goes back
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
    "2018-11-04T03:00:00.000Z",  # São Paulo has no midnight
    "2025-11-02T04:00:00.000Z",  # Havana has two
    "2025-11-02T05:00:00.000Z",
    "2011-12-30T10:00:00.000Z",  # Apia leaves out a day
    "2026-04-04T15:00:00.000Z",  # Lord Howe goes back by half an hour
    "2026-04-05T13:30:00.000Z",
    "2026-01-31T18:15:00.000Z",  # Kathmandu's midnight
    "2026-02-01T00:00:00.000Z",
]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Havana",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Nuuk",
]
HOUR = 3_600_000


def shifted(edge: str, milliseconds: int) -> str:
    return text(datetime.fromisoformat(edge) + timedelta(milliseconds=milliseconds))


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# A moment and a day of a run: beside one of the two edges that the run is about, so that many fall on one another.
PLACES = strategies.tuples(strategies.integers(0, 1), strategies.sampled_from([0, 0, -1, 1, HOUR, -HOUR, 12 * HOUR]))
DAYS = strategies.tuples(strategies.integers(0, 1), strategies.integers(-1, 1))
TYPES = strategies.sampled_from(["session_start", "tool_invocation", "other"])


def maybe(strategy: strategies.SearchStrategy[Any]) -> strategies.SearchStrategy[Any]:
    return strategies.none() | strategy


class Logs(RuleBasedStateMachine):
    """Its subclass says where stores come from and where directories may be made."""

    new_store: ClassVar[Any]
    root: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.held: list[dict[str, Any]] = []

    @initialize(edges=strategies.lists(strategies.sampled_from(EDGES), min_size=2, max_size=2))
    def open_workspaces_and_start_sessions(self, edges: list[str]) -> None:
        self.edges = edges
        self.scopes = ["global"]
        for name in "xy":
            (self.root / name).mkdir(exist_ok=True)
            self.scopes.append(self.store("workspaces.open", projectDir=str(self.root / name))["id"])
        self.sessions = {self.store("sessions.start", workspaceId=scope)["id"]: scope for scope in self.scopes}
        self.store.connection.execute("DELETE FROM daily_logs")

    @rule(
        logs=strategies.lists(
            strategies.tuples(PLACES, TYPES, maybe(strategies.integers(0, 2)), maybe(strategies.integers(0, 2))),
            min_size=1,
            max_size=8,
        )
    )
    def append(self, logs: list[tuple[tuple[int, int], str, int | None, int | None]]) -> None:
        for place, kind, scope, session in logs:
            given: dict[str, Any] = {"eventType": kind, "timestamp": self.moment(place)}
            if session is not None:
                given["sessionId"] = list(self.sessions)[session]
            elif scope is not None:
                given["workspaceId"] = self.scopes[scope]
            log = self.store("logs.append", **given)
            lies = self.sessions.get(given.get("sessionId", ""), given.get("workspaceId", "global"))
            assert (log["workspaceId"], log["timestamp"], log["eventType"]) == (lies, given["timestamp"], kind)
            self.held.append(log)

    @rule(
        one=strategies.tuples(strategies.integers(0, 2), strategies.integers(0, 2), TYPES),
        ends=strategies.lists(PLACES, max_size=2),
        first=strategies.sampled_from(["from", "to"]),
        order=strategies.sampled_from(["asc", "desc"]),
        limit=strategies.integers(1, 5),
    )
    def list_in_pages(
        self, one: tuple[int, int, str], ends: list[tuple[int, int]], first: str, order: str, limit: int
    ) -> None:
        moments = sorted(self.moment(place) for place in ends)
        bounds = dict(zip(["from", "to"] if len(ends) == 2 else [first], moments, strict=False))
        inside = [log for log in self.held if bounds.get("from", "") <= log["timestamp"] <= bounds.get("to", "~")]
        filters = {"workspaceId": self.scopes[one[0]], "sessionId": list(self.sessions)[one[1]], "eventType": one[2]}
        for chosen in product([False, True], repeat=3):
            given = dict(compress(filters.items(), chosen))
            wanted = [log for log in inside if all(log[name] == value for name, value in given.items())]
            assert self.paged(**given, **bounds, order=order, limit=limit) == self.ordered(wanted, order)

    @rule(day=DAYS, zone=strategies.sampled_from(ZONES), order=strategies.sampled_from(["asc", "desc"]))
    def list_a_day(self, day: tuple[int, int], zone: str, order: str) -> None:
        asked = self.day(day)
        wanted = [log for log in self.held if local(log, zone) == asked]
        assert self.paged(day=asked.isoformat(), timezone=zone, order=order) == self.ordered(wanted, order)

    @rule(
        day=DAYS,
        length=strategies.integers(0, 3),
        zone=strategies.sampled_from(ZONES),
        scope=maybe(strategies.integers(0, 2)),
    )
    def count_days(self, day: tuple[int, int], length: int, zone: str, scope: int | None) -> None:
        first = self.day(day)
        workspace = None if scope is None else self.scopes[scope]
        last = first + timedelta(days=length)
        wanted: dict[date, Counter[str]] = {}
        for log in self.held:
            if workspace in {None, log["workspaceId"]} and first <= local(log, zone) <= last:
                wanted.setdefault(local(log, zone), Counter())[log["eventType"]] += 1
        ends = {"from": first.isoformat(), "to": last.isoformat()}
        assert self.store("logs.days", workspaceId=workspace, timezone=zone, **ends) == [
            {"day": counted.isoformat(), "total": wanted[counted].total(), "byType": dict(wanted[counted])}
            for counted in sorted(wanted)
        ]

    def moment(self, place: tuple[int, int]) -> str:
        return shifted(self.edges[place[0]], place[1])

    def day(self, place: tuple[int, int]) -> date:
        return date.fromisoformat(self.edges[place[0]][:10]) + timedelta(days=place[1])

    def ordered(self, logs: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
        by_time = sorted(logs, key=lambda log: log["timestamp"])
        return by_time if order == "asc" else by_time[::-1]

    def paged(self, **given: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.store("logs.list", **given)
            found += page["items"]
            if page["nextCursor"] is None:
                return found
            given["cursor"] = page["nextCursor"]

    def teardown(self) -> None:
        self.store.connection.close()


def local(log: dict[str, Any], zone: str) -> date:
    return datetime.fromisoformat(log["timestamp"]).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def test_logs_behave_like_a_sorted_list(new_store: Callable[[], Any], tmp_path: Path) -> None:
    factory = staticmethod(new_store)

    class Prepared(Logs):
        new_store = factory
        root = tmp_path

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=50, stateful_step_count=20, deadline=None, derandomize=True)
    )
