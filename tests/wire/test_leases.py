"""Leases over the socket: one holder at a time, tokens that only grow, waiters in order, nothing held by the dead."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from typing import Any

import pytest

from running import Daemon
from specimens import Passage
from wire_client import Wire, call

PATIENT = 20_000

Holder = Callable[..., tuple[subprocess.Popen[str], Any]]

# A program that takes a lease, says so, waits for a line, and tells what its token is still good for.
HOLDER = """
import json, sys, scriven
from scriven.client import RemoteError

def kind(call, *arguments):
    try:
        return call(*arguments)
    except RemoteError as error:
        return [error.kind, error.data["current"]]

with scriven.connect(sys.argv[1], client="holder") as s:
    lease = s.leases.acquire("deploy", **json.loads(sys.argv[2]))
    print(json.dumps(lease), flush=True)
    sys.stdin.readline()
    used = [kind(s.leases.renew, "deploy", lease["token"]), kind(s.leases.release, "deploy", lease["token"])]
    print(json.dumps(used), flush=True)
"""


@pytest.fixture
def holder() -> Iterator[Holder]:
    with ExitStack() as stack:

        def begin(daemon: Daemon, **options: Any) -> tuple[subprocess.Popen[str], Any]:
            process = subprocess.Popen(
                [sys.executable, "-c", HOLDER, daemon.socket, json.dumps(options)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            return process, said(process)

        yield begin


def said(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    return json.loads(process.stdout.readline())


def take(wire: Wire, name: str = "build", **options: Any) -> Any:
    return wire.call("leases.acquire", {"name": name} | options)


def refused(wire: Wire, name: str = "build", **options: Any) -> Any:
    """Who holds it instead."""
    data = wire.fail("leases.acquire", {"name": name} | options)["data"]
    assert (data["kind"], data["outcome"]) == ("conflict", "none")
    return data["current"]


def queue_up(wire: Wire, name: str = "build", **options: Any) -> int:
    """Begin to wait for a lease that is held. The second reply comes when the first has joined the queue."""
    id_ = wire.request("leases.acquire", {"name": name, "waitMs": PATIENT} | options)
    wire.call("settings.get", {"key": "any"})
    return id_


def let_go(wire: Wire, lease: Any) -> None:
    assert wire.call("leases.release", {"name": lease["name"], "token": lease["token"]}) == {"released": True}


def held(wire: Wire) -> dict[str, int]:
    return {lease["name"]: lease["token"] for lease in wire.call("leases.list")["items"]}


def history(wire: Wire) -> list[tuple[str, int]]:
    events = wire.call("events.history", {"topics": ["leases.*"]})["items"]
    return [(event["topic"], event["body"]["token"]) for event in events]


def test_a_lease_has_one_holder_and_says_who(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    one, two = connect(fresh), connect(fresh)
    one.call("daemon.hello", {"client": "ada's agent"})
    lease = take(one, note="running the tests")
    assert lease == {
        "name": "build",
        "workspaceId": "global",
        "holder": "ada's agent",
        "token": 1,
        "acquiredAt": lease["acquiredAt"],
        "expiresAt": None,
        "note": "running the tests",
    }
    assert refused(two) == lease
    assert two.call("leases.list")["items"] == [lease]
    assert re.fullmatch(rf"\S+ \(pid {os.getpid()}\)", take(two, "other")["holder"])


def test_who_has_it_gets_it_again_instead_of_waiting_for_itself(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    one, two = connect(fresh), connect(fresh)
    first = take(one)
    waiting = queue_up(two)
    assert take(one, waitMs=PATIENT) == first
    longer = take(one, ttlMs=60_000, note="longer")
    assert (longer["token"], longer["note"]) == (1, "longer")
    assert longer["expiresAt"] > first["acquiredAt"]
    assert take(one) == longer
    assert history(one) == [("leases.acquire", 1), ("leases.renew", 1)]
    let_go(one, first)
    assert two.reply(waiting)["result"]["token"] == 2


def test_10000_races_have_one_winner_each_and_every_token_is_greater_than_the_last(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    rounds, names = 100, [f"n{number}" for number in range(100)]
    racers = [connect(fresh), connect(fresh)]
    asking = b"\n".join(json.dumps(call(name, "leases.acquire", {"name": name})).encode() for name in names) + b"\n"
    last, races, wins = 0, 0, [0, 0]
    for number in range(rounds):
        # Who sends first takes turns: the daemon may get to both at once, or to one before the other.
        for racer in racers if number % 2 else racers[::-1]:
            racer.raw(asking)
        replies = [[json.loads(racer.next_bytes()) for _ in names] for racer in racers]
        tokens = []
        for ours, theirs in zip(*(sorted(both, key=lambda reply: str(reply["id"])) for both in replies), strict=True):
            won, lost = (ours, theirs) if "result" in ours else (theirs, ours)
            assert lost["error"]["data"]["current"] == won["result"]
            tokens.append(won["result"]["token"])
            wins[won is theirs] += 1
            races += 1
        assert min(tokens) > last
        assert len(set(tokens)) == len(names)
        last = max(tokens)
        for racer, answered in zip(racers, replies, strict=True):
            mine = [{key: reply["result"][key] for key in ("name", "token")} for reply in answered if "result" in reply]
            racer.raw(b"".join(json.dumps(call("r", "leases.release", each)).encode() + b"\n" for each in mine))
            assert all(json.loads(racer.next_bytes())["result"]["released"] for _ in mine)
    assert races == 10_000
    assert last == 10_000
    assert min(wins) > 0
    assert held(racers[0]) == {}


def test_who_waits_is_served_in_the_order_of_asking(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    holding, *waiting = (connect(fresh) for _ in range(6))
    lease = take(holding)
    asked = [(wire, queue_up(wire)) for wire in waiting]
    for token, (wire, id_) in enumerate(asked, 2):
        let_go(holding, lease)
        holding, lease = wire, wire.reply(id_)["result"]
        assert lease["token"] == token
    assert held(holding) == {"build": 6}


def test_in_a_crowd_nobody_ever_holds_it_together_with_another(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    inside, tokens = Lock(), list[int]()

    def crowd(number: int) -> None:
        wire = connect(fresh)
        for turn in range(30):
            lease = take(wire, waitMs=PATIENT)
            assert inside.acquire(blocking=False), "two hold it"
            tokens.append(lease["token"])
            inside.release()
            if (turn + number) % 3:
                let_go(wire, lease)
            else:
                # It is freed because its holder has gone.
                wire.close()
                wire = connect(fresh)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(crowd, range(8)))
    assert tokens == list(range(1, 241))
    taken = [topic for topic, _ in history(connect(fresh))]
    assert taken == ["leases.acquire", "leases.release"] * (len(taken) // 2)


def test_nobody_slips_in_between_a_release_and_whoever_waits_for_it(
    attach: Callable[..., Wire], passage: Passage
) -> None:
    keeper, holding, waiting, late, patient = (attach() for _ in range(5))
    lease = take(holding, "queued")
    first = queue_up(waiting, "queued")
    keeper.request("gate.write", {"directory": passage.directory})
    with passage.held():
        # Both run in one transaction, before the waiter can hear that there is something to have.
        holding.request("leases.release", {"name": "queued", "token": lease["token"]})
        holding.alive()
        second = patient.request("leases.acquire", {"name": "queued", "waitMs": PATIENT})
        third = late.request("leases.acquire", {"name": "queued"})
        late.alive()
    assert late.reply(third)["error"]["data"]["current"] is None
    got = waiting.reply(first)["result"]
    let_go(waiting, got)
    assert patient.reply(second)["result"]["token"] == got["token"] + 1


def test_who_waited_in_vain_is_told_who_has_it(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    holding, waiting = connect(fresh), connect(fresh)
    lease = take(holding)
    began = time.monotonic()
    assert refused(waiting, waitMs=100) == lease
    assert 0.1 <= time.monotonic() - began < 5
    let_go(holding, lease)
    assert take(waiting)["token"] == 2


def test_who_stops_waiting_leaves_the_queue(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    holding, cancelled, late, gone, patient = (connect(fresh) for _ in range(5))
    lease = take(holding)
    first = queue_up(cancelled)
    second = late.request("leases.acquire", {"name": "build", "waitMs": PATIENT, "_meta": {"deadlineMs": 100}})
    queue_up(gone)
    last = queue_up(patient)
    cancelled.notify("$/cancelRequest", {"id": first})
    assert cancelled.reply(first)["error"]["data"]["kind"] == "request_cancelled"
    assert late.reply(second)["error"]["data"]["kind"] == "deadline_exceeded"
    gone.close()
    let_go(holding, lease)
    assert patient.reply(last)["result"]["token"] == 2
    assert history(holding) == [("leases.acquire", 1), ("leases.release", 1), ("leases.acquire", 2)]


def test_what_was_taken_for_a_cancelled_call_is_given_back(attach: Callable[..., Wire], passage: Passage) -> None:
    keeper, wire, other = attach(), attach(), attach()
    before = take(other, "before")["token"]
    keeper.request("gate.write", {"directory": passage.directory})
    with passage.held():
        asked = wire.request("leases.acquire", {"name": "cancelled", "ttlMs": PATIENT})
        wire.notify("$/cancelRequest", {"id": asked})
        # The daemon has read the notification when it answers this.
        wire.alive()
    assert wire.reply(asked)["error"]["data"]["kind"] == "request_cancelled"
    assert "cancelled" not in held(wire)
    assert take(other, "cancelled")["token"] == before + 2


def test_a_lease_ends_with_its_connection_and_one_with_an_end_of_its_own_does_not(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    leaving, waiting = connect(fresh), connect(fresh)
    take(leaving)
    kept = take(leaving, "kept", ttlMs=60_000)
    renewed = take(leaving, "renewed")
    renewed = leaving.call("leases.renew", {"name": "renewed", "token": renewed["token"], "ttlMs": 60_000})
    asked = queue_up(waiting)
    leaving.close()
    assert waiting.reply(asked)["result"]["token"] == 4
    assert held(waiting) == {"build": 4, "kept": kept["token"], "renewed": renewed["token"]}
    again = connect(fresh)
    assert refused(again, "kept") == kept
    # Whoever knows the token may go on with it, from any connection.
    longer = again.call("leases.renew", {"name": "kept", "token": kept["token"]})
    assert longer["expiresAt"] > kept["expiresAt"]
    assert take(again, "kept") == longer


def test_a_holder_that_is_killed_frees_it_at_once(fresh: Daemon, connect: Callable[..., Wire], holder: Holder) -> None:
    process, lease = holder(fresh)
    wire = connect(fresh)
    asked = queue_up(wire, "deploy")
    began = time.monotonic()
    process.kill()
    got = wire.reply(asked)["result"]
    assert time.monotonic() - began < 2
    assert (lease["holder"], lease["token"], got["token"]) == ("holder", 1, 2)


def test_a_paused_holder_finds_its_token_refused(fresh: Daemon, connect: Callable[..., Wire], holder: Holder) -> None:
    process, lease = holder(fresh, ttl_ms=300)
    os.kill(process.pid, signal.SIGSTOP)
    wire = connect(fresh)
    # Nobody but the clock ends it: the paused process is still connected.
    got = take(wire, "deploy", waitMs=PATIENT)
    assert got["acquiredAt"] >= lease["expiresAt"]
    assert got["token"] > lease["token"]
    os.kill(process.pid, signal.SIGCONT)
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    assert said(process) == [["conflict", got], ["conflict", got]]
    assert held(wire) == {"deploy": got["token"]}


def test_a_lease_whose_time_is_over_ends_while_nobody_asks(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    listening, holding = connect(fresh), connect(fresh)
    listening.call("events.subscribe", {"topics": ["leases.*"]})
    long, short = take(holding, "long", ttlMs=60_000), take(holding, "short", ttlMs=50)
    told = [json.loads(listening.next_bytes())["params"] for _ in range(3)]
    assert [(event["topic"], event["body"]) for event in told] == [
        ("leases.acquire", long),
        ("leases.acquire", short),
        ("leases.expire", short),
    ]
    assert told[2]["at"] >= short["expiresAt"]
    assert holding.fail("leases.renew", {"name": "short", "token": short["token"]})["data"]["current"] is None
    assert holding.call("leases.release", {"name": "short", "token": short["token"]}) == {"released": False}


def test_tokens_grow_and_times_run_on_over_a_crash_of_the_daemon(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    crashing = start(errors_expected=True).ready()
    wire = connect(crashing)
    assert take(wire, "bound")["token"] == 1
    kept, short = take(wire, "kept", ttlMs=60_000), take(wire, "short", ttlMs=1000)
    let_go(wire, take(wire, "last"))
    crashing.kill()
    running = start().ready()
    other = connect(running)
    assert refused(other, "kept") == kept
    assert take(other, "bound")["token"] == 5
    assert take(other, "short", waitMs=PATIENT)["acquiredAt"] >= short["expiresAt"]
    assert {("leases.release", 1), ("leases.expire", 3)} < set(history(other))
    assert [token for topic, token in history(other) if topic == "leases.acquire"] == [1, 2, 3, 4, 5, 6]


def test_a_connection_that_may_not_write_takes_no_lease(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.call("daemon.hello", {"access": "read"})
    for method, params in (("acquire", {}), ("renew", {"token": 1}), ("release", {"token": 1})):
        assert wire.fail(f"leases.{method}", {"name": "build"} | params)["data"]["kind"] == "forbidden"
    assert held(wire) == {}


def test_a_transaction_cannot_wait_for_a_lease_but_can_depend_on_one(
    fresh: Daemon, connect: Callable[..., Wire]
) -> None:
    wire = connect(fresh)
    asking = [{"method": "leases.acquire", "params": {"name": "build"}}]
    assert wire.fail("transaction.run", {"calls": asking})["data"]["kind"] == "invalid_params"
    lease = take(wire)
    guarded = [
        {"method": "leases.renew", "params": {"name": "build", "token": lease["token"]}},
        {"method": "settings.set", "params": {"key": "built", "value": True}},
    ]
    wire.call("transaction.run", {"calls": guarded})
    assert wire.call("settings.delete", {"key": "built"}) == {"deleted": True}
    let_go(wire, lease)
    assert wire.fail("transaction.run", {"calls": guarded})["data"]["kind"] == "conflict"
    assert wire.call("settings.get", {"key": "built"}) is None


def test_what_a_connection_sends_takes_effect_in_order(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    again = call("c", "leases.acquire", {"name": "build"})
    calls = [call("a", "leases.acquire", {"name": "build"}), call("b", "leases.release", {"name": "build", "token": 1})]
    for each in (*calls, again, call("d", "leases.list")):
        wire.send(each)
    replies = {reply["id"]: reply["result"] for reply in (wire.message() for _ in range(4))}
    assert (replies["a"]["token"], replies["b"], replies["c"]["token"]) == (1, {"released": True}, 2)
    assert replies["d"]["items"] == [replies["c"]]


def test_whoever_waits_when_the_workspace_is_deleted_is_told(
    fresh: Daemon, connect: Callable[..., Wire], directory: str
) -> None:
    one, *waiting = (connect(fresh) for _ in range(4))
    workspace = one.call("workspaces.open", {"projectDir": directory})["id"]
    take(one, workspaceId=workspace)
    asked = [(wire, queue_up(wire, workspaceId=workspace)) for wire in waiting]
    began = time.monotonic()
    one.call("workspaces.delete", {"id": workspace, "force": True})
    for wire, id_ in asked:
        assert wire.reply(id_)["error"]["data"]["kind"] == "not_found"
    assert time.monotonic() - began < PATIENT / 2000
    assert held(one) == {}


def test_whoever_waits_when_the_daemon_ends_is_told(start: Callable[..., Daemon], connect: Callable[..., Wire]) -> None:
    ending = start().ready()
    one, two = connect(ending), connect(ending)
    take(one)
    asked = queue_up(two)
    ending.terminate()
    assert two.reply(asked)["error"]["data"]["kind"] == "shutting_down"
    assert ending.wait() == 0
