"""The Python clients' nouns: a class for each, a method with a plain signature for each call."""

from __future__ import annotations

import json
import keyword
import re
import textwrap
from itertools import groupby
from typing import Any

from scriven.emit.openrpc import document
from scriven.method import Method

Schema = dict[str, Any]

CALL = "Callable[[str, builtins.dict[str, Any], str | None, int | None], {result}]"
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`nouns.py`, `aio_nouns.py`, `records.py` and `access.py`."""
    interface = document(methods)
    return {
        "access.py": _access(interface),
        "nouns.py": _nouns(interface, prefix=""),
        "aio_nouns.py": _nouns(interface, prefix="async "),
        "records.py": _records(interface["components"]["schemas"]),
    }


def _access(interface: Schema) -> str:
    reads = "".join(f'        "{entry["name"]}",\n' for entry in interface["methods"] if entry["x-access"] == "read")
    return (
        '"""Which methods only read, so that a lost call of theirs may be sent again. Derived; do not edit."""\n\n'
        f"READS = frozenset(\n    {{\n{reads}    }}\n)\n"
    )


def _nouns(interface: Schema, prefix: str) -> str:
    groups = [(noun, list(entries)) for noun, entries in groupby(interface["methods"], key=_noun)]
    classes = "\n\n".join(_noun_class(noun, entries, prefix) for noun, entries in groups)
    names = sorted(set(re.findall(r"\b(Sequence|Mapping|Literal)\b", classes)))
    from_abc = ["Awaitable"] if prefix else []
    from_abc = sorted([*from_abc, "Callable", *(name for name in names if name != "Literal")])
    from_typing = ["Any", *(name for name in names if name == "Literal")]
    attributes = "\n".join(f"        self.{noun} = {_class_name(noun)}(call)" for noun, _ in groups)
    kind = "asyncio" if prefix else "blocking"
    return f'''"""The nouns of the {kind} client. Derived; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import {", ".join(from_abc)}
    from typing import {", ".join(from_typing)}

    from scriven.derived import records as _records

    Call = {CALL.format(result="Awaitable[Any]" if prefix else "Any")}


{classes}

class Nouns:
    """Every part of the interface, by its name."""

    def __init__(self, call: Call) -> None:
{attributes}
'''


def _noun(entry: Schema) -> str:
    return str(entry["tags"][0]["name"])


def _class_name(noun: str) -> str:
    return noun[0].upper() + noun[1:]


def _noun_class(noun: str, entries: list[Schema], prefix: str) -> str:
    bodies = "\n".join(_function(entry, prefix) for entry in entries)
    return f'''class {_class_name(noun)}:
    """{entries[0]["tags"][0]["description"]}"""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

{bodies}'''


def _function(entry: Schema, prefix: str) -> str:
    params = [param for param in entry["params"] if param["name"] != "_meta"]
    required = [param for param in params if param["required"]]
    optional = [param for param in params if not param["required"]]
    writes = entry["x-access"] == "write"
    signature = ["self", *(f"{_argument(p)}: {_taken(p['schema'])}" for p in required), "*"]
    signature += [_optional(p) for p in optional]
    signature += ["idempotency_key: str | None = None"] if writes else []
    signature += ["deadline_ms: int | None = None"]
    verb = _safe(entry["name"].partition(".")[2])
    result = _given(entry["result"]["schema"], "_records.")
    listed = "".join(f"        {part},\n" for part in signature)
    sent = ", ".join(f'"{p["name"]}": {_argument(p)}' for p in required)
    lines = [f"params: builtins.dict[str, Any] = {{{sent}}}"]
    for param in optional:
        lines += [f"if {_differs(param)}:", f'    params["{param["name"]}"] = {_argument(param)}']
    key = "idempotency_key" if writes else "None"
    wait = "await " if prefix else ""
    lines += [
        f'result: {result} = {wait}self._call("{entry["name"]}", params, {key}, deadline_ms)',
        "return result",
    ]
    body = textwrap.indent("\n".join(lines), " " * 8)
    return f"    {prefix}def {verb}(\n{listed}    ) -> {result}:\n{_docstring(entry, params)}\n{body}\n"


def _docstring(entry: Schema, params: list[Schema]) -> str:
    parts = [entry["description"]]
    described = [(param, param["schema"].get("description")) for param in params]
    parts += ["\n".join(f"`{_argument(param)}`: {text}" for param, text in described if text)]
    text = "\n\n".join(part for part in parts if part).replace("\\", "\\\\").replace('"""', "'''")
    end = "" if "\n" not in text else "\n"
    return textwrap.indent(f'"""{text}{end}"""', " " * 8, lambda line: bool(line.strip()))


def _argument(param: Schema) -> str:
    return _safe(re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", param["name"]).lower())


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _optional(param: Schema) -> str:
    """An argument that may be left out: its default is the declared one, or `...` where null would say something."""
    schema = param["schema"]
    taken = _taken(schema)
    if "default" in schema:
        return f"{_argument(param)}: {taken} = {_literal(schema['default'])}"
    if taken == "Any" or taken.endswith("| None"):
        return f"{_argument(param)}: Any = ..."
    return f"{_argument(param)}: {taken} | None = None"


def _differs(param: Schema) -> str:
    name, schema = _argument(param), param["schema"]
    if "default" not in schema:
        return f"{name} is not ..." if _optional(param).endswith("...") else f"{name} is not None"
    default = schema["default"]
    if default is None:
        return f"{name} is not None"
    if isinstance(default, bool):
        return f"not {name}" if default else name
    return f"{name} != {_literal(default)}"


def _taken(schema: Schema) -> str:
    """The type of an argument: as wide as the wire allows."""
    kind = _given(schema, "_records.")
    return kind.replace("builtins.list[", "Sequence[").replace("builtins.dict[", "Mapping[")


def _given(schema: Schema, module: str) -> str:
    """The type of what comes back."""
    if "$ref" in schema:
        return module + str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return f"Literal[{', '.join(_literal(value) for value in schema['enum'])}]"
    if "anyOf" in schema:
        return " | ".join(_given(choice, module) for choice in schema["anyOf"])
    kind = schema.get("type")
    if kind == "array":
        return f"builtins.list[{_given(schema.get('items', {}), module)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"builtins.dict[str, {_given(values, module) if isinstance(values, dict) else 'Any'}]"
    return SCALARS.get(str(kind), "Any")


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _records(schemas: dict[str, Schema]) -> str:
    shapes = [_record(name, schema) for name, schema in schemas.items() if schema.get("type") == "object"]
    text = "\n\n".join(shapes).replace("builtins.", "")
    names = sorted(name for name in ("Any", "Literal", "NotRequired", "TypedDict") if re.search(rf"\b{name}\b", text))
    return f'''"""What the daemon gives, as types. Derived; do not edit."""

from __future__ import annotations

from typing import {", ".join(names)}


{text}'''


def _record(name: str, schema: Schema) -> str:
    required = schema.get("required", [])
    lines = [f"class {name}(TypedDict):", f'    """{schema.get("description", name)}"""', ""]
    for field, inner in schema.get("properties", {}).items():
        kind = _given(inner, "")
        lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
    return "\n".join(lines) + "\n"
