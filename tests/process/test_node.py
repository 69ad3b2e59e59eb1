"""A Node program that knows only vscode-jsonrpc is a whole client: requests, notifications, errors, cancellation."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

import specimens
from contract import Contract
from running import Daemon
from wire_client import Wire

NODE = os.path.join(os.path.dirname(__file__), "node")


@pytest.fixture
def reports(
    start: Callable[..., Daemon], component: Callable[[str], str], installed: Callable[[str, str], None]
) -> tuple[Daemon, dict[str, Any]]:
    """What the Node program reported, by name, and the daemon it talked to."""
    node = component("node")
    installed(os.path.join(NODE, "node_modules", "vscode-jsonrpc"), "vscode-jsonrpc")
    daemon = start(program=(specimens.__file__,)).ready()
    program = [node, os.path.join(NODE, "client.cjs"), daemon.socket]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    return daemon, {line["name"]: line["value"] for line in lines}


def test_a_program_with_vscode_jsonrpc_alone_can_do_everything(
    reports: tuple[Daemon, dict[str, Any]], connect: Callable[..., Wire], contract: Contract
) -> None:
    daemon, said = reports
    value = {"dark": True, "text": "é😀"}
    assert said["named"]["value"] == value
    assert said["named"]["revision"] == 1
    assert said["without params"]["pid"] == daemon.process.pid
    assert said["positional"] == said["named"]
    assert said["null"] is None
    assert said["after a notification"]["value"] == 7
    assert said["conflict"]["code"] == -32002
    assert said["conflict"]["data"]["current"] == said["named"]
    assert (said["invalid params"]["code"], said["invalid params"]["data"]["path"]) == (-32602, "$.key")
    assert said["no such method"]["code"] == -32601
    assert (said["cancelled"]["code"], said["cancelled"]["data"]["kind"]) == (-32800, "request_cancelled")
    assert (said["cancelled wait"]["code"], said["cancelled wait"]["data"]["outcome"]) == (-32800, "none")
    assert said["revisions"] == [n // 10 + 1 for n in range(200)]
    assert "connection error" not in said
    for name, method in (("named", "settings.set"), ("without params", "daemon.health"), ("null", "settings.get")):
        contract.check_reply(method, {"jsonrpc": "2.0", "id": 1, "result": said[name]})
    for name, method in (
        ("conflict", "settings.set"),
        ("invalid params", "settings.get"),
        ("no such method", "no.such"),
    ):
        contract.check_error(method, said[name])
    assert connect(daemon).call("settings.get", {"key": "theme"})["value"] == value


def test_a_program_with_vscode_jsonrpc_alone_hears_how_far_a_call_has_come(
    reports: tuple[Daemon, dict[str, Any]],
) -> None:
    _, said = reports
    assert said["marched"] is True
    done = [value.pop("done") for value in said["progress"]]
    assert done
    assert done == sorted(set(done))
    assert said["progress"] == [{"total": 1_000_000_000}] * len(done)


def test_a_program_with_vscode_jsonrpc_alone_hears_of_changes(reports: tuple[Daemon, dict[str, Any]]) -> None:
    _, said = reports
    heard = said["heard"]
    assert [event["topic"] for event in heard] == ["settings.set", "settings.delete", "app.node.last"]
    assert {event["subscription"] for event in heard} == {said["subscribed"]["subscription"]}
    assert heard[0]["body"] == said["heard of"]
    assert heard[2]["body"] == [1, None]
    assert len({event["cursor"] for event in heard}) == 3
    assert said["unsubscribed"] == {"unsubscribed": True}
    assert said["heard in all"] == 3
