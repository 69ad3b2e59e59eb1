"""The interface as a page for people: every method with its params, its result, its errors and an example."""

from __future__ import annotations

import json
import re
import shlex
from itertools import groupby
from typing import Any

from scriven.emit.openrpc import GENERAL, document
from scriven.method import Method

HEADER = """\
# Reference

Every method, as it is declared. Derived from the code by `python -m scriven.emit`; do not edit.

A request is one JSON-RPC 2.0 object. Every method takes its params as an object, or as an array in the order of its
table, and may be given `_meta` besides: see [CallMeta](#callmeta). A param without a default is required.
"""

ACCESS = {
    "read": "Reads.",
    "write": "Writes: its reply is sent once the change is on the disk.",
    "live": "Answers from the running daemon; it cannot be part of a transaction.",
}


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`reference.md`."""
    interface = document(methods)
    schemas = interface["components"]["schemas"]
    entries = interface["methods"]
    parts = [HEADER, _contents(entries)]
    for noun, group in groupby(entries, key=_noun):
        of_noun = list(group)
        parts.append(f"## {noun}\n\n{of_noun[0]['tags'][0]['description']}\n")
        parts += [_method(entry, methods[entry["name"]]) for entry in of_noun]
    parts += [_topics(interface["x-events"]), "## Records\n"]
    parts += [_record(name, schema) for name, schema in schemas.items()]
    parts.append(_errors(interface["components"]["errors"]))
    return {"reference.md": "\n".join(parts)}


def _noun(entry: dict[str, Any]) -> str:
    return str(entry["tags"][0]["name"])


def _contents(entries: list[dict[str, Any]]) -> str:
    lines = []
    for noun, group in groupby(entries, key=_noun):
        links = " · ".join(f"[{entry['name'].partition('.')[2]}](#{_anchor(entry['name'])})" for entry in group)
        lines.append(f"* [{noun}](#{noun}): {links}")
    return "\n".join([*lines, "* [Topics](#topics)", "* [Records](#records)", "* [Errors](#errors)", ""])


def _topics(events: list[dict[str, Any]]) -> str:
    rows = [f"| `{event['topic']}` | {_type(event['body'])} |" for event in events]
    about = "What subscribers hear of, and the body of each event; `{ref: {noun, id, revision}}` stands for a long one."
    return "\n".join(["## Topics", "", about, "", "| topic | body |", "|---|---|", *rows, ""])


def _anchor(heading: str) -> str:
    return heading.replace(".", "").lower()


def _method(entry: dict[str, Any], method: Method) -> str:
    parts = [f"### {entry['name']}", entry["description"], f"{ACCESS[method.access]} Since API level {method.since}."]
    params = [param for param in entry["params"] if param["name"] != "_meta"]
    if params:
        parts.append(_table("param", [(p["name"], p["schema"], p["required"]) for p in params]))
    parts.append(f"Result: {_type(entry['result']['schema'])}")
    own = [error.kind for error in method.raises if error not in GENERAL[method.access]]
    if own:
        kinds = ", ".join(f"`{kind}`" for kind in own)
        parts.append(f"Errors, besides [those of every call](#errors): {kinds}")
    parts.append(_example(entry))
    return "\n\n".join(parts) + "\n"


def _example(entry: dict[str, Any]) -> str:
    example = entry["examples"][0]
    params = {param["name"]: param["value"] for param in example["params"]}
    request: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": entry["name"]}
    if params:
        request["params"] = params
    lines = ["```json", _json(request)]
    if "result" in example:
        lines.append(_json({"jsonrpc": "2.0", "id": 1, "result": example["result"]["value"]}))
    return "\n".join([*lines, "```", "", "```sh", command(entry), "```"])


def command(entry: dict[str, Any]) -> str:
    """The example of a method as a command line."""
    words = ["scriven", *(_word(part) for part in entry["name"].split("."))]
    params = {param["name"]: param for param in entry["params"]}
    for given in entry["examples"][0]["params"]:
        param = params[given["name"]]
        choices = [choice for choice in param["schema"].get("anyOf", []) if choice != {"type": "null"}]
        schema = choices[0] if len(choices) == 1 else param["schema"]
        textual = schema.get("type") == "string" or "enum" in schema
        if not param["required"]:
            words.append(f"--{_word(given['name'])}")
        words.append(shlex.quote(given["value"] if textual else _json(given["value"])))
    return " ".join(words)


def _word(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "-", name).lower()


def _record(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = [(field, inner, field in required) for field, inner in schema["properties"].items()]
    parts = [f"### {name}", schema.get("description", ""), _table("field", rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(heading: str, rows: list[tuple[str, dict[str, Any], bool]]) -> str:
    defaults = any(not required for _, _, required in rows)
    lines = [f"| {heading} | type |{' default |' if defaults else ''} |", f"|---|---|---|{'---|' if defaults else ''}"]
    for name, schema, required in rows:
        default = ""
        if defaults:
            default = " |" if required else f" {_default(schema)} |"
        lines.append(f"| `{name}` | {_type(schema)} |{default} {_cell(schema.get('description', ''))} |")
    return "\n".join(lines)


def _default(schema: dict[str, Any]) -> str:
    return f"`{_json(schema['default'])}`" if schema.get("default") is not None else "none"


def _type(schema: dict[str, Any]) -> str:
    match schema:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            text = f"[{name}](#{_anchor(name)})"
        case {"enum": values}:
            text = " or ".join(f"`{_json(value)}`" for value in values)
        case {"anyOf": choices}:
            text = " or ".join(_type(choice) for choice in choices)
        case {"type": "array"}:
            text = f"list of {_type(schema.get('items', {}))}{_bounds(schema, 'Items', ' of them')}"
        case {"type": "string", "format": kind}:
            text = {"path": "path", "date-time": "time", "date": "day"}[kind]
        case {"type": "string"}:
            text = f"string{_bounds(schema, 'Length', ' characters')}"
        case {"type": "integer" | "number" as kind}:
            text = f"{kind}{_bounds(schema, 'imum', '')}"
        case _:
            text = schema.get("type", "JSON")
    return text


def _bounds(schema: dict[str, Any], suffix: str, unit: str) -> str:
    low, high = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if low is None and high is None:
        return ""
    if low == high:
        return f", {low:,}{unit}"
    if high is None:
        return f", {low:,} or more{unit}"
    if low is None:
        return f", at most {high:,}{unit}"
    return f", {low:,} to {high:,}{unit}"


def _errors(errors: dict[str, Any]) -> str:
    lines = [
        "## Errors",
        "",
        "`error.data` is `{kind, retryable, outcome, hint?, path?, …}`. `outcome` says whether the write happened:",
        "`none`, `done` or `unknown`.",
        "",
        "| code | kind | retry | when |",
        "|---|---|---|---|",
    ]
    for kind, error in errors.items():
        retry = "yes" if error["data"]["retryable"] else "no"
        lines.append(f"| {error['code']} | `{kind}` | {retry} | {_cell(error['message'])} |")
    lines.append("")
    for access, general in GENERAL.items():
        kinds = ", ".join(f"`{error.kind}`" for error in general)
        lines.append(f"Every {access} method can end with {kinds}.")
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
