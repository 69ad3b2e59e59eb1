"""Help, made from the table: what there is, what a noun can do, what a command takes."""

from __future__ import annotations

import textwrap

from scriven import __version__
from scriven.cli import words
from scriven.cli.failures import MEANINGS
from scriven.cli.values import usage_of
from scriven.derived.cli_table import NOUNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from scriven.cli.arguments import Given

WIDTH = 100

INTRODUCTION = "Scriven: one small daemon that owns the state coding agents share."

VALUES = """\
Values stand in the order shown; options stand anywhere after the verb. A value - is read from standard input.
Values marked JSON are JSON, so that text is quoted twice: '"dark"'. Paths may be relative.
Results are laid out for people; with --json they come as one line, as the daemon sent them."""

NULL = "When there is none, the exit code is 1; with --json, null is a result like any other and it is 0."

IMPORT = """\
Run again it changes nothing and brings what is new, so one that broke off is simply run again.
What stays behind is told with its reason. Nothing is taken from the other system or written to it."""

WATCH = """\
A topic is what happened to what, such as settings.set; quote globs for the shell. Without one, everything is printed.
It goes on through restarts of the daemon, waits for one that is away, and ends with Ctrl-C or when nobody reads it."""

TYPES = {
    "json": "JSON",
    "texts": "a text, or a JSON list of texts",
    "integer": "a whole number",
    "number": "a number",
    "path": "a path",
}


def page(given: Given) -> list[str]:
    """The help that was asked for, in lines."""
    command = given.command
    if command is not None:
        text = _command(given, command)
    elif not given.words:
        text = _overview()
    elif given.words[0] in words.WORDS:
        text = _word(given.words[0])
    else:
        text = _noun(given.words[0])
    return text.split("\n")


def _overview() -> str:
    daemon = [
        (word, about)
        for word, (_, _, about, _) in words.WORDS.items()
        if word in ("start", "stop", "restart", "status")
    ]
    others = [(word, about) for word, (_, _, about, _) in words.WORDS.items() if (word, about) not in daemon]
    nouns = [(noun, _sentence(table["summary"])) for noun, table in NOUNS.items()]
    examples = [
        "scriven start",
        """scriven settings set theme '"dark"'""",
        "scriven settings get theme --json",
        "scriven workspaces open .",
        "scriven import claude-code --dry-run",
        "scriven messages search 'that bug with the time zones'",
    ]
    return _joined(
        f"{INTRODUCTION} Version {__version__}.",
        "Usage: scriven NOUN VERB [VALUE ...] [--option VALUE ...]",
        _section("The daemon", [*daemon, ("daemon", words.FOREGROUND_HELP)]),
        _section("Nouns", nouns),
        _section("Besides", others),
        _section("Options of every noun", _rows(words.COMMON)),
        VALUES,
        "Examples\n" + "\n".join(f"  {example}" for example in examples),
        _section("Exit codes", [(str(code), meaning) for code, meaning in MEANINGS]),
        "More about each: scriven NOUN --help, scriven NOUN VERB --help",
    )


def _noun(noun: str) -> str:
    verbs = NOUNS[noun]["verbs"]
    rows = [(_with_values(verb, command), _sentence(command["summary"])) for verb, command in verbs.items()]
    examples = "\n".join(f"  {command['example']}" for command in verbs.values())
    parts = [_sentence(NOUNS[noun]["summary"]) + ".", f"Usage: scriven {noun} VERB [VALUE ...] [--option VALUE ...]"]
    parts.append(_section("Verbs", rows))
    if noun == "daemon":
        parts.append(_section(f"With no verb: {words.FOREGROUND_HELP}", _rows((*words.FOREGROUND, words.SOCKET))))
        examples = f"  {words.FOREGROUND_EXAMPLE}\n{examples}"
    return _joined(*parts, f"Examples\n{examples}", f"More about each: scriven {noun} VERB --help")


def _command(given: Given, command: dict[str, Any]) -> str:
    required = [value for value in command["values"] if value["required"]]
    optional = [value for value in command["values"] if not value["required"]]
    parts = [command["description"], f"Usage: {usage_of(given, command)}"]
    if required:
        parts.append(_section("Values", [(value["word"].upper(), _about(value)) for value in required]))
    if optional:
        parts.append(_section("Options", [(_option(value), _about(value)) for value in optional]))
    parts.append(_section("Options of every noun", _rows(words.COMMON)))
    if command["nullable"]:
        parts.append(NULL)
    return _joined(*parts, f"Example\n  {command['example']}")


def _word(word: str) -> str:
    values, options, about, example = words.WORDS[word]
    usage = " ".join(part for part in ("Usage: scriven", word, values, "[OPTIONS]") if part)
    parts = [f"{about}.", usage]
    if word == "import":
        parts += [IMPORT, _section("What PATH may be, and where it looks without one", _places())]
    if word == "watch":
        parts.append(WATCH)
    return _joined(*parts, _section("Options", _rows((*options, words.SOCKET, words.HELP))), f"Example\n  {example}")


def _places() -> list[tuple[str, str]]:
    """Each system that can be imported: what PATH may be, and where it looks when there is none."""
    return [
        (system, f"{path}; without PATH: {looks}" if looks else path) for system, (looks, path) in words.PLACES.items()
    ]


def _with_values(verb: str, command: dict[str, Any]) -> str:
    return " ".join([verb, *(value["word"].upper() for value in command["values"] if value["required"])])


def _option(value: dict[str, Any]) -> str:
    if value["type"] == "flag":
        # One that is as it was when it is left out can be set to either.
        no = "" if value.get("default") is False else "no-" if value.get("default") else "[no-]"
        return f"--{no}{value['word']}"
    return f"--{value['word']} {value['word'].rpartition('-')[2].upper()}"


def _about(value: dict[str, Any]) -> str:
    """What a value is, of which type, and what it is when left out."""
    parts = [value["help"]]
    if value["type"] in TYPES:
        parts.append(f"[{TYPES[value['type']]}]")
    if value["type"] == "choice":
        parts.append(f"[{' or '.join(str(choice) for choice in value['choices'])}]")
    if value.get("default") and value["type"] != "flag":
        parts.append(f"[default: {value['default']}]")
    return " ".join(part for part in parts if part)


def _rows(options: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str]]:
    return [(f"--{word} {value}".rstrip(), about) for word, value, about in options]


def _section(title: str, rows: list[tuple[str, str]]) -> str:
    """Names and what they mean, in two columns; a long name has a line of its own."""
    column = min(max(len(name) for name, _ in rows), 30) + 4
    lines = [title]
    for name, about in rows:
        wrapped = textwrap.wrap(about, WIDTH - column) or [""]
        if len(name) + 4 > column:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {name:<{column - 2}}{wrapped.pop(0)}".rstrip())
        lines += [" " * column + line for line in wrapped]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text.rstrip(".")


def _joined(*parts: str) -> str:
    return "\n\n".join(part.rstrip() for part in parts)
