"""Daily logs: what is kept, which of them a range means, and how days are counted where clocks change."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from scriven.errors import InvalidParams, LimitExceeded, NotFound
from scriven.methods import logs
from scriven.tx import Tx

KIBIBYTE = 1024

# The days on which Berlin's clocks change in 2026, the hours they have, and where they begin and end.
LONG_AND_SHORT = [
    ("2026-03-28", 24, "2026-03-27T23:00:00.000Z", "2026-03-28T22:59:59.999Z"),
    ("2026-03-29", 23, "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"),
    ("2026-10-25", 25, "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"),
]


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


@pytest.fixture
def session(run: Any, workspace: str) -> str:
    """A session of that workspace, whose own logs are out of the way."""
    started = str(run("sessions.start", workspaceId=workspace)["id"])
    run.connection.execute("DELETE FROM daily_logs")
    return started


def at(run: Any, *timestamps: str, **more: object) -> list[str]:
    """Logs of these moments, in this order; their ids."""
    return [run("logs.append", eventType="noted", timestamp=timestamp, **more)["id"] for timestamp in timestamps]


def ids(page: dict[str, Any]) -> list[str]:
    return [log["id"] for log in page["items"]]


def refused(run: Any, name: str, **params: object) -> Any:
    with pytest.raises(InvalidParams) as failure:
        run(name, **params)
    return failure.value.details["path"]


def test_a_log_is_stored_as_it_is_told(run: Any) -> None:
    data = {"toolName": "grep", "success": True}
    log = run("logs.append", eventType="tool_invocation", eventData=data)
    assert log == {
        "id": log["id"],
        "workspaceId": "global",
        "sessionId": None,
        "eventType": "tool_invocation",
        "eventData": data,
        "timestamp": run.now,
    }
    assert run("logs.list") == {"items": [log], "nextCursor": None}
    assert [(change.topic, json.loads(bytes(change.body))) for change in run.changes] == [("logs.append", log)]


def test_a_log_needs_no_data(run: Any) -> None:
    assert run("logs.append", eventType="noted")["eventData"] is None


@pytest.mark.parametrize("data", ['{"a":1.0,"a":1e2}', "{}", '{ "b" : [ 1 ,2 ] }', '{"n":12345678901234567890123}'])
def test_the_data_comes_back_as_it_was_written(run: Any, data: str) -> None:
    run.raw("logs.append", f'{{"eventType":"noted","eventData":{data}}}'.encode())
    assert f'"eventData":{data},"timestamp"' in run.raw("logs.list", b"{}").decode()


@pytest.mark.parametrize("data", [None, [], "text", 1])
def test_data_that_is_no_object_is_refused_by_name(run: Any, data: object) -> None:
    assert refused(run, "logs.append", eventType="noted", eventData=data) == "$.eventData"
    assert run.rows("SELECT * FROM daily_logs") == []


def test_data_of_256_kib_is_kept_and_a_byte_more_is_refused(run: Any) -> None:
    most = {"text": "x" * (256 * KIBIBYTE - len('{"text": ""}'))}
    assert run("logs.append", eventType="noted", eventData=most)["eventData"] == most
    with pytest.raises(LimitExceeded) as failure:
        run("logs.append", eventType="noted", eventData={"text": most["text"] + "x"})
    assert failure.value.details == {"path": "$.eventData", "limit": 256 * KIBIBYTE}


@pytest.mark.parametrize("known", ["session_start", "session_end", "tool_invocation", "topic_change", "user_state"])
def test_a_known_event_type_takes_any_data(run: Any, known: str) -> None:
    assert run("logs.append", eventType=known, eventData={"other": 1})["eventData"] == {"other": 1}


@pytest.mark.parametrize("kind", ["", "Noted", "a-b", "a b", "_a", "1a", "é", "noted\n", "x" * 65])
def test_an_event_type_is_lower_snake_case_of_up_to_64_characters(run: Any, kind: str) -> None:
    assert run("logs.append", eventType="a1_" + "x" * 61)
    assert refused(run, "logs.append", eventType=kind) == "$.eventType"


def test_a_log_may_be_of_the_past_or_the_future(run: Any) -> None:
    past, future = at(run, "1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
    assert ids(run("logs.list")) == [future, past]


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-01-31T09:30:00Z",
        "2026-01-31T09:30:00.000+00:00",
        "2026-01-31 09:30:00.000Z",
        "2026-01-31T09:30:00.0000Z",
        "2026-01-31T09:30:00.000Z\n",
        "2026-02-30T09:30:00.000Z",
        "2026-01-31T24:00:00.000Z",
        "٢٠٢٦-01-31T09:30:00.000Z",
        "2026-01-31",
    ],
)
def test_a_moment_has_one_form_and_any_other_is_refused_by_name(run: Any, timestamp: str) -> None:
    assert refused(run, "logs.append", eventType="noted", timestamp=timestamp) == "$.timestamp"
    assert refused(run, "logs.list", **{"from": timestamp}) == "$.from"
    assert refused(run, "logs.list", to=timestamp) == "$.to"


def test_a_log_of_a_session_lies_in_its_workspace(run: Any, session: str, workspace: str) -> None:
    log = run("logs.append", eventType="noted", sessionId=session)
    assert (log["sessionId"], log["workspaceId"]) == (session, workspace)
    assert run("logs.append", eventType="noted", sessionId=session, workspaceId=workspace)["workspaceId"] == workspace


def test_a_log_of_a_session_in_another_workspace_is_refused(run: Any, session: str) -> None:
    assert refused(run, "logs.append", eventType="noted", sessionId=session, workspaceId="global") == "$.workspaceId"
    assert run.rows("SELECT * FROM daily_logs") == []


def test_a_log_is_something_that_happens_in_its_session(run: Any, session: str) -> None:
    run("logs.append", eventType="noted", sessionId=session, timestamp="2000-01-01T00:00:00.000Z")
    assert run("sessions.get", id=session)["lastActive"] > run("sessions.get", id=session)["startedAt"]


def test_a_session_or_a_workspace_that_does_not_exist_has_no_log(run: Any) -> None:
    for params, path in (({"sessionId": "nowhere"}, "$.sessionId"), ({"workspaceId": "nowhere"}, "$.workspaceId")):
        with pytest.raises(NotFound) as failure:
            run("logs.append", eventType="noted", **params)
        assert failure.value.details["path"] == path


def test_a_log_outlives_its_session_and_not_its_workspace(run: Any, session: str, workspace: str) -> None:
    run("logs.append", eventType="noted", sessionId=session)
    run("sessions.delete", id=session)
    assert [log["sessionId"] for log in run("logs.list")["items"]] == [None]
    run("workspaces.delete", id=workspace, force=True)
    assert run("logs.list")["items"] == []


def test_both_ends_of_a_range_are_inside_it(run: Any) -> None:
    first, middle, last = at(run, "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00.002Z")
    ends = {"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-01T00:00:00.002Z"}
    assert ids(run("logs.list", **ends)) == [last, middle, first]
    assert ids(run("logs.list", **{**ends, "from": "2026-01-01T00:00:00.001Z"})) == [last, middle]
    assert ids(run("logs.list", **{**ends, "to": "2026-01-01T00:00:00.001Z"})) == [middle, first]
    assert ids(run("logs.list", **{"from": "2026-01-01T00:00:00.001Z", "to": "2026-01-01T00:00:00.001Z"})) == [middle]


def test_a_range_that_ends_before_it_begins_is_refused(run: Any) -> None:
    ends = {"from": "2026-01-01T00:00:00.001Z", "to": "2026-01-01T00:00:00.000Z"}
    assert refused(run, "logs.list", **ends) == "$.from"
    assert refused(run, "logs.days", **{"from": "2026-01-02", "to": "2026-01-01"}) == "$.from"


def test_logs_of_one_moment_keep_the_order_in_which_they_came(run: Any) -> None:
    came = at(run, *["2026-01-01T00:00:00.000Z"] * 5)
    assert ids(run("logs.list", order="asc")) == came
    assert ids(run("logs.list")) == came[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_of_one_moment_neither_repeat_nor_leave_out(run: Any, workspace: str, order: str) -> None:
    came = at(run, *["2026-01-01T00:00:00.000Z"] * 7, workspaceId=workspace)
    seen, cursor = [], None
    while True:
        page = run("logs.list", workspaceId=workspace, order=order, limit=2, cursor=cursor)
        seen += ids(page)
        if (cursor := page["nextCursor"]) is None:
            break
    assert seen == (came if order == "asc" else came[::-1])


def test_a_cursor_does_not_leave_the_range(run: Any) -> None:
    came = at(run, *[f"2026-01-01T00:00:00.00{number}Z" for number in range(6)])
    late = run("logs.list", order="asc", limit=5)["nextCursor"]
    assert ids(run("logs.list", order="asc", to="2026-01-01T00:00:00.003Z", cursor=late)) == []
    early = run("logs.list", limit=5)["nextCursor"]
    assert ids(run("logs.list", **{"from": "2026-01-01T00:00:00.002Z"}, cursor=early)) == []
    assert ids(run("logs.list", cursor=early)) == came[:1]


def test_what_orders_logs_is_not_told(run: Any) -> None:
    at(run, "2026-01-01T00:00:00.000Z")
    assert set(run("logs.list")["items"][0]) == {
        "id", "workspaceId", "sessionId", "eventType", "eventData", "timestamp"
    }  # fmt: skip


@pytest.mark.parametrize(("day", "hours", "first", "last"), LONG_AND_SHORT)
def test_a_day_has_the_hours_its_zone_gives_it(run: Any, day: str, hours: int, first: str, last: str) -> None:
    at(run, beside(first, -1), beside(last, 1))
    inside = at(run, first, last)
    assert beside(first, hours * 3_600_000 - 1) == last
    assert ids(run("logs.list", day=day, timezone="Europe/Berlin", order="asc")) == inside
    counted = run("logs.days", timezone="Europe/Berlin", **{"from": day, "to": day})
    assert counted == [{"day": day, "total": 2, "byType": {"noted": 2}}]


def beside(moment: str, milliseconds: int) -> str:
    there = datetime.fromisoformat(moment) + timedelta(milliseconds=milliseconds)
    return there.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_day_without_a_midnight_begins_when_the_clocks_skip_it(run: Any) -> None:
    at(run, "2018-11-04T02:59:59.999Z")
    inside = at(run, "2018-11-04T03:00:00.000Z", "2018-11-05T01:59:59.999Z")
    assert ids(run("logs.list", day="2018-11-04", timezone="America/Sao_Paulo", order="asc")) == inside


def test_a_day_with_two_midnights_begins_at_the_first(run: Any) -> None:
    inside = at(run, "2025-11-02T04:00:00.000Z", "2025-11-02T05:00:00.000Z")
    at(run, "2025-11-02T03:59:59.999Z")
    assert ids(run("logs.list", day="2025-11-02", timezone="America/Havana", order="asc")) == inside


def test_a_day_that_a_zone_leaves_out_is_empty(run: Any) -> None:
    at(run, "2011-12-30T09:59:59.999Z", "2011-12-30T10:00:00.000Z")
    assert ids(run("logs.list", day="2011-12-30", timezone="Pacific/Apia")) == []
    days = run("logs.days", timezone="Pacific/Apia", **{"from": "2011-12-29", "to": "2011-12-31"})
    assert [day["day"] for day in days] == ["2011-12-29", "2011-12-31"]


def test_a_day_excludes_the_ends_of_a_range(run: Any) -> None:
    for end in ("from", "to"):
        assert refused(run, "logs.list", day="2026-01-01", **{end: "2026-01-01T00:00:00.000Z"}) == "$.day"


@pytest.mark.parametrize(
    "zone", ["Nowhere/Atall", "europe/berlin/x", "/etc/localtime", "../UTC", "Europe", ".", "é", "+01:00", "tzdata.zi"]
)
def test_an_unknown_time_zone_is_refused_by_name(run: Any, zone: str) -> None:
    assert refused(run, "logs.list", day="2026-01-01", timezone=zone) == "$.timezone"
    assert refused(run, "logs.days", timezone=zone) == "$.timezone"


@pytest.mark.parametrize("day", ["2026-02-29", "2026-1-1", "20260101", "2026-W01-1", "2026-01-01T00", "2026-01-01\n"])
def test_a_day_that_is_none_is_refused_by_name(run: Any, day: str) -> None:
    assert refused(run, "logs.list", day=day) == "$.day"
    assert refused(run, "logs.days", **{"from": day}) == "$.from"
    assert refused(run, "logs.days", to=day) == "$.to"


def test_the_ends_of_the_calendar_are_refused_by_name(run: Any) -> None:
    assert refused(run, "logs.list", day="9999-12-31") == "$.day"
    assert refused(run, "logs.list", day="0001-01-01", timezone="Asia/Kathmandu") == "$.day"
    assert refused(run, "logs.days", to="9999-12-31") == "$.to"
    assert refused(run, "logs.days", to="0001-01-02") == "$.to"
    assert (
        refused(run, "logs.days", timezone="Asia/Kathmandu", **{"from": "0001-01-01", "to": "0001-01-02"}) == "$.from"
    )


def test_filters_narrow_together(run: Any, session: str, workspace: str) -> None:
    wanted = run("logs.append", eventType="noted", sessionId=session)["id"]
    other_kind = run("logs.append", eventType="other", sessionId=session)["id"]
    no_session = run("logs.append", eventType="noted", workspaceId=workspace)["id"]
    elsewhere = run("logs.append", eventType="noted")["id"]
    assert ids(run("logs.list")) == [elsewhere, no_session, other_kind, wanted]
    assert ids(run("logs.list", workspaceId=workspace)) == [no_session, other_kind, wanted]
    assert ids(run("logs.list", workspaceId="global")) == [elsewhere]
    assert ids(run("logs.list", eventType="noted")) == [elsewhere, no_session, wanted]
    assert ids(run("logs.list", eventType="noted", workspaceId=workspace)) == [no_session, wanted]
    assert ids(run("logs.list", sessionId=session)) == [other_kind, wanted]
    assert ids(run("logs.list", sessionId=session, eventType="noted", workspaceId=workspace)) == [wanted]
    assert ids(run("logs.list", sessionId=session, workspaceId="global")) == []


def test_days_are_counted_by_type_in_their_order_and_empty_ones_left_out(run: Any, workspace: str) -> None:
    at(run, "2025-12-31T23:59:59.999Z", "2025-12-29T00:00:00.000Z", "2025-12-29T12:00:00.000Z")
    run("logs.append", eventType="other", timestamp="2025-12-29T12:00:00.000Z", workspaceId=workspace)
    run("logs.append", eventType="other")
    assert run("logs.days") == [
        {"day": "2025-12-29", "total": 3, "byType": {"noted": 2, "other": 1}},
        {"day": "2025-12-31", "total": 1, "byType": {"noted": 1}},
        {"day": "2026-01-01", "total": 1, "byType": {"other": 1}},
    ]
    assert run("logs.days", workspaceId=workspace) == [{"day": "2025-12-29", "total": 1, "byType": {"other": 1}}]


def test_days_are_the_last_30_unless_they_are_named(run: Any) -> None:
    at(run, "2025-12-02T23:59:59.999Z", "2025-12-03T00:00:00.000Z", "2026-01-01T23:59:59.999Z")
    assert [day["day"] for day in run("logs.days")] == ["2025-12-03", "2026-01-01"]
    assert [day["day"] for day in run("logs.days", **{"from": "2025-12-01"})] == [
        "2025-12-02",
        "2025-12-03",
        "2026-01-01",
    ]
    assert [day["day"] for day in run("logs.days", to="2025-12-31")] == ["2025-12-02", "2025-12-03"]


def test_today_is_the_day_of_the_time_zone(run: Any) -> None:
    at(run, "2025-12-31T23:00:00.000Z")
    assert [day["day"] for day in run("logs.days", timezone="America/New_York")] == ["2025-12-31"]
    assert [day["day"] for day in run("logs.days", timezone="Asia/Tokyo")] == ["2026-01-01"]


def test_at_most_366_days_are_counted(run: Any) -> None:
    assert run("logs.days", **{"from": "2025-01-01", "to": "2026-01-01"}) == []
    with pytest.raises(InvalidParams) as failure:
        run("logs.days", **{"from": "2024-12-31", "to": "2026-01-01"})
    assert failure.value.details == {"path": "$.from", "limit": 366}


def test_another_noun_writes_a_log_in_its_own_transaction(run: Any, session: str, workspace: str) -> None:
    tx = Tx(run.connection.execute, run.now, 1)
    log = logs.write(tx, "session_end", {"duration": 1}, session, workspace)
    assert run("logs.list")["items"][0] == json.loads(msgspec.json.encode(log))
    assert [change.topic for change in tx.changes] == ["logs.append"]


def test_a_complete_log_is_stored_once_and_told_to_nobody(run: Any) -> None:
    tx = Tx(run.connection.execute, run.now, 1)
    log = logs.Log("log_old", "global", None, "noted", msgspec.Raw(b'{"a":1.0}'), "2020-01-01T00:00:00.000Z")
    assert logs.add(tx, log)
    assert not logs.add(tx, msgspec.structs.replace(log, event_type="other"))
    assert tx.changes == []
    assert run("logs.list")["items"] == [json.loads(msgspec.json.encode(log))]


def test_a_complete_log_is_held_to_the_same_limits(run: Any) -> None:
    tx = Tx(run.connection.execute, run.now, 1)
    log = logs.Log("log_old", "global", None, "noted", msgspec.Raw(b"[]"), "2020-01-01T00:00:00.000Z")
    with pytest.raises(InvalidParams, match=r"^\$\.eventData"):
        logs.add(tx, log)
    with pytest.raises(InvalidParams, match=r"^\$\.timestamp"):
        logs.add(tx, msgspec.structs.replace(log, event_data=None, timestamp="2020-02-30T00:00:00.000Z"))


def test_what_the_log_of_changes_refers_to_can_be_read(run: Any) -> None:
    appended = run("logs.append", eventType="noted", eventData={"text": "x" * 5000})
    reference = json.loads(bytes(run.changes[-1].body))["ref"]
    assert reference["noun"] == "logs"
    assert run("logs.get", id=reference["id"]) == appended
    with pytest.raises(NotFound) as failure:
        run("logs.get", id="gone")
    assert failure.value.details["path"] == "$.id"
