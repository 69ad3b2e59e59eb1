"""Imports and exports over the socket: beside other writers, broken off and begun again, and of what is big."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from threading import Thread

from every_kind import EARLY, EVERY, LOG, MESSAGE, SESSION, Given, counts
from running import Daemon
from wire_client import FRAMINGS, Wire

MEBIBYTE = 1024 * 1024
FRAME = 16 * MEBIBYTE


def exported(wire: Wire, limit: int = 1000) -> tuple[list[Given], list[int]]:
    """Every record, and how many bytes each reply had."""
    items: list[Given] = []
    sizes = []
    cursor: dict[str, str] = {}
    while True:
        page = wire.call("state.export", {"limit": limit, **cursor})
        sizes.append(len(wire.last))
        items += page["items"]
        if page["nextCursor"] is None:
            return items, sizes
        cursor = {"cursor": page["nextCursor"]}


def together(*jobs: Callable[[], None]) -> None:
    """Run them at once, to their ends; what one raises is raised."""
    failed: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            failed.append(error)

    threads = [Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_big_records_go_out_in_pages_that_fit_a_frame(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    text = "x" * (MEBIBYTE - 1000)
    given = [SESSION]
    for number, mebibytes in enumerate((11, 1, 3, 3, 11, 1)):
        parts = [{"id": f"p{number}-{n}", "type": "text", "text": text} for n in range(mebibytes)]
        given.append(MESSAGE | {"id": f"m{number}", "parts": parts})
    for record in given:
        assert counts(wire.call("state.import", {"records": [record]})) == (1, 0, 0, 0)
    for framing in FRAMINGS:
        items, sizes = exported(connect(fresh, framing))
        assert [item["id"] for item in items] == [record["id"] for record in given]
        assert [item.get("parts") for item in items] == [record.get("parts") for record in given]
        assert max(sizes) < FRAME
        assert [size // MEBIBYTE for size in sizes] == [0, 10, 6, 10, 0], "what fits together goes together"


def test_an_import_beside_other_writers_loses_nothing_of_either(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    importer, *writers = [connect(fresh) for _ in range(4)]
    importer.call("state.import", {"records": [SESSION]})

    def bring() -> None:
        for batch in range(15):
            records = [MESSAGE | {"id": f"i{batch}-{n}", "parts": [{"type": "text", "text": "in"}]} for n in range(100)]
            assert counts(importer.call("state.import", {"records": records})) == (100, 0, 0, 0)

    def write(index: int) -> None:
        for n in range(100):
            writers[index].call("messages.append", {"sessionId": "s", "role": "user", "id": f"w{index}-{n}"})
            assert writers[index].call("settings.set", {"key": f"k{index}", "value": n})["revision"] == n + 1

    together(bring, *(lambda index=index: write(index) for index in range(3)))
    items, _ = exported(importer)
    messages = [item["id"] for item in items if item["kind"] == "message"]
    assert len(messages) == len(set(messages)) == 1800
    for prefix in ("w0", "w1", "w2", *(f"i{batch}" for batch in range(15))):
        mine = [int(name.partition("-")[2]) for name in messages if name.startswith(f"{prefix}-")]
        assert mine == list(range(100)), "what one client sent stands in its order"


def test_two_imports_of_the_same_at_once_bring_it_once(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    records = [SESSION] + [MESSAGE | {"id": f"m{n}"} for n in range(500)] + [LOG | {"id": f"l{n}"} for n in range(499)]
    total: Counter[str] = Counter()

    def bring(wire: Wire) -> None:
        for begin in range(0, 1000, 50):
            said = wire.call("state.import", {"records": records[begin : begin + 50]})
            assert said.pop("skipped") == []
            total.update(said)

    first, second = connect(fresh), connect(fresh)
    together(lambda: bring(first), lambda: bring(second))
    assert total == {"added": 1000, "updated": 0, "present": 1000}


def test_an_import_that_was_broken_off_goes_on_when_it_is_run_again(
    start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    records = EVERY + [MESSAGE | {"id": f"m{n}", "parts": [{"type": "text", "text": f"{n}"}]} for n in range(400)]
    batches = [records[begin : begin + 50] for begin in range(0, len(records), 50)]
    broken = start().ready()
    wire = connect(broken)
    for batch in batches[:4]:
        wire.call("state.import", {"records": batch})
    wire.request("state.import", {"records": batches[4]})
    broken.kill()
    whole = connect(start().ready())
    said = [counts(whole.call("state.import", {"records": batch})) for batch in batches]
    assert said[:4] == [(0, 0, len(batch), 0) for batch in batches[:4]]
    assert said[4] in {(50, 0, 0, 0), (0, 0, 50, 0)}, "all of a call, or nothing of it"
    assert said[5:] == [(len(batch), 0, 0, 0) for batch in batches[5:]]
    items, _ = exported(whole)
    assert len(items) == len(records)


def test_a_wrong_record_between_good_ones_is_named_in_the_reply(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    said = wire.call("state.import", {"records": [SESSION, MESSAGE | {"role": "hunter2"}, MESSAGE, "hunter2", EARLY]})
    assert counts(said) == (2, 0, 0, 3)
    assert [skipped["index"] for skipped in said["skipped"]] == [1, 3, 4]
    assert "hunter2" not in json.dumps(said)


def test_what_came_in_is_counted_by_the_status(fresh: Daemon, connect: Callable[..., Wire]) -> None:
    wire = connect(fresh)
    wire.call("state.import", {"records": EVERY})
    held = wire.call("daemon.status")["counts"]
    assert [held[kind] for kind in ("settings", "workspaces", "sessions", "messages", "memory")] == [1, 1, 1, 1, 1]
