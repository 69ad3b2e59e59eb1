"""What was typed, made into the params of a call: JSON text, checked here only as far as a person is helped by it."""

from __future__ import annotations

import json
import os
import sys

from scriven.cli.arguments import Given
from scriven.cli.failures import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def params_of(given: Given, command: dict[str, Any]) -> str | None:
    """The params of a method's command, as JSON on one line. Raises UsageError."""
    texts = _assigned(given, command)
    members = [
        f"{json.dumps(value['field'])}:{_json_of(value, texts[value['word']])}"
        for value in command["values"]
        if value["word"] in texts
    ]
    meta = meta_of(given)
    if meta is not None:
        members.append(f'"_meta":{meta}')
    return "{" + ",".join(members) + "}" if members else None


def meta_of(given: Given) -> str | None:
    """What is said about the call itself, as JSON, or None."""
    meta: dict[str, object] = {}
    key, deadline = given.text("idempotency-key"), given.text("deadline-ms")
    if key is not None:
        meta["idempotencyKey"] = key
    if deadline is not None:
        meta["deadlineMs"] = int(_whole("--deadline-ms", deadline))
    return json.dumps(meta, ensure_ascii=False) if meta else None


def deadline_of(given: Given) -> int | None:
    """The deadline of the call in milliseconds, or None."""
    deadline = given.text("deadline-ms")
    return None if deadline is None else int(deadline)


def read_input() -> str:
    """All of standard input. Raises UsageError when it is not UTF-8."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("standard input is not UTF-8") from None


def json_line(name: str, text: str) -> str:
    """JSON text on one line, otherwise as it was written. Raises UsageError."""
    try:
        decode(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{name} is not JSON at character {error.pos + 1}", QUOTING) from None
    except _NoConstant:
        raise UsageError(f"{name} holds NaN or Infinity, and JSON has neither") from None
    except RecursionError:
        raise UsageError(f"{name} is nested too deeply") from None
    # Inside a string JSON writes a line's end as \n: one that is there bare stands between values.
    return text.replace("\r", " ").replace("\n", " ").strip()


def decode(text: str) -> Any:
    """JSON text taken apart to be judged; numbers are not made, whatever their size."""
    return json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=_no_constant).decode(text)


QUOTING = """text is quoted twice, for JSON and for the shell: '"dark"'"""


class _NoConstant(Exception):
    pass


def _no_constant(_: str) -> NoReturn:
    raise _NoConstant


def _assigned(given: Given, command: dict[str, Any]) -> dict[str, str | bool]:
    """Each value's text by its word: those named as options, and the rest in their order."""
    texts = {
        value["word"]: given.options[value["word"]] for value in command["values"] if value["word"] in given.options
    }
    for value in command["values"]:
        if f"no-{value['word']}" in given.options:
            texts[value["word"]] = False
    open_ = [value for value in command["values"] if value["required"] and value["word"] not in texts]
    name = " ".join(given.words)
    if len(given.values) > len(open_):
        raise UsageError(
            f"{name} takes {_counted(len(open_))}, not {len(given.values)}",
            usage_of(given, command),
        )
    if len(given.values) < len(open_):
        missing = " and ".join(value["word"].upper() for value in open_[len(given.values) :])
        raise UsageError(f"{name} needs {missing}", usage_of(given, command))
    texts |= {value["word"]: text for value, text in zip(open_, given.values, strict=True)}
    if sum(text == "-" for text in texts.values()) > 1:
        raise UsageError("only one value can be read from standard input")
    return texts


def _counted(number: int) -> str:
    return "no value" if number == 0 else "1 value" if number == 1 else f"{number} values"


def usage_of(given: Given, command: dict[str, Any]) -> str:
    """The command with the names of its values."""
    required = [value["word"].upper() for value in command["values"] if value["required"]]
    optional = any(not value["required"] for value in command["values"])
    return " ".join(["scriven", *given.words, *required, *(["[OPTIONS]"] if optional else [])])


def _json_of(value: dict[str, Any], text: str | bool) -> str:  # noqa: FBT001 - a flag is a value here
    """One value as JSON. `-` is what standard input holds."""
    kind = value["type"]
    if isinstance(text, bool):
        return "true" if text else "false"
    name = value["word"].upper() if value["required"] else f"--{value['word']}"
    if text == "-":
        text = read_input()
        text = text if kind == "json" else text.removesuffix("\n").removesuffix("\r")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{name} is not UTF-8") from None
    if kind in ("json", "texts"):
        one = kind == "texts" and not text.lstrip().startswith("[")
        return json.dumps([text], ensure_ascii=False) if one else json_line(name, text)
    if kind == "integer":
        return _whole(name, text)
    if kind == "number":
        return _number(name, text)
    if kind == "choice":
        return json.dumps(_choice(name, text, value["choices"]))
    if kind == "path" and text:
        # Joined and not normalised: what `..` means behind a link is for the daemon to find out.
        text = os.path.join(os.getcwd(), text)
    return json.dumps(text, ensure_ascii=False)


def _whole(name: str, text: str) -> str:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise UsageError(f"{name} takes a whole number")
    return str(int(text))


def _number(name: str, text: str) -> str:
    try:
        return json.dumps(float(text), allow_nan=False)
    except ValueError:
        raise UsageError(f"{name} takes a number") from None


def _choice(name: str, text: str, choices: list[Any]) -> object:
    for choice in choices:
        if str(choice) == text:
            return choice
    raise UsageError(f"{name} takes {' or '.join(str(choice) for choice in choices)}")
