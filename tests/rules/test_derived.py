"""Derived files: fresh, checked to the byte, and of use to those they are for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scriven import emit
from scriven.method import Method

USE = """\
import { createConnection } from "node:net";
import {
  createMessageConnection, RequestType, ResponseError, StreamMessageReader, StreamMessageWriter,
} from "vscode-jsonrpc/node";
import {
  type Closed, ErrorCode, type ErrorData, isRef, type Methods, type Setting, type SettingsGet, type Told,
} from "./methods";

const socket = createConnection("scriven.sock");
const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
const call = <M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> =>
  connection.sendRequest(method, params);
const get = new RequestType<SettingsGet, Setting | null, ErrorData>("settings.get");

export async function revision(): Promise<number> {
  const found = await connection.sendRequest(get, { key: "theme" });
  const ifRevision = found?.revision ?? 0;
  try {
    return (await call("settings.set", { key: "theme", value: { dark: [1, null] }, ifRevision })).revision;
  } catch (error) {
    if (error instanceof ResponseError && error.code === ErrorCode.conflict) {
      return (error.data as ErrorData).retryable ? 1 : 0;
    }
    throw error;
  }
}

export function heard(event: Told): string {
  if (event.topic === "settings.set" && !isRef(event.body)) return event.body.key;
  if (event.topic === "parts.delta" && !isRef(event.body)) return event.body.delta;
  if (isRef(event.body)) return event.body.ref.id;
  return event.topic.startsWith("app.") ? String(event.body) : event.cursor;
}
connection.onNotification("events.event", heard);
connection.onNotification("events.closed", (closed: Closed) => closed.reason === "shutting_down");

export async function names(): Promise<(string | null)[]> {
  const page = await call("workspaces.list", { limit: 10, _meta: { deadlineMs: 100 } });
  return page.items.map((workspace) => workspace.name);
}
"""

MISUSES = [
    'call("settings.get", { kee: "theme" })',
    'call("settings.get", {})',
    'call("settings.put", { key: "theme" })',
    'call("settings.set", { key: 1, value: 1 })',
    'call("settings.import", { version: "2.0", settings: [] })',
    '(event: Told) => event.topic === "settings.put"',
    '(event: Told) => event.topic === "settings.set" && event.body.key',
    '(event: Told) => event.topic === "sessions.delete" && !isRef(event.body) && event.body.key',
]


def test_what_is_committed_is_what_the_code_says_now(methods: dict[str, Method]) -> None:
    assert emit.check(methods) == []


def test_writing_is_the_same_every_time(methods: dict[str, Method]) -> None:
    assert emit.render(methods) == emit.render(methods)


def test_nothing_differs_after_a_write(methods: dict[str, Method], tmp_path: Path) -> None:
    written = emit.write(methods, tmp_path)
    assert {"openrpc.json", "methods.ts", "reference.md", "schema.sql", "__init__.py"} <= set(written)
    assert emit.check(methods, tmp_path) == []
    assert emit.write(methods, tmp_path) == []


def test_a_stale_a_missing_and_a_foreign_file_are_named_and_put_right(
    methods: dict[str, Method], tmp_path: Path
) -> None:
    emit.write(methods, tmp_path)
    with (tmp_path / "methods.ts").open("a", encoding="utf-8") as stale:
        stale.write(" ")
    (tmp_path / "openrpc.json").unlink()
    (tmp_path / "foreign.txt").write_text("x")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "foreign.txt").write_text("x")
    found = ["deeper/foreign.txt", "foreign.txt", "methods.ts", "openrpc.json"]
    assert emit.check(methods, tmp_path) == found
    assert (tmp_path / "foreign.txt").exists()
    assert emit.write(methods, tmp_path) == found
    assert emit.check(methods, tmp_path) == []
    assert not (tmp_path / "foreign.txt").exists()


@pytest.mark.parametrize(("arguments", "status"), [(["--check"], 0), (["--chek"], 2), (["--check", "x"], 2)])
def test_the_program_checks_and_knows_its_usage(arguments: list[str], status: int) -> None:
    done = subprocess.run([sys.executable, "-m", "scriven.emit", *arguments], capture_output=True, check=False)
    assert done.returncode == status
    assert done.stdout == b""
    assert (b"usage: " in done.stderr) == (status == 2)


def test_the_reference_has_every_method_with_a_request_and_a_command(methods: dict[str, Method], package: Path) -> None:
    page = (package / "derived" / "reference.md").read_text(encoding="utf-8")
    for name, method in methods.items():
        part = page.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        assert f'"method": "{name}"' in part
        assert f"\nscriven {method.noun} {method.verb}" in part


def test_the_typescript_types_serve_vscode_jsonrpc_and_refuse_what_the_daemon_would(
    package: Path, node_modules: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules)
    (tmp_path / "methods.ts").write_bytes((package / "derived" / "methods.ts").read_bytes())
    (tmp_path / "use.ts").write_text(USE + "".join(f"{misuse};\n" for misuse in MISUSES))
    compiler = str(node_modules / "typescript" / "bin" / "tsc")
    options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--types", "node"]
    done = subprocess.run(
        ["node", compiler, *options, "use.ts"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    errors = [line for line in done.stdout.splitlines() if "error TS" in line]
    first = USE.count("\n") + 1
    expected = {f"use.ts({line}" for line in range(first, first + len(MISUSES))}
    assert {error.partition(",")[0] for error in errors} == expected
