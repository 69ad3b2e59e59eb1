"""The document and the decoder are two readings of one declaration: what one takes, the other takes."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from scriven.emit.openrpc import document
from scriven.errors import InvalidParams
from scriven.method import Method
from scriven.methods import load

METHODS = load()
INTERFACE = document(METHODS)
ENTRIES = {entry["name"]: entry for entry in INTERFACE["methods"]}

# Floats are left out: a schema takes 1.0 for an integer, and the decoder wants it written as one. NUL has its own rule.
TEXT = strategies.text(strategies.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
SCALARS = strategies.none() | strategies.booleans() | strategies.integers(-(2**60), 2**60) | TEXT
VALUES = SCALARS | strategies.recursive(
    SCALARS, lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(TEXT, inner, max_size=3)
)


def checker(entry: dict[str, Any]) -> Any:
    """What holds params against the document."""
    schema = {
        "type": "object",
        "properties": {param["name"]: param["schema"] for param in entry["params"]},
        "required": [param["name"] for param in entry["params"] if param["required"]],
        "additionalProperties": False,
        "components": INTERFACE["components"],
    }
    return jsonschema.Draft202012Validator(schema)


CHECKERS = {name: checker(entry) for name, entry in ENTRIES.items()}


def insides(value: Any) -> list[Any]:
    """Every object and list in a value, itself included."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    here = [value] if isinstance(value, dict | list) else []
    return here + [found for each in inner for found in insides(each)]


def field_names() -> list[str]:
    schemas = INTERFACE["components"]["schemas"].values()
    params = {param["name"] for entry in ENTRIES.values() for param in entry["params"]}
    return sorted(params | {name for schema in schemas for name in schema["properties"]})


@strategies.composite
def calls(draw: strategies.DrawFn) -> tuple[Method, dict[str, Any]]:
    """A method, and params that were right before a few things were put into them or taken away."""
    name = draw(strategies.sampled_from(sorted(ENTRIES)))
    params = {param["name"]: param["value"] for param in ENTRIES[name]["examples"][0]["params"]}
    params = json.loads(json.dumps(params))
    for _ in range(draw(strategies.integers(0, 3))):
        place = draw(strategies.sampled_from(insides(params)))
        if isinstance(place, list):
            place.append(draw(VALUES))
        elif place and draw(strategies.booleans()):
            place.pop(draw(strategies.sampled_from(sorted(place))))
        else:
            field = draw(strategies.sampled_from(field_names()) | TEXT)
            place[field] = draw(VALUES | strategies.just({}))
    return METHODS[name], params


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_the_decoder_takes_exactly_what_the_document_allows(call: tuple[Method, dict[str, Any]]) -> None:
    method, params = call
    if CHECKERS[method.name].is_valid(params):
        method.decode(json.dumps(params).encode())
    else:
        with pytest.raises(InvalidParams) as failure:
            method.decode(json.dumps(params).encode())
        assert str(failure.value.data["path"]).startswith("$")
