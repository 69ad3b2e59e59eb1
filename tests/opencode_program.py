"""The real opencode in directories of its own, with a model on this machine that always says the same."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from places import made

FOLDER = Path(__file__).parent / "process" / "opencode"
PROGRAM = FOLDER / "node_modules" / "opencode-linux-x64" / "bin" / "opencode"
SECONDS = 60

TODOS = [
    {"content": "Read the notes", "status": "completed", "priority": "high"},
    {"content": "Écrire 😀", "status": "in_progress", "priority": "low"},
]
TOOLS = [
    ("todowrite", {"todos": TODOS}),
    ("write", {"filePath": "made.txt", "content": "made"}),
    ("read", {"filePath": "none"}),
]


class Opencode:
    """One user's opencode, serving. Its proxy for all that is not on this machine is a closed port."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.database = f"{root}/data/opencode/opencode.db"
        self._model = ThreadingHTTPServer(("127.0.0.1", 0), Model)
        threading.Thread(target=self._model.serve_forever, daemon=True).start()
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("OPENCODE_", "XDG_"))
        } | {
            "HOME": made(root, "home"),
            **{f"XDG_{name.upper()}_HOME": made(root, name) for name in ("data", "config", "state", "cache")},
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
            "OPENCODE_CONFIG_CONTENT": json.dumps(self._configuration()),
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_SHARE": "1",
        }
        # Without an environment of its own it would look at whoever runs the tests.
        self.project = made(root, "project")
        self._run("git", "init", "--quiet", ".")
        self._run("git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "--allow-empty", "-m", "x")
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""

    def serve(self) -> None:
        """Start the server, and wait until it says where it listens."""
        self._process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--hostname", "127.0.0.1"],
            cwd=self.project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout
        said = b""
        until = time.monotonic() + SECONDS
        while not (found := re.search(rb"listening on (http://127\.0\.0\.1:\d+)\n", said)):
            readable, _, _ = select.select([self._process.stdout], [], [], max(0, until - time.monotonic()))
            data = os.read(self._process.stdout.fileno(), 65536) if readable else b""
            assert data, f"opencode does not serve: {said.decode()}"
            said += data
        self._address = found[1].decode()

    @property
    def serves(self) -> bool:
        """Whether it is still there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the server and the model."""
        if self._process:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout
            self._process.stdout.close()
        self._model.shutdown()
        self._model.server_close()

    def ask(self, verb: str, path: str, body: Any = None, directory: str = "") -> Any:
        """One call of its HTTP interface."""
        request = Request(
            f"{self._address}{path}?directory={quote(directory or self.project)}",
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with _opener(request, timeout=SECONDS) as reply:
            return json.loads(reply.read() or b"null")

    def load(self, exported: dict[str, Any]) -> None:
        """Bring in a whole session, as `opencode export` writes it."""
        place = Path(self.root, f"{exported['info']['id']}.json")
        place.write_text(json.dumps(exported))
        self._run(str(PROGRAM), "import", str(place))

    def _run(self, *line: str) -> None:
        done = subprocess.run(
            line,
            cwd=self.project,
            env=self._environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done

    def _configuration(self) -> dict[str, Any]:
        options = {"baseURL": f"http://127.0.0.1:{self._model.server_port}/v1", "apiKey": "none"}
        model = {"name": "M", "tool_call": True, "reasoning": True, "limit": {"context": 100_000, "output": 1000}}
        provider = {"npm": "@ai-sdk/openai-compatible", "name": "Here", "options": options, "models": {"m": model}}
        return {
            "model": "here/m",
            "small_model": "here/m",
            "share": "disabled",
            "autoupdate": False,
            "permission": {"*": "allow"},
            "provider": {"here": provider},
        }


class Model(BaseHTTPRequestHandler):
    """A model that first thinks and calls each tool, and is done when it has seen what they gave."""

    def do_POST(self) -> None:
        """Answer a prompt in the form that the providers share."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        seen = any(message["role"] == "tool" for message in body["messages"])
        if body.get("tools") and not seen:
            self._say({"role": "assistant", "reasoning_content": "First a plan."})
            self._say({"content": "I make a plan."})
            calls = [
                {
                    "index": n,
                    "id": f"call_{n}",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(given)},
                }
                for n, (name, given) in enumerate(TOOLS)
            ]
            self._say({"tool_calls": calls})
            self._say({}, "tool_calls")
        else:
            self._say({"role": "assistant", "content": "Done."})
            self._say({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, delta: dict[str, Any], finish: str | None = None) -> None:
        chunk = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        if finish:
            chunk["usage"] = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


_opener: Callable[..., Any] = build_opener(ProxyHandler({})).open
