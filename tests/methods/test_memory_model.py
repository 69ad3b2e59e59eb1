"""Memory against a dict: whatever is said, forgotten and changed, the store holds what the dict holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scriven.errors import Conflict

# Each word in forms that are the same memory, and a text that has two of the words.
FORMS = {
    form: key
    for key, forms in {
        "tabs": ["Tabs", " tabs.", "TABS!?"],
        "spaces": ["Spaces", "spaces;\n"],
        "tabs spaces": ["tabs  spaces", "Tabs\u00a0Spaces..."],
    }.items()
    for form in forms
}
CONTENTS = strategies.sampled_from(sorted(FORMS))
CATEGORIES = strategies.sampled_from(["fact", "preference"])
SOURCES = strategies.sampled_from(["user_explicit", "jarvis_inferred"])
TAGS = strategies.lists(strategies.sampled_from("xyz"), max_size=2)
SCOPES = strategies.sampled_from(["workspace+global", "workspace", "all"])


class Memory(RuleBasedStateMachine):
    """Its subclass says where stores come from and where directories may be made."""

    new_store: ClassVar[Any]
    root: ClassVar[Path]
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.places = ["global"]
        for name in "ab":
            (self.root / name).mkdir(exist_ok=True)
            self.places.append(self.store("workspaces.open", projectDir=str(self.root / name))["id"])
        self.held: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[str, str]] = []

    @rule(
        target=ids,
        content=CONTENTS,
        category=CATEGORIES,
        source=SOURCES,
        tags=TAGS,
        place=strategies.integers(0, 2),
    )
    def remember(self, content: str, category: str, source: str, tags: list[str], place: int) -> str:
        given = {"content": content, "category": category, "source": source, "tags": tags}
        stored = self.store("memory.remember", workspaceId=self.places[place], **given)
        entry, at = stored["entry"], self.store.now
        known = self.same(self.places[place], content)
        if known is None:
            outcome = "created"
            self.held[entry["id"]] = given | {
                "workspaceId": self.places[place],
                "tags": list(dict.fromkeys(tags)),
                "seenCount": 1,
                "lastAccessed": at,
                "deletedAt": None,
                "revision": 1,
            }
        else:
            upgraded = known["source"] != source == "user_explicit"
            outcome = "revived" if known["deletedAt"] else "upgraded" if upgraded else "seen"
            known["source"] = source if upgraded else known["source"]
            known["tags"] = list(dict.fromkeys([*known["tags"], *tags]))
            known["seenCount"] += 1
            known["revision"] += 1
            known["lastAccessed"], known["deletedAt"] = at, None
        assert stored["outcome"] == outcome
        self.compare(entry)
        self.told.append(("memory.remember", entry["id"]))
        return str(entry["id"])

    @rule(chosen=strategies.lists(ids, max_size=3).filter(bool), away=strategies.booleans())
    def forget_or_restore(self, chosen: list[str], away: bool) -> None:
        verb, done = ("forget", "forgotten") if away else ("restore", "restored")
        turned = [
            entry_id
            for entry_id in dict.fromkeys(chosen)
            if entry_id in self.held and (self.held[entry_id]["deletedAt"] is None) == away
        ]
        assert self.store(f"memory.{verb}", ids=chosen) == {done: len(turned)}
        for entry_id in turned:
            held = self.held[entry_id]
            held["deletedAt"] = self.store.now if away else None
            held["lastAccessed"] = held["lastAccessed"] if away else self.store.now
            held["revision"] += 1
            self.told.append((f"memory.{verb}", entry_id))

    @rule(entry_id=ids, content=strategies.none() | CONTENTS, tags=TAGS)
    def update(self, entry_id: str, content: str | None, tags: list[str]) -> None:
        if entry_id not in self.held:
            return
        held = self.held[entry_id]
        given: dict[str, Any] = {"id": entry_id, "tags": tags} | ({} if content is None else {"content": content})
        other = self.same(held["workspaceId"], content or held["content"])
        if other is not None and other is not held:
            try:
                self.store("memory.update", **given)
            except Conflict:
                return
            raise AssertionError("two entries say the same")
        updated = self.store("memory.update", **given)
        held["content"] = content or held["content"]
        held["tags"] = list(dict.fromkeys(tags))
        held["revision"] += 1
        self.compare(updated)
        self.told.append(("memory.update", entry_id))

    @rule(place=strategies.integers(0, 2))
    def purge(self, place: int) -> None:
        gone = [
            entry_id
            for entry_id, held in self.held.items()
            if held["workspaceId"] == self.places[place] and held["deletedAt"] is not None
        ]
        assert self.store("memory.purge", workspaceId=self.places[place], olderThanDays=0) == {"purged": len(gone)}
        for entry_id in gone:
            del self.held[entry_id]
        if gone:
            self.told.append(("memory.purge", self.places[place]))

    @rule(
        query=strategies.sampled_from(["tab", "SPACE", "tabs or spaces", "nothing"]),
        place=strategies.integers(0, 2),
        scope=SCOPES,
        category=strategies.none() | CATEGORIES,
        tags=TAGS,
    )
    def search(self, query: str, place: int, scope: str, category: str | None, tags: list[str]) -> None:
        words = {word for word in ("tab", "space") if word in query.lower()}
        fitting = {
            entry_id: held["workspaceId"]
            for entry_id, held in self.held.items()
            if held["deletedAt"] is None
            and any(word in held["content"].lower() for word in words)
            and category in {None, held["category"]}
            and set(tags) <= set(held["tags"])
        }
        home = {"workspace": {self.places[place]}, "all": set(self.places)}.get(scope, {"global", self.places[place]})
        given = {"workspaceId": self.places[place], "scope": scope, "category": category, "tags": tags}
        result = self.store("memory.search", query=query, **given)
        found = {item["entry"]["id"] for item in result["items"]}
        assert found == {entry_id for entry_id, where in fitting.items() if where in home}
        assert result["elsewhere"] == len(fitting) - len(found)
        for item in result["items"]:
            self.compare(item["entry"])

    @rule(place=strategies.integers(0, 2), deleted=strategies.booleans(), limit=strategies.integers(1, 3))
    def list_in_pages(self, place: int, deleted: bool, limit: int) -> None:
        by = "deletedAt" if deleted else "lastAccessed"
        wanted = sorted(
            (
                (held[by], entry_id)
                for entry_id, held in self.held.items()
                if held["workspaceId"] == self.places[place] and (held["deletedAt"] is not None) == deleted
            ),
            reverse=True,
        )
        found: list[tuple[str, str]] = []
        given: dict[str, Any] = {"workspaceId": self.places[place], "deleted": deleted, "limit": limit}
        while True:
            page = self.store("memory.list", **given)
            found += [(entry[by], entry["id"]) for entry in page["items"]]
            if page["nextCursor"] is None:
                break
            given["cursor"] = page["nextCursor"]
        assert found == wanted

    @invariant()
    def the_index_has_what_is_alive(self) -> None:
        alive = self.store.rows("SELECT number FROM memory_entries WHERE deleted_at IS NULL ORDER BY number")
        assert self.store.rows("SELECT rowid FROM memory_search ORDER BY rowid") == alive

    @invariant()
    def what_was_told_is_what_was_done(self) -> None:
        told = []
        for change in self.store.changes:
            if change.topic.startswith("memory."):
                body = json.loads(bytes(change.body))
                told.append((change.topic, body.get("id", change.workspace_id)))
        assert told == self.told

    def same(self, place: str, content: str) -> dict[str, Any] | None:
        """What is held of that place and says the same."""
        said = FORMS[content]
        return next((h for h in self.held.values() if h["workspaceId"] == place and FORMS[h["content"]] == said), None)

    def compare(self, entry: dict[str, Any]) -> None:
        held = self.held[entry["id"]]
        assert {name: entry[name] for name in held} == held

    def teardown(self) -> None:
        self.store.connection.close()


def test_memory_behaves_like_a_dict(new_store: Callable[[], Any], tmp_path: Path) -> None:
    factory = staticmethod(new_store)

    class Prepared(Memory):
        new_store = factory
        root = tmp_path

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
    )
