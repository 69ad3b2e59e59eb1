"""One call to the daemon, its result printed: as JSON just as it came, or laid out for a person."""

from __future__ import annotations

from scriven.cli import failures, values
from scriven.cli.failures import UsageError
from scriven.cli.output import print_json, print_lines
from scriven.client import messages
from scriven.client.connection import TIMEOUT, Connection
from scriven.derived.access import READS
from scriven.paths import socket_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from scriven.cli.arguments import Given


def connection_of(given: Given, timeout: float = TIMEOUT) -> Connection:
    """The connection that the options ask for."""
    return Connection(socket_path(given.text("socket")), timeout=given.seconds("timeout", timeout))


def run_method(given: Given, command: dict[str, Any]) -> int:
    """A noun and its verb."""
    result, frame = _call(given, command["method"], values.params_of(given, command))
    if "json" in given.options or command["result"] == "json":
        print_json(messages.result_text(frame))
        return failures.OK
    if result is None:
        failures.say(f"{' '.join(given.words)}: there is none")
        return failures.FAILED
    from scriven.cli.layout import Page, lines_of

    print_lines(lines_of(result, command["result"], Page()))
    if isinstance(result, dict) and "page" in command["result"]:
        _tell_of_page(given, result)
    elif result == [] or ("body" in command["result"] and not result[command["result"]["body"]]):
        failures.say(f"{' '.join(given.words)}: there is nothing")
    return failures.OK


def run_call(given: Given) -> int:
    """A method by its name, with params as JSON."""
    if not 1 <= len(given.values) <= 2:
        raise UsageError("call takes METHOD and PARAMS", """scriven call settings.get '{"key": "theme"}'""")
    method, *rest = given.values
    params = None
    if rest:
        params = values.json_line("PARAMS", values.read_input() if rest[0] == "-" else rest[0])
    meta = values.meta_of(given)
    if meta is not None:
        params = _with_meta(params, meta)
    _, frame = _call(given, method, params)
    print_json(messages.result_text(frame))
    return failures.OK


def _call(given: Given, method: str, params: str | None) -> tuple[Any, bytes]:
    connection = connection_of(given)
    reply, frame = connection.call(
        method,
        params,
        read=method in READS,
        keyed="idempotency-key" in given.options,
        deadline_ms=values.deadline_of(given),
    )
    connection.close()
    return messages.outcome(reply), frame


def _with_meta(params: str | None, meta: str) -> str:
    """Params with `_meta` added, the rest as it was written."""
    members = (params or "{}")[1:].lstrip()
    if params is not None and (params[0] != "{" or "_meta" in values.decode(params)):
        raise UsageError("--idempotency-key and --deadline-ms need PARAMS that are an object without _meta")
    return f'{{"_meta":{meta}{"" if members == "}" else ","}{members}'


def _tell_of_page(given: Given, result: dict[str, Any]) -> None:
    if result.get("nextCursor") is not None:
        failures.say(f"there are more; go on with --cursor {result['nextCursor']}")
    elif not result.get("items"):
        failures.say(f"{' '.join(given.words)}: there are none")
    if result.get("elsewhere"):
        failures.say(f"{result['elsewhere']} more in other workspaces")
