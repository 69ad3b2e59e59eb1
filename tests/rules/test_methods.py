"""What every method obeys, whoever declared it."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections import Counter
from typing import Any

import msgspec
import pytest

import scriven.methods
from scriven.errors import ERRORS, CallError, InvalidParams
from scriven.method import Method, Params, Record
from scriven.methods import load

METHODS = sorted(load().values(), key=lambda method: method.name)
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")

every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)


def described(interface: dict[str, Any], method: Method) -> dict[str, Any]:
    return next(entry for entry in interface["methods"] if entry["name"] == method.name)


def example(entry: dict[str, Any]) -> dict[str, Any]:
    return {param["name"]: param["value"] for param in entry["examples"][0]["params"]}


def path_of(method: Method, params: object) -> Any:
    with pytest.raises(InvalidParams) as failure:
        method.decode(json.dumps(params).encode())
    return failure.value.data["path"]


@every_method
def test_a_method_says_what_it_does(method: Method) -> None:
    assert re.fullmatch(r"[A-Z].{10,119}", method.summary)
    assert method.description.partition("\n")[0].endswith(".")


@every_method
def test_every_param_is_described(interface: dict[str, Any], method: Method) -> None:
    silent = [param["name"] for param in described(interface, method)["params"] if not param.get("summary")]
    assert silent == []


@every_method
def test_the_example_has_every_required_param_and_is_accepted(interface: dict[str, Any], method: Method) -> None:
    entry = described(interface, method)
    required = {param["name"] for param in entry["params"] if param["required"]}
    assert example(entry).keys() >= required
    method.decode(json.dumps(example(entry)).encode())


@every_method
def test_every_example_of_a_param_is_accepted(interface: dict[str, Any], method: Method) -> None:
    entry = described(interface, method)
    for param in entry["params"]:
        for value in param["schema"].get("examples", []):
            method.decode(json.dumps(example(entry) | {param["name"]: value}).encode())


@every_method
def test_an_unknown_field_is_refused_by_name(interface: dict[str, Any], method: Method) -> None:
    given = example(described(interface, method))
    assert path_of(method, given | {"nonsense": 1}) == "$.nonsense"
    assert path_of(method, given | {"_meta": {"nonsense": 1}}) == "$._meta.nonsense"


@every_method
def test_a_missing_param_is_named(interface: dict[str, Any], method: Method) -> None:
    given = example(described(interface, method))
    for name in (param["name"] for param in described(interface, method)["params"] if param["required"]):
        rest = {other: value for other, value in given.items() if other != name}
        assert path_of(method, rest) == f"$.{name}"


@every_method
def test_params_by_position_mean_the_same(interface: dict[str, Any], method: Method) -> None:
    given = example(described(interface, method))
    assert method.fields[: len(given)] == tuple(given)
    by_name, by_position = (method.decode(json.dumps(params).encode()) for params in (given, list(given.values())))
    assert msgspec.json.encode(by_position) == msgspec.json.encode(by_name)


@every_method
def test_the_document_tells_the_very_bounds_that_decoding_keeps(interface: dict[str, Any], method: Method) -> None:
    entry = described(interface, method)
    for param in entry["params"]:
        schema = param["schema"]
        for choice in schema.get("anyOf", [schema]):
            for value, fits in bounds(choice):
                given = example(entry) | {param["name"]: value}
                if fits:
                    method.decode(json.dumps(given).encode())
                else:
                    assert path_of(method, given) == f"$.{param['name']}"


def bounds(schema: dict[str, Any]) -> list[tuple[Any, bool]]:
    """Values at a schema's edges, and whether they are inside."""
    edges: list[tuple[Any, bool]] = []
    if schema.get("type") == "string" and "format" not in schema and "pattern" not in schema:
        edges += [("x" * schema["maxLength"], True), ("x" * (schema["maxLength"] + 1), False)]
        if low := schema.get("minLength"):
            edges += [("x" * low, True), ("x" * (low - 1), False)]
    if schema.get("type") == "integer":
        for word, step in (("minimum", -1), ("maximum", 1)):
            if word in schema:
                edges += [(schema[word], True), (schema[word] + step, False)]
    return edges


@every_method
def test_every_text_list_and_number_a_caller_gives_is_bounded(interface: dict[str, Any], method: Method) -> None:
    schemas = interface["components"]["schemas"]
    unbounded = [
        param["name"] for param in described(interface, method)["params"] if not is_bounded(param["schema"], schemas)
    ]
    assert unbounded == []


def is_bounded(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    match schema:
        case {"$ref": reference}:
            return is_bounded(schemas[reference.rpartition("/")[2]], schemas)
        case {"anyOf": inner} | {"type": "array", "items": inner}:
            choices = inner if isinstance(inner, list) else [inner]
            return ("anyOf" in schema or "maxItems" in schema) and all(is_bounded(one, schemas) for one in choices)
        case {"type": "object"}:
            return all(is_bounded(inner, schemas) for inner in schema["properties"].values())
    needed = {"string": {"maxLength"}, "integer": {"minimum", "maximum"}, "number": {"minimum", "maximum"}}
    return needed.get(schema.get("type", ""), set()) <= schema.keys()


@every_method
def test_the_struct_of_the_params_is_named_after_the_method(method: Method) -> None:
    assert issubclass(method.params, Params)
    assert method.params.__name__ == "".join(word.capitalize() for word in method.name.split("."))


@every_method
def test_a_live_method_is_a_coroutine_and_no_other_is(method: Method) -> None:
    assert inspect.iscoroutinefunction(method.handler) == (method.access == "live")


@every_method
def test_a_method_knows_the_level_that_brought_it(method: Method) -> None:
    assert method.since >= 1


@every_method
def test_a_method_declares_errors_of_the_closed_list(method: Method) -> None:
    assert set(method.raises) <= set(ERRORS)


@every_method
def test_names_on_the_wire_are_camel_case(interface: dict[str, Any], method: Method) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+([A-Z][a-z]+)*", method.name)
    names = [param["name"] for param in described(interface, method)["params"]]
    assert names.pop() == "_meta"
    assert [name for name in names if not CAMEL.fullmatch(name)] == []


def test_records_are_described_and_their_fields_are_camel_case(interface: dict[str, Any]) -> None:
    schemas = interface["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    fields = [field for schema in schemas.values() for field in schema["properties"]]
    assert [field for field in fields if not CAMEL.fullmatch(field)] == []


def test_a_method_lies_in_the_file_of_its_noun(methods: dict[str, Method]) -> None:
    for name, method in methods.items():
        assert method.handler.__module__ == f"scriven.methods.{name.partition('.')[0]}"


def test_no_two_structs_have_one_name() -> None:
    names = Counter(
        value.__name__
        for found in pkgutil.iter_modules(scriven.methods.__path__)
        for value in vars(importlib.import_module(f"scriven.methods.{found.name}")).values()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == f"scriven.methods.{found.name}"
    )
    assert len(names) > 20
    assert [name for name, count in names.items() if count > 1] == []


def test_records_are_open_and_params_are_closed() -> None:
    assert Params.__struct_config__.forbid_unknown_fields
    assert not Record.__struct_config__.forbid_unknown_fields


def test_every_error_has_its_own_code_kind_and_sentence() -> None:
    assert set(ERRORS) == set(CallError.__subclasses__())
    assert len({error.code for error in ERRORS}) == len({error.kind for error in ERRORS}) == len(ERRORS)
    for error in ERRORS:
        assert re.fullmatch(r"[A-Z].*\.", error.__doc__ or "")
        assert error.kind == re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__).lower()
