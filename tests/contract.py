"""The OpenRPC document as the judge of every message the tests send and receive."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

Json = dict[str, Any]

# What any message can meet, whatever its method: the envelope is judged before the method is known.
ENVELOPE = frozenset(("parse_error", "invalid_request", "method_not_found", "invalid_params", "limit_exceeded"))


class Contract:
    """One OpenRPC document, compiled. Every `check_` raises AssertionError with what breaks it."""

    def __init__(self, document: Json) -> None:
        components = document["components"]
        self.errors: Json = components["errors"]
        self.methods: Json = {method["name"]: method for method in document["methods"]}
        self._params: dict[str, Draft202012Validator] = {}
        self._results: dict[str, Draft202012Validator] = {}
        self._kinds: dict[str, frozenset[str]] = {}
        self._fields: dict[str, list[str]] = {}
        self._passed: set[tuple[str, str]] = set()
        for name, method in self.methods.items():
            fields = method["params"]
            taken = {
                "type": "object",
                "properties": {field["name"]: field["schema"] for field in fields},
                "required": [field["name"] for field in fields if field["required"]],
                "additionalProperties": False,
            }
            self._fields[name] = [field["name"] for field in fields if field["name"] != "_meta"]
            self._params[name] = Draft202012Validator({"components": components, **taken})
            self._results[name] = Draft202012Validator({"components": components, **method["result"]["schema"]})
            self._kinds[name] = frozenset(entry["$ref"].rpartition("/")[2] for entry in method["errors"])

    def check_request(self, request: Json) -> None:
        """A call that the interface allows, by name or by position."""
        assert request["jsonrpc"] == "2.0", request
        assert set(request) <= {"jsonrpc", "id", "method", "params"}, request
        name = request["method"]
        if name.startswith("$/"):
            return
        assert name in self.methods, f"the interface has no method {name}"
        params = request.get("params", {})
        if isinstance(params, list):
            assert len(params) <= len(self._fields[name]), f"too many positional params for {name}"
            params = dict(zip(self._fields[name], params, strict=False))
        self._judge("request", name, self._params[name], params)

    def check_reply(self, name: str | None, reply: Json) -> None:
        """A reply to a call of that method, or to a message whose method is not known."""
        assert reply["jsonrpc"] == "2.0", reply
        if "result" in reply:
            assert set(reply) == {"jsonrpc", "id", "result"}, reply
            assert name is not None, f"a result without a call: {reply}"
            self._judge("result", name, self._results[name], reply["result"])
            return
        assert set(reply) == {"jsonrpc", "id", "error"}, reply
        self.check_error(name, reply["error"])

    def check_error(self, name: str | None, error: Json) -> None:
        """An error the table knows, with the code and the data it promises."""
        assert set(error) == {"code", "message", "data"}, error
        data = error["data"]
        known = self.errors[data["kind"]]
        assert error["code"] == known["code"], error
        assert data["retryable"] is known["data"]["retryable"], error
        assert data["outcome"] in ("none", "done", "unknown"), error
        assert isinstance(error["message"], str), error
        assert error["message"], error
        assert isinstance(data.get("hint", ""), str), error
        allowed = ENVELOPE if name not in self._kinds else ENVELOPE | self._kinds[name]
        assert data["kind"] in allowed, f"{name} does not declare {data['kind']}"

    def _judge(self, what: str, name: str, validator: Draft202012Validator, instance: Any) -> None:
        seen = (f"{what} {name}", json.dumps(instance, sort_keys=True))
        if seen in self._passed:
            return
        wrong = best_match(validator.iter_errors(instance))
        assert wrong is None, f"{what} of {name} at {wrong.json_path}: {wrong.message}"
        if len(self._passed) < 20_000 and len(seen[1]) < 4096:
            self._passed.add(seen)


def published() -> Contract:
    """The document the package carries."""
    return Contract(json.loads(resources.files("scriven.derived").joinpath("openrpc.json").read_text(encoding="utf-8")))
