"""The parts of a message that are known by their `type`: what each must hold, and what of it is searched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from scriven.errors import InvalidParams
from scriven.method import invalid

# Of what a tool was given, and of what it gave, this many characters are searched; of its input, this many levels.
TOOL_TEXT = 16 * 1024
TOOL_LEVELS = 8

Optional = str | UnsetType | None


class Known(Struct, frozen=True):
    """A part of a known type. Fields it does not name may hold anything."""

    def texts(self) -> Iterator[str]:
        """What is searched in it."""
        return iter(())


class Text(Known, frozen=True):
    """What was said."""

    text: str

    def texts(self) -> Iterator[str]:
        """The text."""
        yield self.text


class Begun(Struct, frozen=True):
    """A span of time; its end may be open."""

    start: float


class Span(Begun, frozen=True):
    """A span of time that is over."""

    end: float


class Reasoning(Known, frozen=True):
    """What was thought."""

    text: str
    time: Begun

    def texts(self) -> Iterator[str]:
        """The text."""
        yield self.text


class Excerpt(Struct, frozen=True):
    """A piece of a text, by its place there."""

    value: str
    start: float
    end: float


class Position(Struct, frozen=True):
    """A place in a file."""

    line: float
    character: float


class Range(Struct, frozen=True):
    """From one place in a file to another."""

    start: Position
    end: Position


class WholeFile(Struct, frozen=True):
    """Where a file part comes from: a file."""

    path: str
    text: Excerpt


class Symbol(WholeFile, frozen=True):
    """Where a file part comes from: a symbol in a file."""

    range: Range
    name: str
    kind: float


class File(Known, frozen=True):
    """A file that goes with the message."""

    mime: str
    url: str
    filename: Optional = UNSET
    source: Raw | UnsetType = UNSET

    def texts(self) -> Iterator[str]:
        """Its name."""
        if self.filename:
            yield self.filename


class Pending(Struct, tag_field="status", tag="pending", frozen=True):
    """A call of a tool whose input is still coming."""

    input: dict[str, Raw]
    raw: str

    def texts(self) -> Iterator[str]:
        """The input's."""
        yield from _strings(self.input)


class Running(Struct, tag_field="status", tag="running", frozen=True):
    """A call of a tool that is under way."""

    input: dict[str, Raw]
    time: Begun
    title: Optional = UNSET

    def texts(self) -> Iterator[str]:
        """The title's and the input's."""
        yield self.title or ""
        yield from _strings(self.input)


class Completed(Struct, tag_field="status", tag="completed", frozen=True):
    """A call of a tool that succeeded."""

    input: dict[str, Raw]
    output: str
    title: str
    metadata: dict[str, Raw]
    time: Span
    attachments: list[Raw] | UnsetType | None = UNSET

    def texts(self) -> Iterator[str]:
        """The title's, the input's and the output's."""
        yield self.title
        yield from _strings(self.input)
        yield self.output[:TOOL_TEXT]


class Failed(Struct, tag_field="status", tag="error", frozen=True):
    """A call of a tool that failed."""

    input: dict[str, Raw]
    error: str
    time: Span

    def texts(self) -> Iterator[str]:
        """The input's and the error's."""
        yield from _strings(self.input)
        yield self.error[:TOOL_TEXT]


class Tool(Known, rename={"call_id": "callID"}, frozen=True):
    """A call of a tool."""

    call_id: str
    tool: str
    state: Pending | Running | Completed | Failed

    def texts(self) -> Iterator[str]:
        """The tool's name, and what its state has."""
        yield self.tool
        yield from self.state.texts()


class StepStart(Known, frozen=True):
    """A step of the agent begins."""


class Cache(Struct, frozen=True):
    """Tokens that a cache gave and took."""

    read: float
    write: float


class Tokens(Struct, frozen=True):
    """What a step used."""

    input: float
    output: float
    reasoning: float
    cache: Cache


class StepFinish(Known, frozen=True):
    """A step of the agent ends."""

    reason: str
    cost: float
    tokens: Tokens


class Snapshot(Known, frozen=True):
    """The state of the files."""

    snapshot: str


class Patch(Known, frozen=True):
    """Files were changed."""

    hash: str
    files: list[str]

    def texts(self) -> Iterator[str]:
        """Their names."""
        yield from self.files


class Agent(Known, frozen=True):
    """An agent was named."""

    name: str
    source: Excerpt | UnsetType | None = UNSET

    def texts(self) -> Iterator[str]:
        """Its name."""
        yield self.name


class Failure(Struct, rename="camel", frozen=True):
    """What the model's interface said."""

    message: str
    is_retryable: bool


class ApiError(Struct, frozen=True):
    """The model's interface failed."""

    name: Literal["APIError"]
    data: Failure


class Created(Struct, frozen=True):
    """A moment."""

    created: float


class Retry(Known, frozen=True):
    """The model was asked again."""

    attempt: float
    error: ApiError
    time: Created


class Compaction(Known, frozen=True):
    """What came before was made shorter."""

    auto: bool


class Subtask(Known, frozen=True):
    """Work was handed to another agent."""

    prompt: str
    description: str
    agent: str

    def texts(self) -> Iterator[str]:
        """What is asked."""
        yield from (self.prompt, self.description)


KNOWN: dict[str, type[Known]] = {
    "text": Text,
    "reasoning": Reasoning,
    "file": File,
    "tool": Tool,
    "step-start": StepStart,
    "step-finish": StepFinish,
    "snapshot": Snapshot,
    "patch": Patch,
    "agent": Agent,
    "retry": Retry,
    "compaction": Compaction,
    "subtask": Subtask,
}


class Read(Struct, frozen=True):
    """What a part says of itself. `said` is the text of a text part, `searched` what an index takes of any part."""

    id: str | None
    type: str
    said: str | None
    searched: str


def read(part: Raw, path: str, *, strict: bool = True) -> Read:
    """A part, checked. What has an unknown type, and fields that a known type does not name, may hold anything.

    Raises InvalidParams with the path of the field at fault, under `path`. Unless `strict`, a part that lacks what its
    type must hold counts as one of an unknown type: history was written by older programs.
    """
    head = _decode(_HEAD, part, path)
    id_ = None if head.id is UNSET else head.id
    for name, value in (("id", id_ or ""), ("type", head.type)):
        if "\0" in value:
            raise InvalidParams(f"{path}.{name} holds a NUL character", path=f"{path}.{name}")
    try:
        known = _checked(part, head.type, path) if head.type in KNOWN else None
    except InvalidParams:
        if strict:
            raise
        known = None
    if known is None:
        return Read(id_, head.type, None, "")
    searched = "\n".join(text for text in known.texts() if text)
    return Read(id_, head.type, known.text if isinstance(known, Text) else None, searched.replace("\0", " "))


class _Head(Struct, frozen=True):
    type: Annotated[str, Meta(min_length=1, max_length=64)]
    id: Annotated[str, Meta(min_length=1, max_length=128)] | UnsetType = UNSET


class _Typed(Struct, frozen=True):
    type: str


_HEAD = msgspec.json.Decoder(_Head)
_TYPED = msgspec.json.Decoder(_Typed)
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(known) for name, known in KNOWN.items()}
_FILE = msgspec.json.Decoder(WholeFile)
_SYMBOL = msgspec.json.Decoder(Symbol)


def _checked(part: Raw, kind: str, path: str) -> Known:
    known: Known = _decode(_DECODERS[kind], part, path)
    if isinstance(known, File):
        _check_source(known, f"{path}.source")
    elif isinstance(known, Tool) and isinstance(known.state, Completed):
        for index, attachment in enumerate(known.state.attachments or ()):
            place = f"{path}.state.attachments[{index}]"
            if _decode(_TYPED, attachment, place).type != "file":
                raise InvalidParams(f"{place}.type: expected `file`", path=f"{place}.type")
            _checked(attachment, "file", place)
    return known


def _check_source(file: File, path: str) -> None:
    if file.source is UNSET or bytes(file.source) == b"null":
        return
    kind = _decode(_TYPED, file.source, path).type
    if kind in ("file", "symbol"):
        _decode(_FILE if kind == "file" else _SYMBOL, file.source, path)


def _decode(decoder: msgspec.json.Decoder[Any], value: Raw, path: str) -> Any:
    try:
        return decoder.decode(value)
    except msgspec.DecodeError as error:
        raise invalid(str(error), path) from None
    except RecursionError:
        raise InvalidParams(f"{path} is nested too deeply", path=path) from None


def _strings(given: dict[str, Raw]) -> Iterator[str]:
    """The texts in a JSON object, in their order, as far as they are searched."""
    room = TOOL_TEXT
    waiting = [(iter(given.values()), TOOL_LEVELS)]
    while waiting and room > 0:
        values, levels = waiting[-1]
        value = next(values, None)
        if value is None:
            waiting.pop()
            continue
        first = memoryview(value)[0]
        if first == _QUOTE:
            text = msgspec.json.decode(value, type=str)[:room]
            room -= len(text)
            yield text
        elif levels and first in _INNER:
            with suppress(RecursionError):
                waiting.append((iter(_INNER[first](value)), levels - 1))


_QUOTE = ord('"')
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_INNER = {ord("{"): lambda value: _OBJECT.decode(value).values(), ord("["): _ARRAY.decode}
