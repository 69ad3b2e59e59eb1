"""The command line taken apart: which command, its options, its values."""

from __future__ import annotations

from scriven.cli import words
from scriven.cli.failures import UsageError
from scriven.derived.cli_table import NOUNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Given:
    """A command line: its words (a noun and a verb, or one word), its options, and the values in their order."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.values: list[str] = []
        self.options: dict[str, str | bool] = {}
        self.help = False

    @property
    def command(self) -> dict[str, Any] | None:
        """The row of the table, when the words are a noun and its verb."""
        if len(self.words) < 2:
            return None
        command: dict[str, Any] = NOUNS[self.words[0]]["verbs"][self.words[1]]
        return command

    def text(self, option: str) -> str | None:
        """The value of an option, or None."""
        value = self.options.get(option)
        return value if isinstance(value, str) else None

    def seconds(self, option: str, default: float) -> float:
        """The value of an option that is a number of seconds. Raises UsageError."""
        text = self.text(option)
        try:
            seconds = default if text is None else float(text)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < 1e9:
            raise UsageError(f"--{option} takes a number of seconds")
        return seconds


def parse(line: list[str]) -> Given:
    """Take a command line apart. Raises UsageError, which names the nearest word."""
    given = Given()
    if line[:1] == ["help"]:
        line = [*line[1:], "--help"]
    ended = line.index("--") if "--" in line else len(line)
    given.help = any(word in ("--help", "-h") for word in line[:ended])
    rest = iter(line)
    only_values = False
    for word in rest:
        if word == "--" and not only_values:
            only_values = True
        elif only_values or not _is_option(word):
            _take_word(given, word)
        elif word not in ("--help", "-h"):
            _take_option(given, word, rest)
    return given


def options_of(given: Given) -> dict[str, str]:
    """Every option of the command so far: its word, and the name of its value ("" for a flag)."""
    command = given.command
    if command is not None:
        options = {word: value for word, value, _ in words.COMMON}
        for value in command["values"]:
            options[value["word"]] = "" if value["type"] == "flag" else value["word"].upper()
            if value["type"] == "flag":
                options[f"no-{value['word']}"] = ""
        return options
    options = {word: value for word, value, _ in (words.SOCKET, words.HELP)}
    if not given.words:
        return options | {word: value for word, value, _ in (words.TIMEOUT, words.JSON)} | {"version": ""}
    own = words.FOREGROUND if given.words == ["daemon"] else words.WORDS.get(given.words[0], ("", words.COMMON))[1]
    return options | {word: value for word, value, _ in own}


def nearest(word: str, known: list[str]) -> str | None:
    """The known word that was probably meant."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.5)), None)


def _is_option(word: str) -> bool:
    """`-1` and `-` are values."""
    return word.startswith("--") or (word[:1] == "-" and word[1:2].isalpha())


def _take_word(given: Given, word: str) -> None:
    if not given.words:
        known = [*NOUNS, *words.WORDS]
        if word not in known:
            raise UsageError(f"there is no command {_shown(word)}", _meant(word, known, "scriven --help"))
        given.words.append(word)
    elif given.words[0] in NOUNS and len(given.words) == 1:
        verbs = list(NOUNS[given.words[0]]["verbs"])
        if word not in verbs:
            raise UsageError(
                f"{given.words[0]} has no verb {_shown(word)}", _meant(word, verbs, f"it has {', '.join(verbs)}")
            )
        given.words.append(word)
    else:
        given.values.append(word)


def _take_option(given: Given, word: str, rest: Iterator[str]) -> None:
    name, equals, value = word[2:].partition("=") if word.startswith("--") else (word, "", "")
    known = options_of(given)
    if name not in known:
        if given.help:
            return
        raise UsageError(
            f"{' '.join(given.words) or 'scriven'} has no option {_shown(word.partition('=')[0])}",
            _meant(name, list(known), f"scriven {' '.join([*given.words, '--help'])}", "--")
            + ("" if word.startswith("--") else "; a value that begins with a dash goes after --"),
        )
    if name in given.options:
        raise UsageError(f"--{name} is given twice")
    if known[name] == "":
        if equals:
            raise UsageError(f"--{name} takes no value")
        given.options[name] = True
        return
    if not equals:
        value = next(rest, "--")
        if value.startswith("--"):
            if given.help:
                return
            raise UsageError(f"--{name} needs a value", f"--{name} {known[name]}, or --{name}={known[name]}")
    given.options[name] = value


def _meant(word: str, known: list[str], otherwise: str, dashes: str = "") -> str:
    found = nearest(word.lstrip("-"), known)
    return otherwise if found is None else f"did you mean {dashes}{found}?"


def _shown(word: str) -> str:
    """A word that was not understood, as far as it is safe and useful to print."""
    return word if word.isprintable() and len(word) <= 40 else "of that name"
