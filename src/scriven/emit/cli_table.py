"""The command line's table: every command with its words, its values and how its result is laid out for people."""

from __future__ import annotations

import re
from typing import Any

from scriven.emit.openrpc import document
from scriven.emit.reference import command
from scriven.method import Method

Schema = dict[str, Any]

# What every command takes; a method's own field must not be called so.
RESERVED = {"help", "json", "socket", "timeout", "idempotency-key", "deadline-ms"}
LINE = 110

HEAD = '''"""What the command line knows of the methods. Derived; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

'''


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`cli_table.py`: `NOUNS`, as `nouns` makes it."""
    return {"cli_table.py": f"{HEAD}NOUNS: dict[str, Any] = {_literal(nouns(methods), 0)}\n"}


def nouns(methods: dict[str, Method]) -> dict[str, Any]:
    """`{noun: {"summary", "verbs": {verb: command}}}`.

    A command has `method, access, summary, description, example, values, nullable, result`. A value has its `field` on
    the wire, its `word` on the command line, `type` (text, texts, path, integer, number, flag, choice, json),
    `required`, `help`, and `choices` or `default` where there are any. `result` is a layout: a type's name, or
    `{"record": {field: layout}}`, `{"page": layout}`, `{"rows": layout}`, or `{"body": field}` for a record whose first
    field is the text that it is all about.
    """
    interface = document(methods)
    schemas = interface["components"]["schemas"]
    table: dict[str, Any] = {}
    for entry in interface["methods"]:
        noun, _, verb = entry["name"].partition(".")
        of_noun = table.setdefault(noun, {"summary": entry["tags"][0]["description"], "verbs": {}})
        of_noun["verbs"][_word(verb)] = _command(entry, schemas)
    return table


def _command(entry: Schema, schemas: Schema) -> Schema:
    values = [_value(param) for param in entry["params"] if param["name"] != "_meta"]
    taken = RESERVED & {value["word"] for value in values}
    if taken:
        raise ValueError(f"{entry['name']}: every command has an option --{taken.pop()} of its own")
    return {
        "method": entry["name"],
        "access": entry["x-access"],
        "summary": entry["summary"],
        "description": entry["description"],
        "example": command(entry),
        "values": values,
        "nullable": {"type": "null"} in entry["result"]["schema"].get("anyOf", []),
        "result": _layout(entry["result"]["schema"], schemas),
    }


def _value(param: Schema) -> Schema:
    schema = param["schema"]
    value: Schema = {
        "field": param["name"],
        "word": _word(param["name"]),
        "type": "json",
        "required": param["required"],
        "help": param.get("summary", ""),
    }
    choice = _without_null(schema)
    if "enum" in choice:
        value |= {"type": "choice", "choices": choice["enum"]}
    elif choice.get("type") == "string":
        value["type"] = "path" if schema.get("format", choice.get("format")) == "path" else "text"
    elif choice.get("type") in {"integer", "number"}:
        value["type"] = choice["type"]
    elif choice.get("type") == "boolean":
        value["type"] = "flag"
    elif choice.get("type") == "array" and choice.get("items", {}).get("type") == "string":
        value["type"] = "texts"
    if schema.get("default") not in (None, "", False) or (value["type"] == "flag" and schema.get("default") is False):
        value["default"] = schema["default"]
    return value


def _layout(schema: Schema, schemas: Schema) -> Any:
    """How a result is shown: the name of a scalar's type, or what it is made of."""
    schema = _without_null(schema)
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    properties = schema.get("properties", {})
    if schema.get("type") == "object" and properties:
        if "items" in properties:
            return {"page": _layout(properties["items"]["items"], schemas)}
        if next(iter(properties)) == "text":
            return {"body": "text"}
        return {"record": {name: _layout(inner, schemas) for name, inner in properties.items()}}
    if schema.get("type") == "array":
        items = _layout(schema.get("items", {}), schemas)
        return {"rows": items} if isinstance(items, dict) and "record" in items else "json"
    if schema.get("type") == "string" or "enum" in schema:
        textual = "time" if schema.get("format") == "date-time" else "text"
        return "choice" if "enum" in schema else textual
    return schema.get("type", "json") if schema.get("type") in {"integer", "number", "boolean"} else "json"


def _without_null(schema: Schema) -> Schema:
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    return choices[0] if len(choices) == 1 else schema


def _word(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()


def _literal(value: object, depth: int) -> str:
    """A value as Python writes it, its members on lines of their own where one line is too short for them."""
    flat = repr(value)
    if not isinstance(value, dict | list) or len(flat) + 4 * depth < LINE:
        return flat
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, list):
        return "[\n" + "".join(f"{inner}{_literal(each, depth + 1)},\n" for each in value) + f"{outer}]"
    lines = [f"{inner}{name!r}: {_literal(each, depth + 1)},\n" for name, each in value.items()]
    return "{\n" + "".join(lines) + f"{outer}}}"
