"""Leases in the storage: who gets one, what each token is good for, when it ends; and the same against a dict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scriven.errors import Conflict, InvalidParams, NotFound
from scriven.methods import leases
from scriven.methods.leases import Attempt, Wanted
from scriven.tx import Tx


def transact(store: Any, question: Callable[[Tx], Any]) -> Any:
    """Run what the daemon asks of its own accord, in a transaction like every call."""
    store.ticks += 1
    tx = Tx(store.connection.execute, store.now, len(store.changes) + 1)
    store.connection.execute("BEGIN IMMEDIATE")
    try:
        result = question(tx)
    except BaseException:
        store.connection.execute("ROLLBACK")
        raise
    store.connection.execute("COMMIT")
    store.changes += tx.changes
    return result


def attempt(store: Any, name: str = "build", connection: int = 1, *, may_take: bool = True, **options: Any) -> Attempt:
    given = {"workspace_id": "global", "ttl_ms": None, "note": None, "holder": "ada"} | options
    wanted = Wanted(name=name, connection=connection, **given)
    made: Attempt = transact(store, lambda tx: leases.attempt(tx, wanted, may_take=may_take))
    return made


def take(store: Any, *arguments: Any, **options: Any) -> Any:
    made = attempt(store, *arguments, **options)
    assert made.lease
    return msgspec.to_builtins(made.lease)


def after(store: Any, milliseconds: int) -> str:
    moment = datetime.fromisoformat(store.now) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def told(store: Any) -> list[tuple[str, int]]:
    return [(change.topic, msgspec.json.decode(change.body)["token"]) for change in store.changes]


def names(page: Any) -> list[str]:
    return [lease["name"] for lease in page["items"]]


def current(failure: pytest.ExceptionInfo[Conflict]) -> Any:
    found = failure.value.data["current"]
    return found and msgspec.to_builtins(found)


def test_what_is_held_is_not_taken_again(run: Any) -> None:
    lease = take(run, note="tests")
    refused = attempt(run, connection=2)
    assert refused.lease is None
    assert msgspec.to_builtins(refused.current) == lease
    assert run("leases.list") == {"items": [lease], "nextCursor": None}
    assert told(run) == [("leases.acquire", 1)]


def test_a_lease_is_not_taken_out_of_turn(run: Any) -> None:
    assert attempt(run, may_take=False) == Attempt(None, None)
    lease = take(run)
    assert take(run, may_take=False) == lease


def test_every_lease_of_the_database_has_a_greater_token(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path))["id"]
    first, second = take(run), take(run, workspace_id=workspace)
    assert (first["token"], second["token"]) == (1, 2)
    run("leases.release", name="build", token=1)
    run("workspaces.delete", id=workspace, force=True)
    assert run("leases.list")["items"] == []
    assert take(run)["token"] == 3


def test_a_workspace_that_there_is_not_has_no_leases(run: Any) -> None:
    with pytest.raises(NotFound) as failure:
        attempt(run, workspace_id="ws_unknown")
    assert failure.value.data["path"] == "$.workspaceId"


def test_one_name_in_two_workspaces_is_two_leases(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path))["id"]
    take(run), take(run, connection=2, workspace_id=workspace)
    assert len(run("leases.list")["items"]) == 2
    assert run("leases.list", workspaceId=workspace)["items"][0]["workspaceId"] == workspace


def test_a_token_that_was_good_once_is_refused_with_who_has_it_now(run: Any) -> None:
    stale = take(run)
    run("leases.release", name="build", token=1)
    for method in ("leases.renew", "leases.release"):
        if method == "leases.release":
            assert run(method, name="build", token=stale["token"]) == {"released": False}
        else:
            with pytest.raises(Conflict) as failure:
                run(method, name="build", token=stale["token"])
            assert current(failure) is None
    held = take(run, connection=2)
    for method in ("leases.renew", "leases.release"):
        with pytest.raises(Conflict) as failure:
            run(method, name="build", token=stale["token"])
        assert (failure.value.data["path"], current(failure)) == ("$.token", held)
    assert run("leases.list")["items"] == [held]


def test_a_lease_is_renewed_for_as_long_as_before_or_as_is_said(run: Any) -> None:
    lease = take(run, ttl_ms=1000)
    assert lease["expiresAt"] == after(run, 1000)
    assert run("leases.renew", name="build", token=1)["expiresAt"] == after(run, 1000)
    assert run("leases.renew", name="build", token=1, ttlMs=5000)["expiresAt"] == after(run, 5000)
    assert run("leases.renew", name="build", token=1)["expiresAt"] == after(run, 5000)
    assert told(run) == [("leases.acquire", 1), *[("leases.renew", 1)] * 3]


def test_renewing_what_has_no_end_changes_nothing_unless_it_gets_one(run: Any) -> None:
    lease = take(run)
    assert run("leases.renew", name="build", token=1) == lease
    assert told(run) == [("leases.acquire", 1)]
    assert run("leases.renew", name="build", token=1, ttlMs=1000)["expiresAt"] == after(run, 1000)
    transact(run, lambda tx: leases.release_all(tx, 1))
    assert names(run("leases.list")) == ["build"]


def test_a_lease_ends_at_its_millisecond_whoever_looks(run: Any) -> None:
    take(run, ttl_ms=10)
    run.ticks += 8
    assert names(run("leases.list")) == ["build"]
    assert run("leases.list")["items"] == []
    with pytest.raises(Conflict):
        run("leases.renew", name="build", token=1)
    assert run("leases.release", name="build", token=1) == {"released": False}
    assert take(run, connection=2)["token"] == 2
    assert told(run) == [("leases.acquire", 1), ("leases.expire", 1), ("leases.acquire", 2)]


def test_the_next_end_is_told_to_whoever_plans(run: Any) -> None:
    assert transact(run, leases.expire) is None
    late, early = take(run, "late", ttl_ms=5000), take(run, "early", ttl_ms=100)
    take(run, "never")
    assert transact(run, leases.expire) == early["expiresAt"]
    run.ticks += 100
    assert transact(run, leases.expire) == late["expiresAt"]
    assert told(run)[-1] == ("leases.expire", early["token"])


def test_a_new_run_of_the_daemon_knows_no_connection_of_the_last(run: Any) -> None:
    take(run, "bound")
    kept = take(run, "kept", ttl_ms=60_000)
    assert transact(run, leases.begin_anew) == kept["expiresAt"]
    assert names(run("leases.list")) == ["kept"]
    # The first connection of the new run has the number of the one before, and is another.
    assert attempt(run, "kept").lease is None


def test_what_is_private_in_a_note_is_not_kept() -> None:
    assert leases._public("for <private>Grace</private> ada") == "for  ada"  # noqa: SLF001
    assert leases._public("<private>Grace</private>") is None  # noqa: SLF001


def test_the_longest_lease_is_told_whole(run: Any) -> None:
    lease = take(run, "\u0001" * 128, note="\u0001" * 256, holder="\u0001" * 128, ttl_ms=1)
    assert msgspec.json.decode(run.changes[-1].body) == lease


def test_leases_are_listed_by_workspace_and_name_page_by_page(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path))["id"]
    for name in ("b", "a", "c"):
        take(run, name), take(run, name, workspace_id=workspace)
    for scope, expected in ((None, [*"abcabc"]), ("global", [*"abc"]), (workspace, [*"abc"])):
        found: list[str] = []
        given: dict[str, Any] = {"limit": 2, "workspaceId": scope}
        while True:
            page = run("leases.list", **given)
            found += names(page)
            if page["nextCursor"] is None:
                break
            given["cursor"] = page["nextCursor"]
        assert found == expected


@pytest.mark.parametrize(
    "params", [{"name": ""}, {"name": "x" * 129}, {"ttlMs": 0}, {"waitMs": 25_001}, {"waitMs": -1}]
)
def test_what_is_out_of_bounds_is_refused_by_name(run: Any, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidParams) as failure:
        run.methods["leases.acquire"].decode(msgspec.json.encode({"name": "build"} | params))
    assert failure.value.data["path"] == f"$.{next(iter(params))}"


NAMES = strategies.sampled_from("ab")
CONNECTIONS = strategies.integers(1, 3)
TTLS = strategies.none() | strategies.integers(1, 6)


class Leases(RuleBasedStateMachine):
    """`held` has, for each name: token, connection, time to live, and the tick it ends at."""

    new_store: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.held: dict[str, tuple[int, int | None, int | None, int | None]] = {}
        self.tokens = 0

    def valid(self, name: str) -> tuple[int, int | None, int | None, int | None] | None:
        """What is held in the call that comes next."""
        held = self.held.get(name)
        return None if held is None or (held[3] is not None and held[3] <= self.store.ticks + 1) else held

    def end(self, ttl: int | None) -> int | None:
        return None if ttl is None else self.store.ticks + ttl

    @rule(name=NAMES, connection=CONNECTIONS, ttl=TTLS)
    def acquire(self, name: str, connection: int, ttl: int | None) -> None:
        held = self.valid(name)
        made = attempt(self.store, name, connection, ttl_ms=ttl)
        if held is None:
            self.tokens += 1
            self.held[name] = (self.tokens, connection, ttl, self.end(ttl))
        elif held[1] == connection and ttl is not None:
            self.held[name] = (held[0], connection, ttl, self.end(ttl))
        if held is not None and held[1] != connection:
            assert made.lease is None
            assert made.current
            assert made.current.token == held[0]
        else:
            assert made.lease
            assert made.lease.token == self.held[name][0]

    @rule(name=NAMES, token=strategies.integers(1, 12), ttl=TTLS)
    def renew(self, name: str, token: int, ttl: int | None) -> None:
        held = self.valid(name)
        given = {"name": name, "token": token, "ttlMs": ttl}
        if held is None or held[0] != token:
            with pytest.raises(Conflict):
                self.store("leases.renew", **given)
            return
        assert self.store("leases.renew", **given)["token"] == token
        if ttl or held[2]:
            # Whoever renews in a test has no connection.
            self.held[name] = (token, None, ttl or held[2], self.end(ttl or held[2]))

    @rule(name=NAMES, token=strategies.integers(1, 12))
    def release(self, name: str, token: int) -> None:
        held = self.valid(name)
        if held is not None and held[0] != token:
            with pytest.raises(Conflict):
                self.store("leases.release", name=name, token=token)
            return
        assert self.store("leases.release", name=name, token=token) == {"released": held is not None}
        if held is not None:
            del self.held[name]

    @rule(connection=CONNECTIONS)
    def hang_up(self, connection: int) -> None:
        transact(self.store, lambda tx: leases.release_all(tx, connection))
        self.held = {name: held for name, held in self.held.items() if held[1] != connection or held[3] is not None}

    @rule()
    def start_anew(self) -> None:
        transact(self.store, leases.begin_anew)
        self.held = {name: (held[0], None, *held[2:]) for name, held in self.held.items() if held[3] is not None}

    @rule()
    def expire(self) -> None:
        transact(self.store, leases.expire)

    @rule(ticks=strategies.integers(1, 4))
    def time_passes(self, ticks: int) -> None:
        self.store.ticks += ticks

    @invariant()
    def what_is_listed_is_what_is_held(self) -> None:
        expected = {name: held[0] for name in "ab" if (held := self.valid(name)) is not None}
        assert {lease["name"]: lease["token"] for lease in self.store("leases.list")["items"]} == expected

    @invariant()
    def what_was_told_leads_to_what_is_stored_and_tokens_only_grow(self) -> None:
        state: dict[str, Any] = {}
        last = 0
        for change in self.store.changes:
            lease = msgspec.json.decode(change.body)
            if change.topic == "leases.acquire":
                assert lease["name"] not in state
                assert lease["token"] > last
                last = lease["token"]
            else:
                assert state.pop(lease["name"])["token"] == lease["token"]
            if change.topic in {"leases.acquire", "leases.renew"}:
                state[lease["name"]] = lease
        stored = self.store.rows("SELECT name, token, expires_at FROM leases ORDER BY name")
        assert stored == [(name, state[name]["token"], state[name]["expiresAt"]) for name in sorted(state)]


def test_leases_against_a_dict(new_store: Callable[[], Any]) -> None:
    machine = type("Model", (Leases,), {"new_store": staticmethod(new_store)})
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))
