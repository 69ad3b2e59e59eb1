"""Sessions against a list of plain dicts: started, asked for, updated, ended and deleted in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from scriven.errors import Conflict

AGENTS = strategies.sampled_from([None, "build", "plan"])
TIMEOUTS = strategies.sampled_from([None, 1, 30])
TITLES = strategies.sampled_from([None, "fix", "Fix é", "write"])


class Sessions(RuleBasedStateMachine):
    """The model keeps what the record shows; its list is ordered by when something happened last."""

    new_store: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.known: dict[str, dict[str, Any]] = {}

    def any_of(self, number: int) -> dict[str, Any]:
        return list(self.known.values())[number % len(self.known)]

    def newest_first(self) -> list[dict[str, Any]]:
        return sorted(self.known.values(), key=lambda one: (one["lastActive"], one["id"]), reverse=True)

    def is_over(self, session: dict[str, Any]) -> bool:
        """Whether its idle timeout has run out by the time of the call that just ran."""
        timeout = session["idleTimeoutS"]
        return timeout is not None and self.age(session) >= timeout * 1000

    def age(self, session: dict[str, Any]) -> int:
        return int(self.store.ticks - session["touched"])

    def learn(self, session: dict[str, Any]) -> None:
        self.known[session["id"]] = session | {"touched": self.store.ticks}

    @rule(milliseconds=strategies.integers(1, 1500))
    def wait(self, milliseconds: int) -> None:
        self.store.ticks += milliseconds

    @rule(agent=AGENTS, title=TITLES, timeout=TIMEOUTS, replace=strategies.booleans())
    def start(self, agent: str | None, title: str | None, timeout: int | None, replace: bool) -> None:
        made = self.store("sessions.start", agent=agent, title=title, idleTimeoutS=timeout, replace=replace)
        for session in list(self.known.values()):
            if replace and self.is_open(session) and session["agent"] == agent:
                self.ended(session, self.store.now, "explicit")
        self.learn(made)

    @precondition(lambda self: self.known)
    @rule(number=strategies.integers(0, 9))
    def start_child(self, number: int) -> None:
        parent = self.any_of(number)
        made = self.store("sessions.start", parentId=parent["id"])
        assert made["parentId"] == parent["id"]
        self.learn(made)

    @precondition(lambda self: self.known)
    @rule(number=strategies.integers(0, 9))
    def start_again(self, number: int) -> None:
        with pytest.raises(Conflict):
            self.store("sessions.start", id=self.any_of(number)["id"])

    @rule(agent=AGENTS, create=strategies.booleans())
    def current(self, agent: str | None, create: bool) -> None:
        found = self.store("sessions.current", agent=agent, create=create)
        active = [one for one in self.newest_first() if self.is_open(one) and agent in {None, one["agent"]}]
        while active and self.is_over(active[0]):
            self.ended(active[0], None, "timeout")
            active.pop(0)
        if active:
            assert found["id"] == active[0]["id"]
            self.learn(active[0] | {"lastActive": self.store.now})
        elif create:
            assert found["id"] not in self.known
            self.learn(found)
        else:
            assert found is None

    @precondition(lambda self: self.known)
    @rule(number=strategies.integers(0, 9), title=TITLES, archived=strategies.booleans())
    def update(self, number: int, title: str | None, archived: bool) -> None:
        session = self.any_of(number)
        now = self.store("sessions.update", id=session["id"], title=title, archived=archived)
        archived_at = (session["archivedAt"] or self.store.now) if archived else None
        self.learn(
            session
            | {"title": title, "archivedAt": archived_at, "revision": session["revision"] + 1}
            | {"lastActive": self.store.now, "updatedAt": self.store.now}
        )
        assert now == self.shown(session["id"])

    @precondition(lambda self: self.known)
    @rule(number=strategies.integers(0, 9))
    def end(self, number: int) -> None:
        session = self.any_of(number)
        self.store("sessions.end", id=session["id"])
        if session["endedAt"] is None:
            self.ended(session, self.store.now, "explicit")

    @precondition(lambda self: self.known)
    @rule(number=strategies.integers(0, 9))
    def delete(self, number: int) -> None:
        gone = {self.any_of(number)["id"]}
        self.store("sessions.delete", id=next(iter(gone)))
        while more := {one["id"] for one in self.known.values() if one["parentId"] in gone} - gone:
            gone |= more
        for session_id in gone:
            del self.known[session_id]

    def ended(self, session: dict[str, Any], at: str | None, trigger: str) -> None:
        shown = self.store("sessions.get", id=session["id"])
        self.store.ticks -= 1
        at = shown["endedAt"] if at is None else at
        self.learn(
            session
            | {"endedAt": at, "endTrigger": trigger, "lastActive": at, "revision": session["revision"] + 1}
            | {"updatedAt": self.store.now}
        )

    def is_open(self, session: dict[str, Any]) -> bool:
        return session["endedAt"] is None and session["archivedAt"] is None and session["parentId"] is None

    def shown(self, session_id: str) -> dict[str, Any]:
        return {name: value for name, value in self.known[session_id].items() if name != "touched"}

    @invariant()
    def every_list_and_every_record_agree(self) -> None:
        for archived in (False, True):
            wanted = [self.shown(one["id"]) for one in self.newest_first() if bool(one["archivedAt"]) is archived]
            found, cursor = [], None
            while True:
                page = self.store("sessions.list", archived=archived, limit=2, cursor=cursor)
                self.store.ticks -= 1
                found += page["items"]
                cursor = page["nextCursor"]
                if cursor is None:
                    break
            assert found == wanted


def test_sessions_are_what_a_plain_model_says(new_store: Callable[[], Any]) -> None:
    machine = type("Machine", (Sessions,), {"new_store": staticmethod(new_store)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
    )
