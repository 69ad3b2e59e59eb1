"""Settings against a dict: whatever calls come in whatever order, the store says what the dict says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from scriven.errors import Conflict, NotFound

KEYS = strategies.sampled_from(["a", "a%", "a_", "aa", "A", "b", "é", "éa", "日", "~", " ", "'"]) | strategies.text(
    strategies.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=3
)
VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=3),
    lambda inner: strategies.lists(inner, max_size=2) | strategies.dictionaries(strategies.text(max_size=2), inner),
    max_leaves=4,
)
REVISIONS = strategies.none() | strategies.integers(0, 3)


class Settings(RuleBasedStateMachine):
    """Its subclass says where stores come from and where directories may be made."""

    new_store: ClassVar[Any]
    root: ClassVar[Path]
    scopes = Bundle("scopes")

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.held: dict[str, dict[str, tuple[int, Any]]] = {"global": {}}
        self.told: list[tuple[str, str, str]] = []

    @rule(target=scopes, name=strategies.sampled_from("xyz"))
    def open_workspace(self, name: str) -> str:
        (self.root / name).mkdir(exist_ok=True)
        opened = str(self.store("workspaces.open", projectDir=str(self.root / name))["id"])
        self.held.setdefault(opened, {})
        return opened

    @rule(scope=consumes(scopes))
    def delete_workspace(self, scope: str) -> None:
        deleted = self.store("workspaces.delete", id=scope, force=True)["deleted"]
        assert deleted == (self.held.pop(scope, None) is not None)

    @rule(key=KEYS, value=VALUES, scope=scopes | strategies.just("global"), expected=REVISIONS)
    def set(self, key: str, value: Any, scope: str, expected: int | None) -> None:
        given = {"key": key, "value": value, "workspaceId": scope, "ifRevision": expected}
        if scope not in self.held:
            self.refused(NotFound, "settings.set", given)
            return
        revision = self.held[scope].get(key, (0, None))[0]
        if expected not in {None, revision}:
            self.refused(Conflict, "settings.set", given)
            return
        assert self.store("settings.set", **given)["revision"] == revision + 1
        self.held[scope][key] = (revision + 1, value)
        self.told.append(("settings.set", scope, key))

    @rule(key=KEYS, scope=scopes | strategies.just("global"), expected=REVISIONS)
    def delete(self, key: str, scope: str, expected: int | None) -> None:
        given = {"key": key, "workspaceId": scope, "ifRevision": expected}
        revision = self.held.get(scope, {}).get(key, (None, None))[0]
        if expected is not None and expected != revision:
            self.refused(Conflict, "settings.delete", given)
            return
        assert self.store("settings.delete", **given) == {"deleted": revision is not None}
        if revision is not None:
            del self.held[scope][key]
            self.told.append(("settings.delete", scope, key))

    @rule(values=strategies.dictionaries(KEYS, VALUES, max_size=4), replace=strategies.booleans())
    def import_values(self, values: dict[str, Any], replace: bool) -> None:
        held = self.held["global"]
        gone = sorted(held.keys() - values.keys(), key=str.encode) if replace else []
        given = [{"key": key, "value": value} for key, value in values.items()]
        done = self.store("settings.import", version="1.0", settings=given, replace=replace)
        assert done == {"imported": len(values), "deleted": len(gone)}
        for key, value in values.items():
            held[key] = (held.get(key, (0, None))[0] + 1, value)
            self.told.append(("settings.set", "global", key))
        for key in gone:
            del held[key]
            self.told.append(("settings.delete", "global", key))

    @rule(key=KEYS, scope=scopes | strategies.just("global"))
    def get(self, key: str, scope: str) -> None:
        found = self.store("settings.get", key=key, workspaceId=scope)
        own = self.held.get(scope, {}).get(key)
        expected = own or self.held["global"].get(key)
        assert (found and (found["revision"], found["value"])) == expected
        assert found is None or found["workspaceId"] == (scope if own else "global")

    @rule(
        scope=scopes | strategies.just("global"),
        prefix=strategies.just("") | KEYS,
        effective=strategies.booleans(),
        limit=strategies.integers(1, 4),
    )
    def list_in_pages(self, scope: str, prefix: str, effective: bool, limit: int) -> None:
        held = self.held.get(scope, {})
        visible = {**self.held["global"], **held} if effective else held
        wanted = [(key, *visible[key]) for key in sorted(visible, key=str.encode) if key.startswith(prefix)]
        found: list[tuple[str, int, Any]] = []
        given: dict[str, Any] = {"workspaceId": scope, "prefix": prefix, "effective": effective, "limit": limit}
        while True:
            page = self.store("settings.list", **given)
            found += [(item["key"], item["revision"], item["value"]) for item in page["items"]]
            if page["nextCursor"] is None:
                break
            given["cursor"] = page["nextCursor"]
        assert found == wanted

    @invariant()
    def what_was_told_is_what_was_done(self) -> None:
        told = [
            (change.topic, change.workspace_id, json.loads(bytes(change.body))["key"])
            for change in self.store.changes
            if change.topic.startswith("settings.")
        ]
        assert told == self.told

    def refused(self, error: type[Exception], name: str, given: dict[str, Any]) -> None:
        try:
            self.store(name, **given)
        except error:
            return
        raise AssertionError(f"{name} was not refused")

    def teardown(self) -> None:
        self.store.connection.close()


def test_settings_behave_like_a_dict(new_store: Callable[[], Any], tmp_path: Path) -> None:
    factory = staticmethod(new_store)

    class Prepared(Settings):
        new_store = factory
        root = tmp_path

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)
    )
