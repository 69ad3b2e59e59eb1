"""What was published stays: a caller written for a level goes on working. Adding is free."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

LEVELS = sorted(Path(__file__).parent.glob("level_*.json"))

Document = dict[str, Any]
Schema = dict[str, Any]


def broken(old: Document, new: Document) -> list[str]:
    """How a caller of the old interface would be let down by the new one."""
    entries = {entry["name"]: entry for entry in new["methods"]}
    found: list[str] = []
    for entry in old["methods"]:
        name = entry["name"]
        if name in entries:
            found += [f"{name}: {fault}" for fault in Comparison(old, new).method(entry, entries[name])]
        else:
            found.append(f"{name}: removed")
    for kind, error in old["components"]["errors"].items():
        now = new["components"]["errors"].get(kind)
        if now is None or (now["code"], now["data"]) != (error["code"], error["data"]):
            found.append(f"error {kind}: another code, another retry, or removed")
    return found


class Comparison:
    """Of the schemas of two documents, each with its own components."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old = old["components"]["schemas"]
        self.new = new["components"]["schemas"]

    def method(self, old: Schema, new: Schema) -> Iterator[str]:
        """What a caller gives must still be taken; what it is given must still be what it expects."""
        for word in ("x-access", "x-since"):
            if old[word] != new[word]:
                yield f"{word} is another one"
        was = [param["name"] for param in old["params"] if param["name"] != "_meta"]
        now = [param["name"] for param in new["params"] if param["name"] != "_meta"]
        if now[: len(was)] != was:
            yield "params by position are others"
        given = {param["name"]: param for param in old["params"]}
        for param in new["params"]:
            before = given.pop(param["name"], None)
            if param["required"] and not (before and before["required"]):
                yield f"{param['name']} is required now"
            if before:
                yield from self.holds(param["schema"], self.new, before["schema"], self.old, param["name"])
                if before["schema"].get("default") != param["schema"].get("default"):
                    yield f"{param['name']} has another default"
        yield from (f"{name} was removed" for name in given)
        yield from self.holds(old["result"]["schema"], self.old, new["result"]["schema"], self.new, "result")

    def holds(self, wide: Schema, wides: Schema, narrow: Schema, narrows: Schema, at: str) -> Iterator[str]:
        """Whatever the narrow schema allows, the wide one has to allow."""
        wide, narrow = resolved(wide, wides), resolved(narrow, narrows)
        if "anyOf" in narrow:
            for choice in narrow["anyOf"]:
                yield from self.holds(wide, wides, choice, narrows, at)
            return
        if "anyOf" in wide:
            tries = [list(self.holds(choice, wides, narrow, narrows, at)) for choice in wide["anyOf"]]
            if not any(faults == [] for faults in tries):
                yield min(tries, key=len)[0]
            return
        yield from leaf(wide, narrow, at)
        if wide.get("type") == narrow.get("type") == "array" and "items" in wide:
            yield from self.holds(wide["items"], wides, narrow.get("items", {}), narrows, f"{at}[]")
        if wide.get("type") == narrow.get("type") == "object":
            yield from self.members(wide, wides, narrow, narrows, at)

    def members(self, wide: Schema, wides: Schema, narrow: Schema, narrows: Schema, at: str) -> Iterator[str]:
        """The same for the fields of an object."""
        fields = wide.get("properties", {})
        for name in wide.get("required", []):
            if name not in narrow.get("required", []):
                yield f"{at}.{name} may be missing"
        for name, inner in narrow.get("properties", {}).items():
            if name in fields:
                yield from self.holds(fields[name], wides, inner, narrows, f"{at}.{name}")
            elif wide.get("additionalProperties") is False:
                yield f"{at}.{name} is not a field"


def resolved(schema: Schema, components: Schema) -> Schema:
    return components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def leaf(wide: Schema, narrow: Schema, at: str) -> Iterator[str]:
    """What can be said without looking inside: kinds, choices, limits."""
    if "enum" in wide:
        if not set(narrow.get("enum", [None])) <= set(wide["enum"]):
            yield f"{at} has other choices"
        return
    if "type" in wide and not kinds(narrow) <= TAKES.get(wide["type"], {wide["type"]}):
        yield f"{at} is of another type"
    for word in wide.keys() & WORSE:
        if WORSE[word](narrow.get(word), wide[word]):
            yield f"{at} has another {word}"


def kinds(schema: Schema) -> set[Any]:
    return {KINDS[type(value)] for value in schema["enum"]} if "enum" in schema else {schema.get("type")}


KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
TAKES = {"number": {"number", "integer"}}

# Whether a limit lets through more than the one it is held against.
WORSE: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("minLength", "minItems", "minimum"), lambda limit, kept: limit is None or limit < kept),
    **dict.fromkeys(("maxLength", "maxItems", "maximum"), lambda limit, kept: limit is None or limit > kept),
    **dict.fromkeys(("pattern", "format"), lambda limit, kept: limit != kept),
}


@pytest.mark.parametrize("level", LEVELS, ids=lambda path: path.stem)
def test_a_published_level_is_kept(interface: Document, level: Path) -> None:
    assert broken(json.loads(level.read_text(encoding="utf-8")), interface) == []


def test_every_level_that_a_method_names_was_published(interface: Document) -> None:
    assert {entry["x-since"] for entry in interface["methods"]} <= set(range(1, len(LEVELS) + 1))


# Changes to the interface, made on a copy of it: `e` finds a method, `p` a param of one, `s` the schema of a record.


def e(document: Document, name: str) -> Schema:
    return next(entry for entry in document["methods"] if entry["name"] == name)


def p(document: Document, name: str, param: str) -> Schema:
    return next(found for found in e(document, name)["params"] if found["name"] == param)


def s(document: Document, name: str) -> Schema:
    schema: Schema = document["components"]["schemas"][name]
    return schema


def insert(document: Document, name: str, place: int, *, required: bool, param: str = "fresh") -> None:
    e(document, name)["params"].insert(place, {"name": param, "required": required, "schema": {"type": "string"}})


NULL = {"type": "null"}

BREAKING: list[tuple[str, Callable[[Document], object]]] = [
    ("settings.get: removed", lambda d: d["methods"].remove(e(d, "settings.get"))),
    ("settings.get: x-access", lambda d: e(d, "settings.get").update({"x-access": "live"})),
    ("settings.get: x-since", lambda d: e(d, "settings.get").update({"x-since": 2})),
    ("fresh is required now", lambda d: insert(d, "settings.set", -1, required=True)),
    ("params by position", lambda d: insert(d, "settings.set", 0, required=False)),
    ("params by position", lambda d: e(d, "settings.set")["params"].reverse()),
    ("workspaceId was removed", lambda d: e(d, "settings.get")["params"].pop(1)),
    ("ifRevision is required now", lambda d: p(d, "settings.set", "ifRevision").update(required=True)),
    ("key has another maxLength", lambda d: p(d, "settings.get", "key")["schema"].update(maxLength=255)),
    ("key has another minLength", lambda d: p(d, "settings.get", "key")["schema"].update(minLength=2)),
    ("limit has another maximum", lambda d: p(d, "settings.list", "limit")["schema"].update(maximum=100)),
    ("limit has another minimum", lambda d: p(d, "settings.list", "limit")["schema"].update(minimum=2)),
    ("limit has another default", lambda d: p(d, "settings.list", "limit")["schema"].update(default=10)),
    ("key has another pattern", lambda d: p(d, "settings.get", "key")["schema"].update(pattern="^[a-z]+$")),
    ("replace is of another type", lambda d: p(d, "settings.import", "replace")["schema"].update(type="string")),
    ("value is of another type", lambda d: p(d, "settings.set", "value")["schema"].update(type="string")),
    ("version has other choices", lambda d: p(d, "settings.import", "version")["schema"].update(enum=["2.0"])),
    ("settings has another maxItems", lambda d: p(d, "settings.import", "settings")["schema"].update(maxItems=10)),
    ("cursor is of another type", lambda d: p(d, "settings.list", "cursor")["schema"]["anyOf"].remove(NULL)),
    ("_meta.actor", lambda d: s(d, "CallMeta")["properties"]["actor"]["anyOf"][0].update(maxLength=1)),
    ("_meta.deadlineMs is not a field", lambda d: s(d, "CallMeta")["properties"].pop("deadlineMs")),
    (
        "settings[].key has another maxLength",
        lambda d: s(d, "ExportedSetting")["properties"]["key"].update(maxLength=9),
    ),
    ("result.key may be missing", lambda d: s(d, "Setting")["required"].remove("key")),
    ("result.items[].key", lambda d: s(d, "Setting")["properties"]["key"].update(type="integer")),
    ("result is of another type", lambda d: e(d, "settings.set")["result"].update(schema={"anyOf": [NULL]})),
    ("result is of another type", lambda d: e(d, "settings.set")["result"].update(schema={"type": "array"})),
    ("result.revision", lambda d: s(d, "Setting")["properties"]["revision"].pop("minimum")),
    ("result.state has other choices", lambda d: s(d, "Health")["properties"]["state"]["enum"].append("asleep")),
    ("result.createdAt has another format", lambda d: s(d, "Setting")["properties"]["createdAt"].pop("format")),
    ("error conflict", lambda d: d["components"]["errors"].pop("conflict")),
    ("error conflict", lambda d: d["components"]["errors"]["conflict"].update(code=-1)),
    ("error busy", lambda d: d["components"]["errors"]["busy"]["data"].update(retryable=False)),
]

FREE: list[Callable[[Document], object]] = [
    lambda d: d["methods"].append(copy.deepcopy(e(d, "settings.get")) | {"name": "settings.peek", "x-since": 2}),
    lambda d: insert(d, "settings.set", -1, required=False),
    lambda d: p(d, "settings.delete", "key").update(required=False),
    lambda d: p(d, "settings.get", "key")["schema"].update(maxLength=512, minLength=0),
    lambda d: p(d, "settings.import", "version")["schema"]["enum"].append("2.0"),
    lambda d: p(d, "settings.get", "key").update(schema={"anyOf": [p(d, "settings.get", "key")["schema"], NULL]}),
    lambda d: p(d, "settings.list", "effective")["schema"].update(description="In other words."),
    lambda d: s(d, "Setting")["properties"].update(size={"type": "integer"}),
    lambda d: s(d, "Setting")["required"].append("size"),
    lambda d: s(d, "Health")["properties"]["state"]["enum"].remove("degraded"),
    lambda d: e(d, "settings.get")["result"].update(schema={"$ref": "#/components/schemas/Setting"}),
    lambda d: d["components"]["errors"].update(fresh={"code": -32099, "message": "New.", "data": {}}),
    lambda d: e(d, "settings.get")["errors"].clear(),
]


@pytest.mark.parametrize(("fault", "change"), BREAKING, ids=[f"{n}-{fault}" for n, (fault, _) in enumerate(BREAKING)])
def test_a_change_that_breaks_callers_is_found(
    interface: Document, fault: str, change: Callable[[Document], object]
) -> None:
    changed = copy.deepcopy(interface)
    change(changed)
    assert any(fault in found for found in broken(interface, changed))


@pytest.mark.parametrize("change", FREE)
def test_a_change_that_adds_is_free(interface: Document, change: Callable[[Document], object]) -> None:
    changed = copy.deepcopy(interface)
    change(changed)
    assert changed != interface
    assert broken(interface, changed) == []
