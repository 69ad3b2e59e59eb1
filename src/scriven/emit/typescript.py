"""The interface as TypeScript types, for any JSON-RPC library; vscode-jsonrpc needs nothing more."""

from __future__ import annotations

import json
from typing import Any

from scriven.emit.openrpc import document
from scriven.method import Method

HEADER = """\
/**
 * The types of Scriven's JSON-RPC interface. Derived from its methods; do not edit.
 *
 * With vscode-jsonrpc, over a Unix socket:
 *
 *     const call = <M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> =>
 *       connection.sendRequest(method, params);
 *     const theme = await call("settings.get", { key: "theme" });
 *
 *     connection.onNotification("events.event", (event: Told) => {
 *       if (event.topic === "settings.set" && !isRef(event.body)) console.log(event.body.key);
 *     });
 */
"""

ERROR_DATA = """\
/** `error.data` of every error. */
export interface ErrorData {
  kind: ErrorKind;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** Whether the write happened. */
  outcome: "none" | "done" | "unknown";
  /** What helps. */
  hint?: string;
  /** The field at fault, such as `$.key`. */
  path?: string;
  /** Finds an internal error in the daemon's log. */
  ref?: string;
  /** The stored state, in a conflict. */
  current?: unknown;
  [detail: string]: unknown;
}
"""

TOLD = """\
/** What stands for a body that was too long for the log: read the record. */
export interface Ref {
  ref: { noun: string; id: string; revision: number | null };
}

/** A topic's event. Its subscription's own fields are `subscription` and, after changes that no log keeps, `missed`. */
export interface ToldOf<T extends string, B> extends Omit<Event, "topic" | "body"> {
  subscription: string;
  /** How many changes that are in no log went by untold before this one. */
  missed?: number;
  topic: T;
  body: B;
}

/** The params of `events.event`. The topics of `events.publish` begin with `app.`; their bodies are their authors'. */
export type Told = { [T in keyof Events]: ToldOf<T, Events[T] | Ref> }[keyof Events] | ToldOf<`app.${string}`, unknown>;

export function isRef(body: unknown): body is Ref {
  return typeof body === "object" && body !== null && "ref" in body;
}

/** The params of `events.closed`: the subscription has ended, and goes on with a new one `since` that cursor. */
export interface Closed {
  subscription: string;
  reason: "cursor_expired" | "shutting_down" | "storage_error";
  cursor: string;
}
"""

_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`methods.ts`: an interface for every record and every method's params, `Methods`, and the errors."""
    interface = document(methods)
    components = interface["components"]
    records = [_interface(name, _fields(schema), schema) for name, schema in components["schemas"].items()]
    params = [_interface(_params_name(entry), entry["params"], entry) for entry in interface["methods"]]
    events = _topics(interface["x-events"])
    errors = _errors(components["errors"])
    parts = [HEADER, *records, *params, _methods(interface["methods"]), events, TOLD, errors, ERROR_DATA]
    return {"methods.ts": "\n".join(parts)}


def _params_name(entry: dict[str, Any]) -> str:
    return "".join(word[0].upper() + word[1:] for word in entry["name"].split("."))


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "required": name in required, "schema": field} for name, field in schema["properties"].items()
    ]


def _interface(name: str, fields: list[dict[str, Any]], described: dict[str, Any]) -> str:
    lines = [f"{_comment(described.get('description', ''))}export interface {name} {{"]
    for field in fields:
        schema = field["schema"]
        text = schema.get("description") or field.get("summary", "")
        default = schema.get("default")
        if default is not None and not field["required"]:
            text = f"{text} Default: `{json.dumps(default, ensure_ascii=False)}`.".strip()
        mark = "" if field["required"] else "?"
        lines.append(f"{_comment(text, '  ')}  {field['name']}{mark}: {_type(schema)};")
    return "\n".join([*lines, "}", ""])


def _methods(entries: list[dict[str, Any]]) -> str:
    lines = ["/** Every method: what it takes and what it gives. */", "export interface Methods {"]
    for entry in entries:
        result = _type(entry["result"]["schema"])
        lines.append(f"{_comment(entry['description'], '  ')}  {json.dumps(entry['name'])}: {{")
        lines.append(f"    params: {_params_name(entry)};\n    result: {result};\n  }};")
    return "\n".join([*lines, "}", ""])


def _topics(events: list[dict[str, Any]]) -> str:
    lines = ["/** Every topic of ours, and the body of its events. */", "export interface Events {"]
    lines += [f"  {json.dumps(event['topic'])}: {_type(event['body'])};" for event in events]
    return "\n".join([*lines, "}", ""])


def _errors(errors: dict[str, Any]) -> str:
    lines = ["/** `error.code` by kind. */", "export const ErrorCode = {"]
    lines += [f"{_comment(error['message'], '  ')}  {kind}: {error['code']}," for kind, error in errors.items()]
    return "\n".join([*lines, "} as const;", "", "export type ErrorKind = keyof typeof ErrorCode;", ""])


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(choice) for choice in schema["anyOf"])
    kind = schema.get("type")
    if kind == "array":
        return _array(schema)
    if kind == "object":
        inner = schema.get("additionalProperties", {})
        return f"Record<string, {_type(inner) if isinstance(inner, dict) else 'unknown'}>"
    return _SCALARS[kind] if kind else "unknown"


def _array(schema: dict[str, Any]) -> str:
    item = _type(schema["items"]) if "items" in schema else "unknown"
    size = schema.get("minItems", 0)
    if size and size == schema.get("maxItems"):
        return f"[{', '.join([item] * size)}]"
    return f"({item})[]" if "|" in item else f"{item}[]"


def _comment(text: str, indent: str = "") -> str:
    if not text:
        return ""
    lines = text.replace("*/", "* /").splitlines()
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return "\n".join([f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */", ""])
