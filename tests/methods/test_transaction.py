"""transaction.run: all of its calls, or none."""

from __future__ import annotations

from typing import Any

import pytest

from scriven.errors import CallError, Conflict, InvalidParams, LimitExceeded, MethodNotFound, NotFound


def calling(name: str, **params: object) -> dict[str, object]:
    return {"method": name, "params": params}


def test_the_results_come_in_the_order_of_the_calls(run: Any) -> None:
    results = run(
        "transaction.run",
        calls=[
            calling("settings.set", key="a", value=1),
            calling("settings.get", key="a"),
            calling("settings.delete", key="a"),
            calling("settings.get", key="a"),
        ],
    )["results"]
    assert results[0] == results[1]
    assert results[2:] == [{"deleted": True}, None]


def test_a_failing_call_undoes_those_before_it_and_says_which_it_was(run: Any) -> None:
    with pytest.raises(Conflict) as failure:
        run(
            "transaction.run",
            calls=[
                calling("settings.set", key="a", value=1),
                calling("settings.set", key="b", value=1, ifRevision=5),
                calling("settings.set", key="c", value=1),
            ],
        )
    assert (failure.value.data["call"], failure.value.data["path"]) == (1, "$.ifRevision")
    assert failure.value.data["outcome"] == "none"
    assert run("settings.list")["items"] == []
    assert run.changes == []


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (calling("settings.nothing"), MethodNotFound),
        (calling("daemon.health"), InvalidParams),
        (calling("daemon.shutdown"), InvalidParams),
        (calling("rpc.discover"), InvalidParams),
        (calling("transaction.run", calls=[]), InvalidParams),
        (calling("settings.get"), InvalidParams),
        (calling("settings.get", key="a", extra=1), InvalidParams),
        (calling("settings.get", key="a", _meta={"idempotencyKey": "k"}), InvalidParams),
        ({"method": "settings.get", "params": "a"}, InvalidParams),
        ({"method": "settings.get", "params": ["a", "global", 1]}, InvalidParams),
        (calling("settings.set", key="a", value="x" * 1024 * 1024), LimitExceeded),
        (calling("workspaces.get", id="ws_absent"), NotFound),
    ],
)
def test_a_call_that_cannot_be_made_fails_as_it_would_alone(
    run: Any, call: dict[str, object], error: type[CallError]
) -> None:
    with pytest.raises(error) as failure:
        run("transaction.run", calls=[calling("settings.set", key="k", value=1), call])
    assert failure.value.data["call"] == 1
    assert run("settings.get", key="k") is None


def test_calls_may_have_their_params_as_an_array_or_none(run: Any) -> None:
    calls = [{"method": "settings.set", "params": ["k", [1]]}, {"method": "settings.list"}]
    stored, listed = run("transaction.run", calls=calls)["results"]
    assert listed["items"] == [stored]


def test_values_inside_a_transaction_are_kept_as_written(run: Any) -> None:
    run.raw("transaction.run", b'{"calls":[{"method":"settings.set","params":{"key":"k","value":{"a":1.0,"a":1e2}}}]}')
    assert b'"value":{"a":1.0,"a":1e2}' in run.raw("settings.get", b'["k"]')


def test_what_was_emitted_is_told_in_order(run: Any) -> None:
    run("transaction.run", calls=[calling("settings.set", key=key, value=1) for key in "abc"])
    assert [change.seq for change in run.changes] == [1, 2, 3]
    assert {change.at for change in run.changes} == {run.now}


def test_no_calls_are_no_results(run: Any) -> None:
    assert run("transaction.run", calls=[]) == {"results": []}


def test_a_transaction_has_at_most_1000_calls(run: Any) -> None:
    calls = [calling("settings.set", key="k", value=1)]
    assert len(run("transaction.run", calls=calls * 1000)["results"]) == 1000
    assert run("settings.get", key="k")["revision"] == 1000
    with pytest.raises(InvalidParams) as failure:
        run("transaction.run", calls=calls * 1001)
    assert failure.value.details["path"] == "$.calls"


def test_a_field_that_a_call_does_not_have_is_named_by_its_place(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("transaction.run", calls=[{"method": "settings.get", "parameters": {}}])
    assert "parameters" in str(failure.value.details["path"])
