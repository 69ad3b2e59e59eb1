"""Sessions over the socket: one current session whoever asks, and none that stays busy or idle without its client."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from running import Daemon, until
from wire_client import Wire


def reasons(wire: Wire, session_id: str) -> list[Any]:
    page = wire.call("logs.list", {"sessionId": session_id, "eventType": "session_idle"})
    return [log["eventData"] for log in page["items"]]


def test_16_clients_that_ask_at_once_get_one_current_session(daemon: Daemon, connect: Callable[..., Wire]) -> None:
    wires = [connect(daemon) for _ in range(16)]
    barrier = Barrier(len(wires))
    got: list[str] = []

    def ask(wire: Wire) -> None:
        barrier.wait()
        got.extend(wire.call("sessions.current", {"agent": "together"})["id"] for _ in range(5))

    threads = [Thread(target=ask, args=(wire,)) for wire in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 80
    assert len(set(got)) == 1


def test_a_session_whose_client_vanished_becomes_idle_and_the_log_says_why(
    daemon: Daemon, connect: Callable[..., Wire]
) -> None:
    agent, other = connect(daemon), connect(daemon)
    session_id = agent.call("sessions.start", {})["id"]
    agent.call("sessions.update", {"id": session_id, "status": "busy"})
    assert other.call("sessions.get", {"id": session_id})["status"] == "busy"
    agent.close()
    until(lambda: other.call("sessions.get", {"id": session_id})["status"] == "idle", "the session is idle")
    assert reasons(other, session_id) == [{"was": "busy", "reason": "its client has gone"}]


def test_a_client_that_vanishes_takes_only_what_it_set_itself(daemon: Daemon, connect: Callable[..., Wire]) -> None:
    leaving, staying = connect(daemon), connect(daemon)
    theirs, ours = (leaving.call("sessions.start", {})["id"] for _ in range(2))
    leaving.call("sessions.update", {"id": theirs, "status": "retry"})
    leaving.call("sessions.update", {"id": ours, "status": "busy"})
    staying.call("sessions.update", {"id": ours, "status": "busy"})
    leaving.close()
    until(lambda: staying.call("sessions.get", {"id": theirs})["status"] == "idle", "what it left is idle")
    assert staying.call("sessions.get", {"id": ours})["status"] == "busy"


def test_a_program_that_connects_for_one_call_leaves_the_status_it_set(
    daemon: Daemon, connect: Callable[..., Wire]
) -> None:
    watching = connect(daemon)
    session_id = watching.call("sessions.start", {})["id"]
    with connect(daemon) as passing:
        passing.call("sessions.update", {"id": session_id, "status": "busy"})
    # A connection that ends later has been looked after later, too.
    with connect(daemon) as later:
        marker = later.call("sessions.start", {})["id"]
        later.call("sessions.update", {"id": marker, "status": "busy"})
    until(lambda: watching.call("sessions.get", {"id": marker})["status"] == "idle", "the later one is idle")
    assert watching.call("sessions.get", {"id": session_id})["status"] == "busy"


def test_after_a_crash_of_the_daemon_no_session_is_busy(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    crashing = start().ready()
    with connect(crashing) as wire:
        session_id = wire.call("sessions.start", {})["id"]
        wire.call("sessions.update", {"id": session_id, "status": "busy"})
        crashing.kill()
    wire = connect(start().ready())
    until(lambda: wire.call("sessions.get", {"id": session_id})["status"] == "idle", "the session is idle")
    assert reasons(wire, session_id) == [{"was": "busy", "reason": "the daemon started anew"}]


def test_the_daemon_ends_an_idle_session_when_its_time_has_run_out(
    daemon: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(daemon)
    later = wire.call("sessions.start", {"idleTimeoutS": 3600})["id"]
    soon = wire.call("sessions.start", {"idleTimeoutS": 1})
    until(lambda: wire.call("sessions.get", {"id": soon["id"]})["endedAt"] is not None, "the session has ended")
    ended = wire.call("sessions.get", {"id": soon["id"]})
    assert (ended["endTrigger"], ended["endedAt"][:19] > soon["startedAt"][:19]) == ("timeout", True)
    assert wire.call("sessions.get", {"id": later})["endedAt"] is None
