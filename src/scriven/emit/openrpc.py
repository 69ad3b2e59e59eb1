"""The interface as an OpenRPC document: the one place that looks into the types; the other writers read this."""

from __future__ import annotations

import contextlib
import inspect
import json
import re
import sys
from typing import Any

import msgspec

from scriven import __version__
from scriven.errors import (
    ERRORS,
    Busy,
    CallError,
    Conflict,
    DeadlineExceeded,
    Forbidden,
    InternalError,
    InvalidParams,
    LimitExceeded,
    NotReady,
    RequestCancelled,
    ShuttingDown,
    StorageError,
)
from scriven.method import Access, CallMeta, Method

Schema = dict[str, Any]

# What any call of that access can meet, besides what the method declares. A live method asks no queue, and a write
# may repeat an idempotency key with other params or come over a connection that gave up writing.
_EVERY: tuple[type[CallError], ...] = (
    InvalidParams,
    InternalError,
    RequestCancelled,
    LimitExceeded,
    DeadlineExceeded,
)
_QUEUED: tuple[type[CallError], ...] = (*_EVERY, Busy, ShuttingDown, StorageError, NotReady)
GENERAL: dict[Access, tuple[type[CallError], ...]] = {
    "live": _EVERY,
    "read": _QUEUED,
    "write": (*_QUEUED, Conflict, Forbidden),
}


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`openrpc.json`."""
    return {"openrpc.json": json.dumps(document(methods), indent=2, ensure_ascii=False) + "\n"}


def document(methods: dict[str, Method]) -> dict[str, Any]:
    """The whole interface, OpenRPC 1.3, methods and components sorted by name.

    A method's `params` are its Struct's fields in the order an array of params would have, and `_meta` last. Its tag
    is its noun, with the noun's sentence. Its `errors` refer to `components.errors`, which are named by kind.
    `x-events` are the topics that subscribers hear of, each with the schema of its body.
    Every `description` and `examples` stands at the top of its schema, also where null is allowed.
    """
    table = [methods[name] for name in sorted(methods)]
    events = _events(table)
    calls = [shape for method in table for shape in (method.params, method.result)]
    shapes = [CallMeta, *events.values(), *calls]
    found, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    own = {method.params.__name__ for method in table}
    titles = {name: _component_name(schema["title"]) for name, schema in components.items()}
    schemas = {titles[name]: _plain(schema, titles) for name, schema in components.items()}
    bodies = [_plain(schema, titles) for schema in found[1 : 1 + len(events)]]
    results = [_plain(schema, titles) for schema in found[len(events) + 2 :: 2]]
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": "Scriven",
            "version": __version__,
            "description": "JSON-RPC 2.0 over a Unix socket, in newline frames or with Content-Length headers.",
        },
        "methods": [
            _method(method, schemas[method.params.__name__], result, schemas)
            for method, result in zip(table, results, strict=True)
        ],
        "x-events": [{"topic": topic, "body": body} for topic, body in zip(events, bodies, strict=True)],
        "components": {
            "schemas": {name: schemas[name] for name in sorted(schemas) if name not in own},
            "errors": {error.kind: _error(error) for error in ERRORS},
        },
    }


def _events(table: list[Method]) -> dict[str, Any]:
    """The record in the body of each topic, as the nouns' modules declare it in `EVENTS`."""
    modules = {method.handler.__module__: sys.modules[method.handler.__module__] for method in table}
    told = [item for module in modules.values() for item in getattr(module, "EVENTS", {}).items()]
    return dict(sorted(told))


def sample(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """A value of that schema, made of its examples. Raises LookupError naming what has none."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema and "examples" not in schema:
        return _sample_of_either(schema["anyOf"], schemas)
    match schema:
        case {"examples": [value, *_]} | {"enum": [value, *_]} | {"default": value} | {"minimum": value}:
            return value
        case {"type": "object"}:
            return {name: _sample_of(name, schema["properties"][name], schemas) for name in schema.get("required", [])}
        case {"type": "array", "items": items}:
            return [sample(items, schemas)] * schema.get("minItems", 1)
        case {"type": "boolean" | "integer" as kind}:
            return True if kind == "boolean" else 0
    raise LookupError("a schema without an example")


def _sample_of_either(choices: list[Schema], schemas: dict[str, Schema]) -> Any:
    try:
        return sample(choices[0], schemas)
    except LookupError:
        if {"type": "null"} in choices:
            return None
        raise


def _sample_of(name: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    try:
        return sample(schema, schemas)
    except LookupError as error:
        raise LookupError(f"{name}: {error.args[0]}") from None


def _method(method: Method, params: Schema, result: Schema, schemas: dict[str, Schema]) -> dict[str, Any]:
    required = params.get("required", [])
    listed = [_descriptor(name, params["properties"][name], required=name in required) for name in method.fields]
    meta = _descriptor("_meta", params["properties"]["_meta"], required=False)
    raised = {*GENERAL[method.access], *method.raises}
    return {
        "name": method.name,
        "summary": method.summary,
        "description": method.description,
        "tags": [{"name": method.noun, "description": _first_line(sys.modules[method.handler.__module__].__doc__)}],
        "paramStructure": "by-name",
        "params": [*listed, meta],
        "result": {"name": _result_name(result), "schema": result},
        "errors": [{"$ref": f"#/components/errors/{error.kind}"} for error in ERRORS if error in raised],
        "examples": [_example(method.name, _shown(listed), result, schemas)],
        "x-access": method.access,
        "x-since": method.since,
    }


def _descriptor(name: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": name, "required": required}
    if "description" in schema:
        descriptor["summary"] = schema["description"]
    return descriptor | {"schema": schema}


def _shown(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The params of an example: the required ones and, where one that changes only what is given comes next, that."""
    required = [entry for entry in listed if entry["required"]]
    following = listed[len(required) : len(required) + 1]
    return required + [entry for entry in following if "default" not in entry["schema"]]


def _example(name: str, shown: list[dict[str, Any]], result: Schema, schemas: dict[str, Schema]) -> dict[str, Any]:
    example: dict[str, Any] = {
        "name": name,
        "params": [
            {"name": entry["name"], "value": _sample_of(f"{name} {entry['name']}", entry["schema"], schemas)}
            for entry in shown
        ],
    }
    with contextlib.suppress(LookupError):
        example["result"] = {"name": _result_name(result), "value": sample(result, schemas)}
    return example


def _result_name(schema: Schema) -> str:
    reference = schema.get("$ref") or schema.get("anyOf", [{}])[0].get("$ref", "/result")
    return str(reference.rpartition("/")[2])


def _error(error: type[CallError]) -> dict[str, Any]:
    data = {"kind": error.kind, "retryable": error.retryable}
    return {"code": error.code, "message": _first_line(error.__doc__), "data": data}


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _component_name(title: str) -> str:
    """`Page[Setting]` is `SettingPage`."""
    generic = re.fullmatch(r"(\w+)\[(\w+)\]", title)
    return f"{generic[2]}{generic[1]}" if generic else title


def _plain(schema: Schema, titles: dict[str, str]) -> Schema:
    """msgspec's schema as this document writes it: draft 7, names of ours, what describes a field at its top."""
    plain = {word: _inner(word, value, titles) for word, value in schema.items() if word != "required" or value}
    if "prefixItems" in plain:
        _even(plain)
    choices = [choice for choice in plain.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        for word in ("description", "examples"):
            if word in choices[0]:
                plain.setdefault(word, choices[0].pop(word))
    return plain


def _inner(word: str, value: Any, titles: dict[str, str]) -> Any:
    match word, value:
        case "$ref", str():
            return "#/components/schemas/" + titles[value.rpartition("/")[2]]
        case (("title" | "description"), str()):
            # Before Python 3.13 a docstring keeps the indentation it has in its file.
            return _component_name(value) if word == "title" else inspect.cleandoc(value)
        case "properties", dict():
            return {name: _plain(inner, titles) for name, inner in value.items()}
        case (("anyOf" | "prefixItems"), list()):
            return [_plain(inner, titles) for inner in value]
        case (("items" | "additionalProperties"), dict()):
            return _plain(value, titles)
    return value


def _even(plain: Schema) -> None:
    """A tuple as draft 7 and 2020-12 both read it, which they do when its members are alike."""
    first, *others = plain.pop("prefixItems")
    if any(other != first for other in others):
        raise TypeError("a tuple of unlike members cannot be written for draft 7")
    plain["items"] = first
