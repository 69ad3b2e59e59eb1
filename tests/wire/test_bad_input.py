"""Bad input: each kind gets its own error with the path of the field, and no part of the value anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import specimens
from running import Daemon
from wire_client import Wire

# What every offending value is made of: letters that no sentence and no path holds.
SECRET = "zqxjkv"

MIB = 1024 * 1024

# name: (method, params as they stand, kind, path)
BAD: dict[str, tuple[str, str, str, str | None]] = {
    "an unknown method": (f"settings.{SECRET}", "{}", "method_not_found", None),
    "an unknown field": ("settings.get", f'{{"key":"k","limit":"{SECRET}"}}', "invalid_params", "$.limit"),
    "an unknown field of _meta": (
        "settings.get",
        f'{{"key":"k","_meta":{{"trace":"{SECRET}"}}}}',
        "invalid_params",
        "$._meta.trace",
    ),
    "a missing field": ("settings.set", f'{{"value":"{SECRET}"}}', "invalid_params", "$.key"),
    "a key that is a number": ("settings.get", '{"key":424242}', "invalid_params", "$.key"),
    "a key that is an object": ("settings.get", f'{{"key":{{"{SECRET}":1}}}}', "invalid_params", "$.key"),
    "a revision that is text": (
        "settings.set",
        f'{{"key":"k","value":1,"ifRevision":"{SECRET}"}}',
        "invalid_params",
        "$.ifRevision",
    ),
    "a revision below zero": (
        "settings.set",
        '{"key":"k","value":1,"ifRevision":-424242}',
        "invalid_params",
        "$.ifRevision",
    ),
    "a revision beyond 64 bits": (
        "settings.set",
        '{"key":"k","value":1,"ifRevision":42424242424242424242}',
        "invalid_params",
        "$.ifRevision",
    ),
    "a revision no reader of JSON keeps": (
        "settings.delete",
        '{"key":"k","ifRevision":9223372036854775808}',
        "invalid_params",
        "$.ifRevision",
    ),
    "a limit of zero": ("settings.list", '{"limit":0}', "invalid_params", "$.limit"),
    "a limit that is a fraction": ("settings.list", '{"limit":1.5}', "invalid_params", "$.limit"),
    "a flag that is text": ("settings.list", f'{{"effective":"{SECRET}"}}', "invalid_params", "$.effective"),
    "a cursor that is none": ("settings.list", f'{{"cursor":"{SECRET}"}}', "invalid_params", "$.cursor"),
    "a choice that is none": ("daemon.hello", f'{{"access":"{SECRET}"}}', "invalid_params", "$.access"),
    "a version that is none": (
        "settings.import",
        f'{{"version":"{SECRET}","settings":[]}}',
        "invalid_params",
        "$.version",
    ),
    "a wrong item of a list": (
        "settings.import",
        f'{{"version":"1.0","settings":[{{"key":"k","value":1}},{{"key":["{SECRET}"],"value":1}}]}}',
        "invalid_params",
        "$.settings[1].key",
    ),
    "an empty key": ("settings.get", '{"key":""}', "invalid_params", "$.key"),
    "a key of 257 characters": ("settings.get", f'{{"key":"{SECRET * 43:.257}"}}', "invalid_params", "$.key"),
    "a value over 1 MiB": ("settings.set", f'{{"key":"k","value":"{SECRET}{"x" * MIB}"}}', "limit_exceeded", "$.value"),
    "an imported value over 1 MiB": (
        "settings.import",
        f'{{"version":"1.0","settings":[{{"key":"a","value":1}},{{"key":"b","value":"{SECRET}{"x" * MIB}"}}]}}',
        "limit_exceeded",
        "$.settings[1].value",
    ),
    "a NUL in a key": ("settings.get", f'{{"key":"{SECRET}\\u0000"}}', "invalid_params", "$.key"),
    "a NUL in a name": (
        "workspaces.open",
        f'{{"projectDir":"/","name":"{SECRET}\\u0000"}}',
        "invalid_params",
        "$.name",
    ),
    "a NUL in a path": ("workspaces.resolve", f'{{"path":"/{SECRET}\\u0000"}}', "invalid_params", "$.path"),
    "a NUL in a list": (
        "settings.import",
        f'{{"version":"1.0","settings":[{{"key":"{SECRET}\\u0000","value":1}}]}}',
        "invalid_params",
        "$.settings[0].key",
    ),
    "a lone surrogate": ("settings.get", f'{{"key":"{SECRET}\\ud800"}}', "invalid_params", "$.key"),
    "a lone low surrogate": ("settings.get", f'{{"key":"\\udc00{SECRET}"}}', "invalid_params", "$.key"),
    "a lone surrogate in a value": (
        "settings.set",
        f'{{"key":"k","value":{{"a":["{SECRET}\\ud800x"]}}}}',
        "invalid_params",
        "$.value.a[0]",
    ),
    "surrogates the wrong way round": (
        "settings.get",
        f'{{"key":"{SECRET}\\udc00\\ud800"}}',
        "invalid_params",
        "$.key",
    ),
    "an idempotency key of no letters": (
        "settings.set",
        '{"key":"k","value":1,"_meta":{"idempotencyKey":""}}',
        "invalid_params",
        "$._meta.idempotencyKey",
    ),
    "a deadline of nothing": (
        "settings.get",
        '{"key":"k","_meta":{"deadlineMs":0}}',
        "invalid_params",
        "$._meta.deadlineMs",
    ),
    "more positions than fields": ("settings.get", f'["k","global","{SECRET}"]', "invalid_params", "$"),
    "a position of the wrong type": ("settings.get", "[424242]", "invalid_params", "$.key"),
    "a wrong revision": (
        "settings.set",
        f'{{"key":"k","value":"{SECRET}","ifRevision":424242}}',
        "conflict",
        "$.ifRevision",
    ),
    "a workspace that is not there": (
        "settings.set",
        f'{{"key":"k","value":1,"workspaceId":"{SECRET}"}}',
        "not_found",
        "$.workspaceId",
    ),
    "a relative projectDir": ("workspaces.open", f'{{"projectDir":"{SECRET}"}}', "invalid_params", "$.projectDir"),
    "an absent projectDir": (
        "workspaces.open",
        f'{{"projectDir":"/{SECRET}/{SECRET}"}}',
        "invalid_params",
        "$.projectDir",
    ),
    "a projectDir that is a file": (
        "workspaces.open",
        '{"projectDir":"/etc/passwd"}',
        "invalid_params",
        "$.projectDir",
    ),
    "a call of a transaction that is not there": (
        "transaction.run",
        f'{{"calls":[{{"method":"{SECRET}"}}]}}',
        "method_not_found",
        None,
    ),
    "a bad call in a transaction": (
        "transaction.run",
        f'{{"calls":[{{"method":"settings.get","params":{{"key":["{SECRET}"]}}}}]}}',
        "invalid_params",
        "$.key",
    ),
    "params of a transaction that are text": (
        "transaction.run",
        f'{{"calls":[{{"method":"settings.get","params":"{SECRET}"}}]}}',
        "invalid_params",
        None,
    ),
    "params of a transaction that are null": (
        "transaction.run",
        '{"calls":[{"method":"settings.get","params":null}]}',
        "invalid_params",
        None,
    ),
    "an array of a transaction that is text": ("transaction.run", '{"calls":"no"}', "invalid_params", "$.calls"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_told_by_kind_and_path_and_never_quoted(wire: Wire, daemon: Daemon, what: str) -> None:
    method, params, kind, path = BAD[what]
    wire.expect('"id-7"', method)
    wire.frame(f'{{"jsonrpc":"2.0","id":"id-7","method":"{method}","params":{params}}}'.encode())
    reply = wire.message()
    assert reply["id"] == "id-7"
    data = reply["error"]["data"]
    assert (data["kind"], data["outcome"]) == (kind, "none")
    if path is not None:
        assert data["path"] == path
        if kind == "invalid_params" and path != "$":
            assert path in reply["error"]["message"]
    for text in (wire.last.decode(), daemon.log()):
        assert SECRET not in text
        assert "424242" not in text
    wire.alive()


def test_nothing_of_a_message_that_is_no_json_is_quoted(wire: Wire, daemon: Daemon) -> None:
    for text in (
        f'{{"{SECRET}',
        f'{{"jsonrpc":"2.0","id":1,"method":{SECRET}}}',
        f'["{SECRET}",',
        f'{{"a":"\\{SECRET}"}}',
    ):
        wire.frame(text.encode())
        assert wire.message()["error"]["data"]["kind"] == "parse_error"
        assert SECRET not in wire.last.decode() + daemon.log()
    wire.alive()


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ('{"jsonrpc":"2.0","id":3,"method":"\\ud800"}', "invalid_request", "method"),
        ('{"jsonrpc":"2.0","id":3,"method":"daemon.health","more":"\\ud800"}', "invalid_request", "more"),
        ('{"jsonrpc":"\\ud800","id":3,"method":"daemon.health"}', "invalid_request", "jsonrpc"),
        ('{"jsonrpc":"2.0","id":3,"method":"settings.get","params":["\\ud800"]}', "invalid_params", "$[0]"),
        ('{"jsonrpc":"2.0","id":3,"method":"settings.get","params":{"\\ud800":1}}', "invalid_params", "$"),
    ],
)  # fmt: skip
def test_half_a_surrogate_pair_anywhere_is_told_where(wire: Wire, text: str, kind: str, path: str) -> None:
    wire.frame(text.encode())
    reply = wire.message()
    assert (reply["id"], reply["error"]["data"]["kind"], reply["error"]["data"]["path"]) == (3, kind, path)
    wire.alive()


def test_half_a_surrogate_pair_in_the_id_leaves_no_id_to_answer_under(wire: Wire) -> None:
    wire.frame(b'{"jsonrpc":"2.0","id":"\\ud800","method":"daemon.health"}')
    reply = wire.message()
    assert reply["error"]["data"]["kind"] in ("invalid_request", "parse_error")
    assert "\ud800" not in json.dumps(reply["id"], ensure_ascii=False)
    wire.alive()


def test_half_a_surrogate_pair_in_a_batch_is_told_and_the_connection_goes_on(wire: Wire) -> None:
    wire.frame(b'[{"jsonrpc":"2.0","id":1,"method":"settings.get","params":{"key":"\\ud800"}}]')
    reply = wire.message()
    reply = reply[0] if isinstance(reply, list) else reply
    assert reply["error"]["data"]["kind"] in ("invalid_params", "invalid_request")
    wire.alive()


def test_whole_surrogate_pairs_are_text(wire: Wire) -> None:
    wire.encoded(_call := {"jsonrpc": "2.0", "id": 1, "method": "settings.set", "params": {"key": "😀", "value": "😀"}})
    wire.frame(json.dumps(_call).encode())
    assert wire.reply(1)["result"]["key"] == "😀"


@pytest.mark.parametrize(
    "value", ["1e400", "-0", "123456789012345678901234567890", '"\\u0000"', '"\\ud83d\\ude00"', "null"]
)
def test_a_value_that_is_json_is_kept_as_it_was_written(wire: Wire, value: str) -> None:
    wire.expect("1", "settings.set")
    wire.frame(f'{{"jsonrpc":"2.0","id":1,"method":"settings.set","params":{{"key":"kept","value":{value}}}}}'.encode())
    wire.message()
    assert f'"value":{value},'.encode() in wire.last
    wire.expect("2", "settings.get")
    wire.frame(b'{"jsonrpc":"2.0","id":2,"method":"settings.get","params":{"key":"kept"}}')
    wire.message()
    assert f'"value":{value},'.encode() in wire.last


def test_a_bad_notification_is_not_answered_and_changes_nothing(wire: Wire) -> None:
    for params in (
        {"key": "noted", "value": 1, "ifRevision": 99},
        {"key": 5},
        {"value": 1},
        {"key": "noted", "more": 1},
    ):
        wire.notify("settings.set", params, malformed=True)
    wire.notify("no.method", malformed=True)
    assert wire.call("settings.get", {"key": "noted"}) is None


def test_a_defect_is_told_by_its_reference_alone(
    start: Callable[..., Daemon], connect: Callable[..., Wire], extended: Any
) -> None:
    daemon = start(program=(specimens.__file__,), errors_expected=True).ready()
    wire = connect(daemon, judge=extended)
    error = wire.fail("botch.write", {"key": SECRET, "how": "defect"})
    assert (error["code"], error["data"]["kind"], error["data"]["outcome"]) == (-32603, "internal_error", "none")
    assert error["data"]["ref"] in daemon.log()
    assert "botch.write failed with RuntimeError" in daemon.log()
    assert SECRET not in wire.last.decode() + daemon.log()
    wire.alive()
