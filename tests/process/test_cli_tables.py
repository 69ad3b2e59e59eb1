"""What a person sees of sessions, transcripts, todos, memory and logs: on a terminal of 80 columns, and in a pipe."""

from __future__ import annotations

import json
import os
import pty
import subprocess

import pytest

from program import Home

ASKED = "Why does the parser drop the last line?\n\nIt happens with every file that has no newline at its end."
CALL = {
    "type": "tool",
    "callID": "c1",
    "tool": "grep",
    "state": {
        "status": "completed",
        "input": {"q": "readline"},
        "output": "parser.c:88",
        "title": "Find the loop",
        "metadata": {},
        "time": {"start": 1, "end": 2},
    },
}
PICTURE = {"type": "file", "mime": "image/png", "url": f"data:image/png;base64,{'QUJD' * 5000}"}


@pytest.fixture
def session(running: Home) -> str:
    """A session in which a person asked, and an agent looked for the answer."""
    workspace = running.json("workspaces", "open", running.root)["id"]
    session = running.json("sessions", "start", "--workspace-id", workspace, "--title", json.dumps("Fix the parser"))
    metadata = json.dumps({"model": {"providerID": "some", "modelID": "large"}, "cwd": "/home/ada/engine"})
    asked = json.dumps([{"type": "text", "text": ASKED}, PICTURE])
    running.json("messages", "append", session["id"], "user", "--parts", asked, "--metadata", metadata)
    running.json("messages", "append", session["id"], "assistant", "--parts", json.dumps([CALL]))
    return str(session["id"])


def on_terminal(home: Home, *line: str, columns: int = 80) -> list[str]:
    """The lines a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    environment = home.environment | {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(columns)}
    with subprocess.Popen(
        [*home.program, *line], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=environment
    ) as done:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            pass  # the other end of a pseudo-terminal closes with an error
        os.close(ours)
        assert done.wait(30) == 0
    lines = shown.decode().splitlines()
    assert all(len(text) <= columns for text in lines) or line[1] == "get"
    return lines


def test_a_list_of_messages_shows_who_said_what(running: Home, session: str) -> None:
    head, asked, answered = on_terminal(running, "messages", "list", session)
    assert head.split() == ["id", "role", "parts", "updated", "at"]
    assert "  user       Why does the parser drop" in asked
    assert "  assistant  [tool grep] Find the loo" in answered


def test_a_wider_terminal_shows_more_of_what_was_said(running: Home, session: str) -> None:
    _, asked, _ = on_terminal(running, "messages", "list", session, columns=150)
    assert "Why does the parser drop the last line? It happens with every file" in asked


def test_a_list_of_sessions_keeps_the_title_and_when_it_was_active(running: Home, session: str) -> None:
    head, row = on_terminal(running, "sessions", "list")
    assert "last active" in head
    assert session in row
    assert "Fix the parser" in row


def test_a_list_of_memories_leaves_room_for_what_they_say(running: Home) -> None:
    said = "Prefers answers that fit on one page, and never a second one"
    running.json("memory", "remember", said, "--category", "preference", "--tags", '["style","length"]')
    _, row = on_terminal(running, "memory", "list")
    assert "Prefers answers that" in row


def test_a_search_shows_the_words_around_and_no_score(running: Home, session: str) -> None:
    head, row, *_ = on_terminal(running, "messages", "search", "parser newline", columns=120)
    assert "score" not in head
    assert "  Why does the parser drop" in row
    assert session in on_terminal(running, "messages", "get", row.split()[0])[1]


def test_a_message_is_read_as_it_was_said_and_no_picture_fills_the_screen(running: Home, session: str) -> None:
    messages = running.json("messages", "list", session)["items"]
    shown = running.run("messages", "get", messages[0]["id"]).out
    assert "parts         Why does the parser drop the last line?\n\n              It happens" in shown
    assert "[file] {" in shown
    assert "(20,022 characters)" in shown
    assert len(shown) < 2000
    assert "parser.c:88" in running.run("messages", "get", messages[1]["id"]).out


def test_todos_are_lines(running: Home, session: str) -> None:
    todos = [{"content": "Read to the end", "status": "in_progress"}, {"content": "Test it", "status": "pending"}]
    shown = running.run("todos", "set", session, json.dumps(todos)).out
    assert "todos       [in_progress] Read to the end\n            [pending] Test it\n" in shown


def test_a_long_text_in_a_pipe_is_whole_and_widens_no_other_row(running: Home, session: str) -> None:
    text = "long " * 20_000
    running.json(
        "messages", "append", session, "user", "--parts", "-", stdin=json.dumps([{"type": "text", "text": text}])
    )
    shown = running.run("messages", "list", session).out
    assert text.strip() in shown
    assert len(shown) < len(text) + 2000


@pytest.mark.parametrize("line", [("logs", "days", "--from", "2001-01-01", "--to", "2001-01-02"), ("context", "get")])
def test_nothing_is_told_as_nothing(running: Home, line: tuple[str, ...]) -> None:
    done = running.run(*line)
    assert (done.code, done.out, done.err) == (0, "", f"scriven: {' '.join(line[:2])}: there is nothing\n")
