"""The OpenRPC document: valid by its meta-schema, whole, and true in its examples."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT7

from scriven import __version__
from scriven.emit.openrpc import GENERAL, sample
from scriven.errors import ERRORS
from scriven.method import Method

# The meta-schema refers to a schema of schemas by these addresses; draft 7's own stands in for it.
SCHEMA_OF_SCHEMAS = ("https://meta.json-schema.tools", "https://meta.json-schema.tools/")
DRAFT7_ADDRESS = "http://json-schema.org/draft-07/schema#"
PRINT_META_SCHEMA = 'const m = require("@open-rpc/meta-schema"); console.log(JSON.stringify(m.default ?? m));'


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def validator(schema: Any, interface: dict[str, Any]) -> Any:
    """Of a schema of this document, whose references are found in it."""
    whole = {"components": interface["components"]} | schema
    return jsonschema.Draft202012Validator(whole)


def test_it_is_valid_by_the_meta_schema_of_openrpc(interface: dict[str, Any], node_modules: Path) -> None:
    printed = subprocess.run(
        ["node", "-e", PRINT_META_SCHEMA], cwd=node_modules.parent, check=True, capture_output=True
    ).stdout
    meta = json.loads(printed)
    references = {"JSONSchemaObject": {"properties": {"$ref": {"type": "string"}}}}
    of_schemas = jsonschema.Draft7Validator.META_SCHEMA
    of_schemas = of_schemas | {"definitions": of_schemas["definitions"] | references}
    resource = DRAFT7.create_resource(of_schemas)
    registry: Any = Registry().with_resources((address, resource) for address in SCHEMA_OF_SCHEMAS)
    check = jsonschema.Draft7Validator(meta | {"$schema": DRAFT7_ADDRESS}, registry=registry)
    assert [error.message for error in check.iter_errors(interface)] == []
    broken = interface | {"methods": [*interface["methods"], {"name": "no.params"}]}
    assert not check.is_valid(broken)


def test_it_names_this_version(interface: dict[str, Any]) -> None:
    assert interface["info"]["title"] == "Scriven"
    assert interface["info"]["version"] == __version__


def test_it_holds_every_method_in_order(interface: dict[str, Any], methods: dict[str, Method]) -> None:
    assert [entry["name"] for entry in interface["methods"]] == sorted(methods)


def test_every_reference_leads_somewhere(interface: dict[str, Any]) -> None:
    references = {node["$ref"] for node in nodes(interface) if isinstance(node.get("$ref"), str)}
    assert len(references) > 20
    for reference in references:
        place: Any = interface
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_component_is_used_and_has_a_plain_name(interface: dict[str, Any]) -> None:
    schemas = interface["components"]["schemas"]
    used = {node["$ref"].rpartition("/")[2] for node in nodes(interface) if "/schemas/" in str(node.get("$ref"))}
    assert used == schemas.keys()
    assert [name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []
    assert [name for name, schema in schemas.items() if schema["title"] != name] == []


def test_every_schema_is_valid_for_old_and_new_readers(interface: dict[str, Any]) -> None:
    for node in nodes([interface["methods"], interface["components"]["schemas"]]):
        if "schema" in node:
            jsonschema.Draft7Validator.check_schema(node["schema"])
            jsonschema.Draft202012Validator.check_schema(node["schema"])
    assert [node for node in nodes(interface) if "prefixItems" in node] == []


def test_what_describes_a_field_stands_at_the_top_of_its_schema(interface: dict[str, Any]) -> None:
    choices = [choice for node in nodes(interface) for choice in node.get("anyOf", [])]
    assert choices
    assert [choice for choice in choices if {"description", "examples"} & choice.keys()] == []


def test_no_description_is_indented_as_its_source_is(interface: dict[str, Any]) -> None:
    texts = [node["description"] for node in nodes(interface) if isinstance(node.get("description"), str)]
    assert [text for text in texts if "\n " in text] == []


def test_paths_and_times_say_so(interface: dict[str, Any]) -> None:
    formats = {
        param["name"]: param["schema"].get("format")
        for entry in interface["methods"]
        for param in entry["params"]
        if entry["name"] in {"workspaces.open", "workspaces.resolve"} and param["required"]
    }
    assert formats == {"projectDir": "path", "path": "path"}
    stored = interface["components"]["schemas"]["Setting"]["properties"]
    assert stored["createdAt"]["format"] == stored["updatedAt"]["format"] == "date-time"


def test_every_example_is_valid_by_its_own_schema(interface: dict[str, Any]) -> None:
    for node in nodes(interface):
        if isinstance(node.get("examples"), list) and "params" not in node:
            for value in node["examples"]:
                validator(node, interface).validate(value)


def test_every_method_has_an_example_of_its_call_and_its_result(interface: dict[str, Any]) -> None:
    for entry in interface["methods"]:
        schemas = {param["name"]: param["schema"] for param in entry["params"]}
        (example,) = entry["examples"]
        for given in example["params"]:
            validator(schemas[given["name"]], interface).validate(given["value"])
        validator(entry["result"]["schema"], interface).validate(example["result"]["value"])


def test_every_error_is_described_once(interface: dict[str, Any]) -> None:
    errors = interface["components"]["errors"]
    assert [errors[error.kind]["code"] for error in ERRORS] == [error.code for error in ERRORS]
    assert len(errors) == len(ERRORS)


def test_a_method_refers_to_its_own_errors_and_those_of_every_call(
    interface: dict[str, Any], methods: dict[str, Method]
) -> None:
    for entry in interface["methods"]:
        method = methods[entry["name"]]
        kinds = {node["$ref"].rpartition("/")[2] for node in entry["errors"]}
        assert kinds == {error.kind for error in (*GENERAL[method.access], *method.raises)}


def test_a_schema_without_an_example_is_named() -> None:
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    with pytest.raises(LookupError, match="word"):
        sample(schema, {})
