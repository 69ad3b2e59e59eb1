"""Memory: each thing once in a workspace, forgotten softly, back when said again, faded when it was only inferred."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scriven import recall
from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound
from scriven.methods import memory
from scriven.tx import Tx

DAY = 86_400_000

# Digests of Node's crypto over what JavaScript's trim, toLowerCase and \s make of the text.
HASHES = [
    ("Therapy on Thursdays at 2pm", "74e8f47ce79de151a0f17c54db79f8b9d2fbc6926ab6bc7ee128c994ab40fd1a"),
    ("  therapy  on Thursdays at 2PM. ", "74e8f47ce79de151a0f17c54db79f8b9d2fbc6926ab6bc7ee128c994ab40fd1a"),
    ("Prefers brief responses!!!", "e36eb0f9c0607af44782468cd3cb768da48c5d71b3114034bfe663d47137f545"),
    ("Hello !", "5e3235a8346e5a4585f8c58562f5052b8fe26a3bb122e1e96c76784964dfc461"),
    ("Hello", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
    ("...", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
        "\u00a0\ufeffTabs\u2003\u3000or\u2028spaces?\u00a0",
        "230ab18e770acc234bc1e81df309e0edf614fb30bf458753d4d84f09fe9c06ef",
    ),
    ("\u001cTabs\u0085or spaces", "a9fdad41997d9b35b2e101671ca8b0f4ad1c7bb78025bc2cc63cd8576f86af73"),
    ("Cafe\u0301", "81ef060bcd98adc7824eb5c1ada83c32491b16018e11e79f00ab9d09e04b015a"),
    ("Caf\u00e9", "850f7dc43910ff890f8879c0ed26fe697c93a067ad93a7d50f466a7028a9bf4e"),
    ("ΟΔΟΣ İ", "f9fd4095dce09d017b9637f6fe48731357684153c8eda319e02a526274a8ad8b"),
    ("a\n\nb.\n", "c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65"),
    ("Ends with.\u00a0", "19ecc104ac1b52b3645832bd247ae9fc353060b435aa391e707deb92db017728"),
    ("A. B; c:", "b85ad632e84c6515ddb4ab77ecae1e2c4c16519c7b8d5026f9ef5a8b1fff0716"),
    ("\u180e x", "44b666a3bdab429aec3fce0c41ede32de740f45e85b3d4b0d2e73495d4939991"),
]


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


def said(run: Any, content: str, **more: Any) -> Any:
    return run("memory.remember", content=content, **more)["entry"]


def found(run: Any, query: str, **more: Any) -> list[str]:
    return [item["entry"]["content"] for item in run("memory.search", query=query, **more)["items"]]


def listed(run: Any, **more: Any) -> list[str]:
    return [entry["content"] for entry in run("memory.list", **more)["items"]]


def indexed_is_alive(run: Any) -> bool:
    alive = run.rows("SELECT number FROM memory_entries WHERE deleted_at IS NULL ORDER BY number")
    return bool(run.rows("SELECT rowid FROM memory_search ORDER BY rowid") == alive)


def test_what_is_remembered_comes_back_whole(run: Any) -> None:
    given = {"category": "preference", "tags": ["style", "style", "text"], "metadata": {"from": 1.0}}
    stored = run("memory.remember", content="Prefers brief responses!!!", **given)
    assert stored["outcome"] == "created"
    assert stored["entry"] == {
        "id": stored["entry"]["id"],
        "workspaceId": "global",
        "content": "Prefers brief responses!!!",
        "contentHash": recall.content_hash("Prefers brief responses!!!"),
        "category": "preference",
        "source": "user_explicit",
        "tags": ["style", "text"],
        "metadata": {"from": 1.0},
        "seenCount": 1,
        "createdAt": run.now,
        "updatedAt": run.now,
        "lastAccessed": run.now,
        "deletedAt": None,
        "revision": 1,
    }
    assert run("memory.get", id=stored["entry"]["id"]) == stored["entry"]


@pytest.mark.parametrize(("content", "digest"), HASHES)
def test_the_hash_is_the_one_that_jarvis_stores(run: Any, content: str, digest: str) -> None:
    assert said(run, content)["contentHash"] == digest


def test_a_thing_said_again_is_one_entry_that_keeps_its_first_words(run: Any) -> None:
    first = said(run, "Prefers brief answers", category="preference", tags=["a", "b"], metadata={"first": 1})
    again = run(
        "memory.remember", content=" prefers  BRIEF answers. ", category="fact", tags=["b", "c"], metadata={"second": 2}
    )
    assert again["outcome"] == "seen"
    assert again["entry"] == first | {
        "tags": ["a", "b", "c"],
        "seenCount": 2,
        "updatedAt": run.now,
        "lastAccessed": run.now,
        "revision": 2,
    }
    assert listed(run) == ["Prefers brief answers"]


def test_a_forgotten_fact_can_be_remembered_again(run: Any) -> None:
    entry = said(run, "Lives in Delft")
    run("memory.forget", ids=[entry["id"]])
    back = run("memory.remember", content="lives in delft")
    assert (back["outcome"], back["entry"]["id"], back["entry"]["deletedAt"]) == ("revived", entry["id"], None)
    assert found(run, "delft") == listed(run) == ["Lives in Delft"]


def test_an_inferred_fact_stated_explicitly_is_explicit_and_fades_no_more(run: Any) -> None:
    said(run, "Likes tabs", source="jarvis_inferred")
    stated = run("memory.remember", content="Likes tabs")
    assert (stated["outcome"], stated["entry"]["source"]) == ("upgraded", "user_explicit")
    run.ticks += 1000 * DAY
    assert faded(run) == 0


def test_an_explicit_fact_is_not_made_an_inferred_one(run: Any) -> None:
    said(run, "Likes tabs")
    again = run("memory.remember", content="Likes tabs", source="jarvis_inferred")
    assert (again["outcome"], again["entry"]["source"]) == ("seen", "user_explicit")


def test_a_forgotten_inferred_fact_comes_back_explicit_when_the_user_says_it(run: Any) -> None:
    entry = said(run, "Likes tabs", source="jarvis_inferred")
    run("memory.forget", ids=[entry["id"]])
    back = run("memory.remember", content="Likes tabs")
    assert (back["outcome"], back["entry"]["source"]) == ("revived", "user_explicit")


def test_a_workspace_keeps_its_memories_to_itself(run: Any, workspace: str) -> None:
    mine = said(run, "Uses postgres", workspaceId=workspace)
    everywhere = said(run, "Uses postgres")
    assert mine["id"] != everywhere["id"]
    said(run, "Uses sqlite", workspaceId=workspace)
    assert listed(run) == ["Uses postgres"]
    assert listed(run, workspaceId=workspace) == ["Uses sqlite", "Uses postgres"]
    assert found(run, "sqlite") == []


def test_every_time_has_the_one_form_that_sorts_as_text(run: Any) -> None:
    entry = said(run, "One")
    run("memory.forget", ids=[entry["id"]])
    run("memory.observe", pattern="One", patternType="workflow")
    columns = "created_at, updated_at, last_accessed, deleted_at"
    times = [*run.rows(f"SELECT {columns} FROM memory_entries")[0], *run.rows("SELECT created_at FROM observations")[0]]
    assert [moment for moment in times if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)] == []


@pytest.mark.parametrize("blank", [" ", "\n\t", "\ufeff\u3000\u00a0", "<private>my key</private>", " \x85\x1c "])
def test_nothing_is_not_remembered(run: Any, blank: str) -> None:
    entry = said(run, "Something")
    for name, given in (("memory.remember", {}), ("memory.update", {"id": entry["id"]})):
        with pytest.raises(InvalidParams) as failure:
            run(name, content=blank, **given)
        assert failure.value.data["path"] == "$.content"
    with pytest.raises(InvalidParams) as failure:
        run("memory.observe", pattern=blank, patternType="workflow")
    assert failure.value.data["path"] == "$.pattern"


def test_content_has_at_most_64_kib(run: Any) -> None:
    entry = said(run, "é" * (32 * 1024))
    for name, given in (("memory.remember", {}), ("memory.update", {"id": entry["id"]})):
        with pytest.raises(LimitExceeded) as failure:
            run(name, content="é" * (32 * 1024) + "!", **given)
        assert failure.value.data["path"] == "$.content"


def test_an_entry_has_at_most_64_tags_however_they_came(run: Any) -> None:
    said(run, "One", tags=[f"a{number}" for number in range(60)])
    with pytest.raises(LimitExceeded) as failure:
        run("memory.remember", content="one", tags=[f"b{number}" for number in range(5)])
    assert failure.value.data["path"] == "$.tags"


def test_metadata_is_an_object_and_kept_as_written(run: Any) -> None:
    given = b'{"content": "One", "metadata": {"b": 1.0, "a": [1e2]}}'
    assert b'"metadata":{"b": 1.0, "a": [1e2]}' in run.raw("memory.remember", given)
    with pytest.raises(InvalidParams) as failure:
        run("memory.remember", content="Two", metadata=[1])
    assert failure.value.data["path"] == "$.metadata"
    with pytest.raises(LimitExceeded):
        run("memory.remember", content="Two", metadata={"x": "x" * 1024 * 1024})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("memory.remember", {"content": "One"}),
        ("memory.search", {"query": "one"}),
        ("memory.list", {}),
        ("memory.purge", {}),
        ("memory.observe", {"pattern": "One", "patternType": "workflow"}),
    ],
)
def test_an_unknown_workspace_is_not_found(run: Any, name: str, given: dict[str, str]) -> None:
    with pytest.raises(NotFound) as failure:
        run(name, workspaceId="ws_none", **given)
    assert failure.value.data["path"] == "$.workspaceId"


def test_what_is_forgotten_is_gone_at_once_and_comes_back_by_restore(run: Any) -> None:
    entry = said(run, "Likes tabs")
    assert run("memory.forget", ids=[entry["id"], entry["id"], "mem_none"]) == {"forgotten": 1}
    assert run("memory.forget", ids=[entry["id"]]) == {"forgotten": 0}
    assert found(run, "tabs") == listed(run) == []
    assert listed(run, deleted=True) == ["Likes tabs"]
    assert run("memory.get", id=entry["id"])["deletedAt"] is not None
    assert run("memory.restore", ids=[entry["id"], entry["id"], "mem_none"]) == {"restored": 1}
    assert run("memory.restore", ids=[entry["id"]]) == {"restored": 0}
    assert found(run, "tabs") == listed(run) == ["Likes tabs"]
    assert listed(run, deleted=True) == []
    assert indexed_is_alive(run)


def test_an_entry_that_changes_is_found_by_what_it_says_now(run: Any) -> None:
    entry = said(run, "Likes tabs", tags=["a"], metadata={"x": 1})
    changed = run("memory.update", id=entry["id"], content="Likes spaces!", category="preference", tags=["b", "b"])
    assert changed == entry | {
        "content": "Likes spaces!",
        "contentHash": recall.content_hash("Likes spaces"),
        "category": "preference",
        "tags": ["b"],
        "updatedAt": run.now,
        "revision": 2,
    }
    assert run("memory.update", id=entry["id"], metadata={"y": 2})["metadata"] == {"y": 2}
    assert (found(run, "tabs"), found(run, "spaces", tags=["b"])) == ([], ["Likes spaces!"])
    assert run("memory.remember", content="likes spaces")["outcome"] == "seen"


def test_an_entry_cannot_come_to_say_what_another_says(run: Any) -> None:
    one, two = said(run, "One"), said(run, "Two")
    with pytest.raises(Conflict) as failure:
        run("memory.update", id=two["id"], content="one.")
    current: Any = failure.value.data["current"]
    assert (failure.value.data["path"], current.id) == ("$.content", one["id"])
    run("memory.forget", ids=[one["id"]])
    with pytest.raises(Conflict) as failure:
        run("memory.update", id=two["id"], content="one.")
    assert "forgotten" in str(failure.value.data["hint"])
    assert run("memory.update", id=two["id"], content="TWO")["content"] == "TWO"


def test_a_wrong_revision_is_a_conflict_that_carries_what_is_stored(run: Any) -> None:
    entry = said(run, "One")
    with pytest.raises(Conflict) as failure:
        run("memory.update", id=entry["id"], content="Two", ifRevision=2)
    assert failure.value.data["current"].revision == 1  # type: ignore[attr-defined]
    assert run("memory.update", id=entry["id"], content="Two", ifRevision=1)["revision"] == 2


@pytest.mark.parametrize("name", ["memory.get", "memory.update"])
def test_an_unknown_entry_is_not_found(run: Any, name: str) -> None:
    with pytest.raises(NotFound) as failure:
        run(name, id="mem_none")
    assert failure.value.data["path"] == "$.id"


def test_only_what_was_forgotten_long_enough_ago_is_purged(run: Any, workspace: str) -> None:
    old, new, other = said(run, "Old"), said(run, "New"), said(run, "Other", workspaceId=workspace)
    run("memory.forget", ids=[old["id"], other["id"]])
    run.ticks += 30 * DAY
    run("memory.forget", ids=[new["id"]])
    said(run, "Alive")
    assert run("memory.purge") == {"purged": 1}
    assert listed(run, deleted=True) == ["New"]
    assert run("memory.purge", olderThanDays=0) == {"purged": 1}
    assert listed(run) == ["Alive"]
    assert listed(run, workspaceId=workspace, deleted=True) == ["Other"]
    assert run("memory.remember", content="Old")["outcome"] == "created"


def test_a_deleted_workspace_leaves_nothing_to_be_found(run: Any, workspace: str) -> None:
    said(run, "Uses sqlite", workspaceId=workspace)
    run("workspaces.delete", id=workspace, force=True)
    assert run("memory.search", query="sqlite", scope="all") == {"items": [], "elsewhere": 0}
    assert indexed_is_alive(run)


def test_a_pattern_seen_three_times_in_a_week_is_an_inferred_preference(run: Any, workspace: str) -> None:
    seen = {"pattern": "Prefers brief answers", "patternType": "communication_style", "workspaceId": workspace}
    assert run("memory.observe", **seen, evidence="Asked for less") == {"count": 1, "inferred": None}
    run("memory.observe", **(seen | {"patternType": "workflow"}))
    run("memory.observe", **(seen | {"workspaceId": "global"}))
    assert run("memory.observe", **seen)["count"] == 2
    third = run("memory.observe", **seen)
    inferred = third["inferred"]
    assert third["count"] == 3
    assert (inferred["category"], inferred["source"]) == ("preference", "jarvis_inferred")
    assert found(run, "brief", workspaceId=workspace) == ["Prefers brief answers"]
    assert run("memory.observe", **seen) == {"count": 1, "inferred": None}


def test_a_pattern_seen_more_than_a_week_ago_does_not_count(run: Any) -> None:
    seen = {"pattern": "Prefers brief answers", "patternType": "workflow"}
    run("memory.observe", **seen)
    run("memory.observe", **seen)
    run.ticks += 7 * DAY
    assert run("memory.observe", **seen) == {"count": 1, "inferred": None}


def test_what_the_user_said_stays_explicit_when_it_is_observed_as_well(run: Any) -> None:
    said(run, "Prefers brief answers")
    observed = [run("memory.observe", pattern="prefers brief answers", patternType="workflow") for _ in range(3)]
    inferred = observed[-1]["inferred"]
    assert (inferred["source"], inferred["seenCount"]) == ("user_explicit", 2)


def test_an_observation_in_an_unknown_session_is_not_found(run: Any) -> None:
    with pytest.raises(NotFound) as failure:
        run("memory.observe", pattern="One", patternType="workflow", sessionId="ses_none")
    assert failure.value.data["path"] == "$.sessionId"


def faded(run: Any) -> int:
    tx = Tx(run.connection.execute, run.now, 1)
    count = memory.fade(tx)
    assert [change.topic for change in tx.changes] == ["memory.forget"] * count
    return count


def test_what_was_inferred_fades_after_100_days_without_use(run: Any) -> None:
    said(run, "Likes tabs", source="jarvis_inferred")
    said(run, "Likes spaces")
    run.ticks += 100 * DAY - 10
    assert faded(run) == 0
    run.ticks += 10
    assert faded(run) == 1
    assert listed(run) == found(run, "likes") == ["Likes spaces"]
    assert listed(run, deleted=True) == ["Likes tabs"]
    assert faded(run) == 0


def test_what_is_restored_does_not_fade_at_once(run: Any) -> None:
    entry = said(run, "Likes tabs", source="jarvis_inferred")
    run.ticks += 200 * DAY
    faded(run)
    run("memory.restore", ids=[entry["id"]])
    assert faded(run) == 0


def test_at_most_500_fade_at_once(run: Any) -> None:
    for number in range(501):
        said(run, f"Thing {number}", source="jarvis_inferred")
    run.ticks += 200 * DAY
    assert [faded(run), faded(run), faded(run)] == [500, 1, 0]


def test_every_write_is_told(run: Any, workspace: str) -> None:
    run.changes.clear()
    entry = said(run, "One", workspaceId=workspace)
    run("memory.update", id=entry["id"], category="pattern")
    run("memory.forget", ids=[entry["id"]])
    run("memory.restore", ids=[entry["id"]])
    run("memory.forget", ids=[entry["id"]])
    run("memory.purge", workspaceId=workspace, olderThanDays=0)
    run("memory.observe", pattern="Two", patternType="workflow", workspaceId=workspace)
    verbs = ["remember", "update", "forget", "restore", "forget", "purge", "observe"]
    assert [change.topic for change in run.changes] == [f"memory.{verb}" for verb in verbs]
    assert {change.workspace_id for change in run.changes} == {workspace}
