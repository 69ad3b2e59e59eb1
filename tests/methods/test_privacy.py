"""What people mark as private never reaches the disk, in any column of any table."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scriven.errors import InvalidParams
from scriven.privacy import without_private

SECRET = "hunter2"
MARKED = f"kept <private>{SECRET}</private> kept"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (b'{"a": "x<private>y</private>z", "n": 1.00}', b'{"a": "xz", "n": 1.00}'),
        (rb'{"a":"x\u003cprivate\u003ey\u003c/private\u003ez"}', b'{"a":"xz"}'),
        (rb'{"a":"x<\u0070rivate>y</privat\u0065>z"}', b'{"a":"xz"}'),
        (b'{"a":"x<private>y</private z"}', b'{"a":"x"}'),
        ('{"a":"é<private>y</private>é"}'.encode(), '{"a":"éé"}'.encode()),
        (rb'{"a":"x<Private>y<\/PRIVATE>z"}', b'{"a":"xz"}'),
        (b'{"a":"x<private>y<private>y</private>y</private>z"}', b'{"a":"xz"}'),
        (b'{"a":"x<private>y"}', b'{"a":"x"}'),
        (b'{"a":"x</private>y"}', b'{"a":"xy"}'),
        (b'{"a":"x<private why=\\"q\\">y</private>z"}', b'{"a":"xz"}'),
        (b'{"<private>y</private>a":["<private>y</private>"]}', b'{"a":[""]}'),
        (rb'{"a":"\"<private>\"y\\</private>\""}', rb'{"a":"\"\""}'),
        (rb'{"a":"\ud800<private>y</private>"}', rb'{"a":"\ud800"}'),
    ],
)
def test_what_stands_between_the_tags_goes_with_them(raw: bytes, kept: bytes) -> None:
    assert without_private(raw) == kept


@pytest.mark.parametrize(
    "raw",
    [b'{"private":true}', b'{"a":"a private matter", "b":"<privates>"}', rb'{"a":"\u00e9<b>"}', b'{"a":"x<private y"}'],
)
def test_what_has_no_such_tag_is_left_byte_for_byte(raw: bytes) -> None:
    assert without_private(raw) == raw


@given(
    st.recursive(
        st.text(alphabet='<>/private"\\ \né'), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_nothing_marked_is_left_in_any_json(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        kept = without_private(text.encode())
        json.loads(kept)
        assert b"<private>" not in kept


def test_no_write_of_any_noun_brings_it_to_the_disk(run: Any, tmp_path: Any) -> None:
    workspace = run("workspaces.open", projectDir=str(tmp_path), name=MARKED)["id"]
    run("workspaces.update", id=workspace, config={"note": MARKED})
    run("settings.set", key="k", value={"deep": [MARKED]})
    run("sessions.start", id="a", title=MARKED, source=MARKED, metadata={"x": MARKED})
    part = {"type": "text", "text": MARKED, "odd": MARKED}
    tool = {
        "type": "tool",
        "callID": "1",
        "tool": "sh",
        "state": {"status": "pending", "input": {"x": MARKED}, "raw": MARKED},
    }
    message = run("messages.append", sessionId="a", role="user", parts=[part, tool], metadata={"x": MARKED})
    run("parts.put", messageId=message["id"], part={"type": "strange", "x": MARKED})
    run("todos.set", sessionId="a", todos=[{"content": MARKED, "status": "pending"}])
    run("memory.remember", content=MARKED, tags=[MARKED], metadata={"x": MARKED})
    run("memory.observe", pattern=MARKED, patternType="workflow", evidence=MARKED)
    run("logs.append", eventType="note", eventData={"x": MARKED})
    run("transaction.run", calls=[{"method": "memory.remember", "params": {"content": f"other {MARKED}"}}])
    run("sessions.end", id="a", summary=MARKED)
    run("memory.remember", content=MARKED, _meta={"idempotencyKey": "k"})
    stored = run.connection.serialize()
    assert b"kept" in stored
    assert SECRET.encode() not in stored
    assert all(SECRET.encode() not in bytes(change.body) for change in run.changes)


def test_a_memory_that_is_all_private_is_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("memory.remember", content=f"<private>{SECRET}</private>")
    assert failure.value.details["path"] == "$.content"


def test_a_long_text_is_cleared_in_little_memory() -> None:
    raw = json.dumps([f"{'x' * 2_000_000}<private>{SECRET}</private>", "\n" * 200_000]).encode()
    tracemalloc.start()
    try:
        assert SECRET.encode() not in without_private(raw)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(raw)
    finally:
        tracemalloc.stop()


def test_tags_that_are_never_complete_cost_no_more_than_others() -> None:
    raw = json.dumps("<private " * 100_000).encode()
    begun = time.process_time()
    assert without_private(raw) == raw
    # Looking for the end of each anew would take most of a minute.
    assert time.process_time() - begun < 5
