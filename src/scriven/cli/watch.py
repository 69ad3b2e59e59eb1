"""`scriven watch`: changes as they come, a line for each, until whoever reads them has seen enough."""

from __future__ import annotations

import json
import select
import sys
import time

from scriven.cli import failures, moments, spoken
from scriven.cli.failures import Failure
from scriven.cli.layout import ALONE, Page, cut, visible
from scriven.cli.output import print_json, print_lines
from scriven.client import messages
from scriven.client.course import Course, params_of
from scriven.client.errors import CursorExpired
from scriven.client.subscription import Subscription
from scriven.derived.cli_table import NOUNS
from scriven.paths import socket_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from scriven.cli.arguments import Given
    from scriven.client.course import Event
    from scriven.client.errors import ScrivenError

# What an event's times look like.
MOMENT = "2026-01-31T10:30:00.000Z"
STDOUT = 1
TOPIC = 15
GLOBAL = "global"
# Of a body that is cut to the terminal, no more is laid out than this many times its width.
AMPLE = 4


def watch(given: Given) -> int:
    """Print events. It returns by an exception alone: interrupted, its output closed, or refused."""
    if sys.stdout is None:
        raise Failure("standard output is closed")
    path = socket_path(given.text("socket"))
    workspace = given.text("workspace")
    asked = params_of(given.values or ["*"], workspace, given.text("since"))
    page = Page()
    try:
        events = Subscription(
            path, Course(path, asked, client="scriven watch", wait=None, away=_tell_away), rest=_until_readable
        )
        while (taken := events.take()) is not None:
            event, frame = taken
            if "json" in given.options:
                print_json(_as_it_came(frame))
            else:
                print_lines(_lines(event, page, told=workspace or GLOBAL))
            sys.stdout.flush()
    except CursorExpired as expired:
        further = "" if expired.head is None else f", then go on with --since {expired.head}"
        raise Failure(
            "the change log does not reach back to that cursor: some changes cannot be told any more",
            f"read what you need anew{further}",
        ) from None
    return failures.OK


def _tell_away(reason: ScrivenError | None) -> None:
    if reason is None:
        failures.say("the daemon is back")
    else:
        failures.say(f"{reason.message}; waiting for it", reason.hint)


def _until_readable(readable: int | None, seconds: float) -> None:
    """Wait for the daemon, or for a time, but no longer than somebody reads what is printed."""
    poll = select.poll()
    poll.register(STDOUT, 0)
    if readable is not None:
        poll.register(readable, select.POLLIN)
    for descriptor, what in poll.poll(None if readable is not None else seconds * 1000):
        if descriptor == STDOUT and what & (select.POLLERR | select.POLLHUP):
            raise BrokenPipeError


def _as_it_came(frame: bytes) -> str:
    """An event as the daemon wrote it, digit for digit, without the subscription's own name."""
    params = next(text for name, text in messages.members(frame.decode()) if name == "params")
    kept = [f'"{name}":{text}' for name, text in messages.members(params) if name != "subscription"]
    return "{" + ",".join(kept) + "}"


def _lines(event: Event, page: Page, told: str) -> list[str]:
    lines = []
    if event.get("missed"):
        number = event["missed"]
        lines.append(page.dim(f"{number:,} {'change' if number == 1 else 'changes'} that no log keeps went by unseen"))
    topic = visible(event["topic"])
    workspace = visible(event["workspaceId"])
    moment = _moment(event["at"])
    said = _gist(topic, event["body"], page)
    if workspace not in (told, GLOBAL) and not said.startswith(workspace):
        said = f"[{workspace}] {said}"
    if page.columns is not None:
        said = cut(said, max(8, page.columns - len(moment) - max(TOPIC, len(topic)) - 4))
    space = " " * (TOPIC - len(topic))
    lines.append(f"{page.dim(moment)}  {page.bold(topic)}{space}  {said}".rstrip())
    return lines


def _moment(at: str) -> str:
    """`10:30:00` today, else with its date."""
    then, now = time.localtime(moments.epoch(at)), time.localtime()
    return time.strftime("%H:%M:%S" if then[:3] == now[:3] else "%Y-%m-%d %H:%M:%S", then)


def _gist(topic: str, body: Any, page: Page) -> str:
    """What identifies a body, and what it says."""
    if not isinstance(body, dict) or topic.startswith("app."):
        return _shown(body, "json", page)
    if isinstance(body.get("ref"), dict):
        return f"{_shown(body['ref'].get('id'), None, page)} (too long to be told: read it)"
    layout = _layout(topic)
    first, *rest = list(body) or [""]
    said = [_shown(body[name], layout.get(name), page) for name in rest if _tells(name, body[name])]
    return "  ".join([_shown(body.get(first), layout.get(first), page), *said])


def _tells(name: str, value: Any) -> bool:
    """Whether a field says something on one line of many: what belongs to what, how often and when, does not."""
    if name.endswith("Id") or name in ALONE or value in (None, "", [], {}):
        return False
    if isinstance(value, str) and len(value) == len(MOMENT) and value[10] == "T" and value.endswith("Z"):
        return False
    return not isinstance(value, bool | int | float) or name == "value"


def _layout(topic: str) -> dict[str, Any]:
    """How the fields are laid out where the body is the result of the method of that name."""
    noun, _, verb = topic.partition(".")
    result = NOUNS.get(noun, {"verbs": {}})["verbs"].get(verb, {}).get("result")
    return result.get("record", {}) if isinstance(result, dict) else {}


def _shown(value: Any, layout: Any, page: Page) -> str:
    parts = spoken.gist([value] if isinstance(value, dict) else value)
    if parts is None and isinstance(value, list):
        parts = ", ".join(spoken.lines(value) or []) or None
    if parts is None:
        parts = value if isinstance(value, str) and layout != "json" else json.dumps(value, ensure_ascii=False)
    if page.columns is not None:
        parts = parts[: AMPLE * page.columns]
    return visible(" ".join(parts.split()))
