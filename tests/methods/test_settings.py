"""Settings: revisions, scopes, limits, lists, and that a value comes back byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scriven.errors import Conflict, InvalidParams, LimitExceeded, NotFound

MEBIBYTE = 1024 * 1024

# What decoding and encoding again would change.
VERBATIM = [
    "1.0",
    "1e2",
    "-0",
    "0.1000",
    "123456789012345678901234567890",
    '"\\u00e9"',
    '"é 日本 👩‍🚀"',
    '"\\/"',
    '{"a":1,"a":2}',
    '{ "spaced" : [ 1 , 2 ] }',
    '{"b":1,"a":2}',
    '"\\u0000"',
    "null",
    '""',
    "[]",
    "{}",
]


@pytest.fixture
def workspace(run: Any, tmp_path: Any) -> str:
    return str(run("workspaces.open", projectDir=str(tmp_path))["id"])


def keys(page: dict[str, Any]) -> list[str]:
    return [setting["key"] for setting in page["items"]]


def test_a_value_that_was_set_is_got(run: Any) -> None:
    stored = run("settings.set", key="theme", value="dark")
    assert stored == {
        "key": "theme",
        "value": "dark",
        "workspaceId": "global",
        "revision": 1,
        "createdAt": run.now,
        "updatedAt": run.now,
    }
    assert run("settings.get", key="theme") == stored


def test_a_key_that_was_never_set_is_null(run: Any) -> None:
    assert run("settings.get", key="theme") is None


def test_every_write_raises_the_revision_and_keeps_the_time_of_creation(run: Any) -> None:
    first = run("settings.set", key="theme", value="dark")
    second = run("settings.set", key="theme", value="dark")
    assert (second["revision"], second["createdAt"]) == (2, first["createdAt"])
    assert second["updatedAt"] > first["updatedAt"]


def test_the_right_revision_lets_a_write_pass(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    assert run("settings.set", key="theme", value="light", ifRevision=1)["revision"] == 2


def test_a_wrong_revision_is_a_conflict_that_carries_what_is_stored(run: Any) -> None:
    stored = run("settings.set", key="theme", value="dark")
    with pytest.raises(Conflict) as failure:
        run("settings.set", key="theme", value="light", ifRevision=7)
    assert failure.value.data["path"] == "$.ifRevision"
    current: Any = failure.value.data["current"]
    assert (current.key, current.revision, bytes(current.value)) == ("theme", 1, b'"dark"')
    assert run("settings.get", key="theme") == stored


def test_revision_0_creates(run: Any) -> None:
    assert run("settings.set", key="theme", value="dark", ifRevision=0)["revision"] == 1


def test_revision_0_does_not_replace(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    with pytest.raises(Conflict):
        run("settings.set", key="theme", value="light", ifRevision=0)


def test_a_revision_of_a_key_that_is_not_there_is_a_conflict_with_nothing(run: Any) -> None:
    with pytest.raises(Conflict) as failure:
        run("settings.set", key="theme", value="dark", ifRevision=1)
    assert failure.value.data["current"] is None
    assert run("settings.get", key="theme") is None


def test_a_negative_revision_is_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("settings.set", key="theme", value="dark", ifRevision=-1)
    assert failure.value.details["path"] == "$.ifRevision"


def test_a_workspace_falls_back_to_global(run: Any, workspace: str) -> None:
    run("settings.set", key="theme", value="dark")
    assert run("settings.get", key="theme", workspaceId=workspace)["workspaceId"] == "global"


def test_a_workspace_prefers_its_own_value(run: Any, workspace: str) -> None:
    run("settings.set", key="theme", value="dark")
    run("settings.set", key="theme", value="light", workspaceId=workspace)
    assert run("settings.get", key="theme", workspaceId=workspace)["value"] == "light"
    assert run("settings.get", key="theme")["value"] == "dark"


def test_null_is_a_value_and_hides_the_global_one(run: Any, workspace: str) -> None:
    run("settings.set", key="theme", value="dark")
    run("settings.set", key="theme", value=None, workspaceId=workspace)
    found = run("settings.get", key="theme", workspaceId=workspace)
    assert (found["value"], found["workspaceId"]) == (None, workspace)


def test_global_never_sees_the_value_of_a_workspace(run: Any, workspace: str) -> None:
    run("settings.set", key="theme", value="light", workspaceId=workspace)
    assert run("settings.get", key="theme") is None
    assert run("settings.list")["items"] == []


def test_a_workspace_that_does_not_exist_cannot_hold_a_value(run: Any) -> None:
    with pytest.raises(NotFound) as failure:
        run("settings.set", key="theme", value="dark", workspaceId="nowhere")
    assert failure.value.details["path"] == "$.workspaceId"
    assert "nowhere" not in json.dumps(failure.value.data)


@pytest.mark.parametrize("value", VERBATIM)
def test_a_value_comes_back_as_it_was_written(run: Any, value: str) -> None:
    run.raw("settings.set", f'{{"key":"k","value":{value}}}'.encode())
    found = run.raw("settings.get", b'{"key":"k"}').decode()
    assert f'"value":{value},"workspaceId"' in found


@pytest.mark.parametrize("length", [1, 256])
def test_a_key_has_1_to_256_characters(run: Any, length: int) -> None:
    key = "é" * length
    run("settings.set", key=key, value=1)
    assert run("settings.get", key=key)["key"] == key


@pytest.mark.parametrize("length", [0, 257])
def test_a_shorter_or_longer_key_is_refused_by_name(run: Any, length: int) -> None:
    for name, more in (("settings.set", {"value": 1}), ("settings.get", {}), ("settings.delete", {})):
        with pytest.raises(InvalidParams) as failure:
            run(name, key="k" * length, **more)
        assert failure.value.details["path"] == "$.key"


def test_a_nul_in_a_key_is_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("settings.set", key="a\0b", value=1)
    assert failure.value.details["path"] == "$.key"


def test_a_value_of_exactly_1_mib_is_kept(run: Any) -> None:
    value = "x" * (MEBIBYTE - 2)
    run("settings.set", key="big", value=value)
    assert run("settings.get", key="big")["value"] == value


def test_a_value_one_byte_over_is_refused_with_the_limit(run: Any) -> None:
    with pytest.raises(LimitExceeded) as failure:
        run("settings.set", key="big", value="x" * (MEBIBYTE - 1))
    assert (failure.value.details["path"], failure.value.details["limit"]) == ("$.value", MEBIBYTE)
    assert run("settings.get", key="big") is None


def test_the_limit_counts_bytes_not_characters(run: Any) -> None:
    text = "é" * (MEBIBYTE // 2)
    with pytest.raises(LimitExceeded):
        run.raw("settings.set", f'{{"key":"big","value":"{text}"}}'.encode())


def test_delete_says_whether_there_was_something(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    assert run("settings.delete", key="theme") == {"deleted": True}
    assert run("settings.delete", key="theme") == {"deleted": False}
    assert run("settings.get", key="theme") is None


def test_delete_reaches_exactly_its_scope(run: Any, workspace: str) -> None:
    run("settings.set", key="theme", value="dark")
    assert run("settings.delete", key="theme", workspaceId=workspace) == {"deleted": False}
    assert run("settings.get", key="theme") is not None


def test_delete_with_a_wrong_revision_is_a_conflict(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    with pytest.raises(Conflict) as failure:
        run("settings.delete", key="theme", ifRevision=2)
    current: Any = failure.value.details["current"]
    assert current.revision == 1
    assert run("settings.delete", key="theme", ifRevision=1) == {"deleted": True}


def test_delete_with_a_revision_of_what_has_gone_is_a_conflict(run: Any) -> None:
    with pytest.raises(Conflict) as failure:
        run("settings.delete", key="theme", ifRevision=1)
    assert failure.value.details["current"] is None


def test_a_deleted_key_begins_again_at_revision_1(run: Any) -> None:
    run("settings.set", key="theme", value="dark")
    run("settings.set", key="theme", value="dark")
    run("settings.delete", key="theme")
    assert run("settings.set", key="theme", value="dark", ifRevision=0)["revision"] == 1


def test_a_list_is_ordered_by_the_bytes_of_its_keys(run: Any) -> None:
    wanted = sorted(["b", "a", "B", "é", "日", "a.b", "a-b", "👩", "z", "\uffff", "~"], key=str.encode)
    for key in reversed(wanted):
        run("settings.set", key=key, value=1)
    assert keys(run("settings.list")) == wanted


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["100%", "100x", "A", "a", "a_b", "axb", "é", "éa"]),
        ("100%", ["100%"]),
        ("a_", ["a_b"]),
        ("a", ["a", "a_b", "axb"]),
        ("A", ["A"]),
        ("é", ["é", "éa"]),
        ("e", []),
        ("a*", []),
        ("'", []),
    ],
)
def test_a_prefix_means_exactly_its_characters(run: Any, prefix: str, found: list[str]) -> None:
    for key in ["100%", "100x", "A", "a", "a_b", "axb", "é", "éa"]:
        run("settings.set", key=key, value=1)
    assert keys(run("settings.list", prefix=prefix)) == found


def test_a_list_holds_one_scope(run: Any, workspace: str) -> None:
    run("settings.set", key="a", value=1)
    run("settings.set", key="b", value=2, workspaceId=workspace)
    assert keys(run("settings.list")) == ["a"]
    assert keys(run("settings.list", workspaceId=workspace)) == ["b"]


def test_an_effective_list_is_what_get_would_say_of_every_key(run: Any, workspace: str) -> None:
    run("settings.set", key="a", value="global")
    run("settings.set", key="b", value="global")
    run("settings.set", key="b", value="own", workspaceId=workspace)
    run("settings.set", key="c", value="own", workspaceId=workspace)
    listed = run("settings.list", workspaceId=workspace, effective=True)["items"]
    assert [(item["key"], item["value"]) for item in listed] == [("a", "global"), ("b", "own"), ("c", "own")]
    assert listed == [run("settings.get", key=key, workspaceId=workspace) for key in "abc"]


def test_the_effective_list_of_global_is_its_list(run: Any) -> None:
    run("settings.set", key="a", value=1)
    assert run("settings.list", effective=True) == run("settings.list")


def test_an_effective_list_pages_without_repeating_a_key(run: Any, workspace: str) -> None:
    for number in range(7):
        run("settings.set", key=f"k{number}", value="global")
        if number % 2:
            run("settings.set", key=f"k{number}", value="own", workspaceId=workspace)
    seen: list[str] = []
    cursor = None
    while True:
        page = run("settings.list", workspaceId=workspace, effective=True, limit=2, cursor=cursor)
        seen += keys(page)
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == [f"k{number}" for number in range(7)]


def test_an_export_imported_elsewhere_is_the_same_byte_for_byte(run: Any, workspace: str) -> None:
    for number, value in enumerate(VERBATIM):
        run.raw("settings.set", f'{{"key":"k{number:02}","value":{value}}}'.encode())
    exported = run.raw("settings.export", b"{}")
    run.raw("settings.import", exported[:-1] + f',"workspaceId":"{workspace}"}}'.encode())
    again = run.raw("settings.export", f'{{"workspaceId":"{workspace}"}}'.encode())
    assert again.partition(b'"settings":')[2] == exported.partition(b'"settings":')[2]


def test_an_export_names_its_version_and_time(run: Any) -> None:
    assert run("settings.export") == {"version": "1.0", "exportedAt": run.now, "settings": []}


def test_exporting_a_workspace_that_does_not_exist_is_an_error(run: Any) -> None:
    with pytest.raises(NotFound):
        run("settings.export", workspaceId="nowhere")


def test_an_import_is_all_or_nothing(run: Any) -> None:
    run("settings.set", key="kept", value=1)
    good = {"key": "new", "value": 1}
    bad = {"key": "big", "value": "x" * MEBIBYTE}
    with pytest.raises(LimitExceeded):
        run("settings.import", version="1.0", settings=[good, bad], replace=True)
    assert keys(run("settings.list")) == ["kept"]
    assert [change.topic for change in run.changes] == ["settings.set"]


def test_an_import_leaves_other_keys_alone(run: Any) -> None:
    run("settings.set", key="kept", value=1)
    result = run("settings.import", version="1.0", settings=[{"key": "new", "value": 2}])
    assert result == {"imported": 1, "deleted": 0}
    assert keys(run("settings.list")) == ["kept", "new"]


def test_a_replacing_import_deletes_what_it_does_not_name(run: Any, workspace: str) -> None:
    run("settings.set", key="gone", value=1)
    run("settings.set", key="kept", value=1)
    run("settings.set", key="gone", value=1, workspaceId=workspace)
    result = run("settings.import", version="1.0", settings=[{"key": "kept", "value": 2}], replace=True)
    assert result == {"imported": 1, "deleted": 1}
    assert run("settings.get", key="kept")["revision"] == 2
    assert run("settings.get", key="gone") is None
    assert run("settings.get", key="gone", workspaceId=workspace) is not None


def test_a_key_named_twice_in_an_import_takes_the_last_value(run: Any) -> None:
    twice = [{"key": "k", "value": 1}, {"key": "k", "value": 2}]
    assert run("settings.import", version="1.0", settings=twice) == {"imported": 1, "deleted": 0}
    assert run("settings.get", key="k")["value"] == 2


def test_an_empty_import_is_allowed(run: Any) -> None:
    run("settings.set", key="gone", value=1)
    assert run("settings.import", version="1.0", settings=[], replace=True) == {"imported": 0, "deleted": 1}


def test_another_version_of_the_export_is_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("settings.import", version="2.0", settings=[])
    assert failure.value.details["path"] == "$.version"


def test_what_is_wrong_inside_an_import_is_named_by_its_place(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("settings.import", version="1.0", settings=[{"key": "a", "value": 1}, {"key": "", "value": 1}])
    assert str(failure.value.details["path"]).startswith("$.settings[")
    assert str(failure.value.details["path"]).endswith(".key")


def test_every_change_is_told_under_its_topic_and_scope(run: Any, workspace: str) -> None:
    before = len(run.changes)
    stored = run("settings.set", key="k", value="v", workspaceId=workspace)
    run("settings.delete", key="k", workspaceId=workspace)
    told = run.changes[before:]
    assert [(change.topic, change.workspace_id) for change in told] == [
        ("settings.set", workspace),
        ("settings.delete", workspace),
    ]
    assert json.loads(bytes(told[0].body)) == stored
    assert json.loads(bytes(told[1].body)) == {"key": "k", "workspaceId": workspace, "revision": 1}


def test_reads_and_deletions_of_nothing_tell_nothing(run: Any) -> None:
    run("settings.get", key="k")
    run("settings.list")
    run("settings.export")
    run("settings.delete", key="k")
    assert run.changes == []


def test_seeds_times_are_seconds_beside_our_own(run: Any) -> None:
    run("settings.set", key="k", value=1)
    assert run.rows("SELECT updated_at, typeof(updated_at) FROM settings") == [(1767225600, "integer")]


@pytest.mark.parametrize("name", ["settings.set", "settings.delete"])
def test_a_revision_of_more_than_64_bits_is_refused_by_name(run: Any, name: str) -> None:
    value = {"value": 1} if name == "settings.set" else {}
    with pytest.raises(InvalidParams) as failure:
        run(name, key="theme", ifRevision=2**64, **value)
    assert failure.value.details["path"] == "$.ifRevision"
