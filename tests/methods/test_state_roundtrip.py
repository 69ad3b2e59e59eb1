"""Whatever state the methods make, its export taken into an empty file is exported from there the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule, run_state_machine_as_test

from every_kind import bring, counts, everything, exported
from scriven.errors import Conflict

TEXTS = strategies.text(strategies.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip(" .,!?;:"))
)
WORDS = strategies.sampled_from(["tea", "Tea!", "milk", "tea  and milk", "ünï", "'"])
OBJECTS = strategies.dictionaries(TEXTS, strategies.integers(-3, 3) | TEXTS | strategies.none(), max_size=2)
TIMEOUTS = strategies.none() | strategies.integers(1, 100)
PARTS = strategies.lists(
    strategies.builds(lambda text: {"type": "text", "text": text}, TEXTS)
    | strategies.builds(lambda more: {"type": "unheard-of", "more": more}, OBJECTS),
    max_size=3,
)


class Life(RuleBasedStateMachine):
    """Its subclass says where stores come from and where directories may be made."""

    new_store: ClassVar[Any]
    root: ClassVar[Path]
    scopes = Bundle("scopes")
    sessions = Bundle("sessions")
    messages = Bundle("messages")

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()

    @rule(target=scopes, name=strategies.sampled_from("xyz"))
    def open_workspace(self, name: str) -> str:
        (self.root / name).mkdir(exist_ok=True)
        return str(self.store("workspaces.open", projectDir=str(self.root / name))["id"])

    @rule(scope=scopes | strategies.just("global"), config=OBJECTS, name=TEXTS)
    def change_workspace(self, scope: str, config: Any, name: str) -> None:
        self.store("workspaces.update", id=scope, config=config, name=name)

    @rule(scope=scopes, name=strategies.sampled_from("uvw"))
    def move_workspace(self, scope: str, name: str) -> None:
        (self.root / name).mkdir(exist_ok=True)
        try:
            self.store("workspaces.relink", id=scope, projectDir=str(self.root / name))
        except Conflict:
            return

    @rule(scope=scopes | strategies.just("global"), key=TEXTS, value=OBJECTS)
    def set_value(self, scope: str, key: str, value: Any) -> None:
        self.store("settings.set", workspaceId=scope, key=key, value=value)

    @rule(target=sessions, scope=scopes | strategies.just("global"), metadata=OBJECTS, seconds=TIMEOUTS)
    def start_session(self, scope: str, metadata: Any, seconds: int | None) -> str:
        given = {"workspaceId": scope, "metadata": metadata, "idleTimeoutS": seconds}
        return str(self.store("sessions.start", **given)["id"])

    @rule(target=sessions, above=sessions, id_=strategies.none() | TEXTS, agent=strategies.none() | TEXTS)
    def start_child(self, above: str, id_: str | None, agent: str | None) -> Any:
        try:
            return self.store("sessions.start", parentId=above, id=id_, agent=agent)["id"]
        except Conflict:
            return multiple()

    @rule(session=sessions, title=TEXTS, archived=strategies.booleans())
    def change_session(self, session: str, title: str, archived: bool) -> None:
        self.store("sessions.update", id=session, title=title, archived=archived, status="busy")

    @rule(session=sessions, summary=strategies.none() | TEXTS)
    def end_session(self, session: str, summary: str | None) -> None:
        self.store("sessions.end", id=session, summary=summary)

    @rule(session=sessions, texts=strategies.lists(TEXTS, max_size=2))
    def set_todos(self, session: str, texts: list[str]) -> None:
        todos = [{"content": text, "status": "pending", "more": [text]} for text in texts]
        self.store("todos.set", sessionId=session, todos=todos)

    @rule(
        target=messages,
        session=sessions,
        role=strategies.sampled_from(["user", "assistant"]),
        parts=PARTS,
        metadata=OBJECTS,
    )
    def append_message(self, session: str, role: str, parts: Any, metadata: Any) -> str:
        said = self.store("messages.append", sessionId=session, role=role, parts=parts, metadata=metadata)
        return str(said["id"])

    @rule(message=messages, part=PARTS.filter(bool))
    def put_part(self, message: str, part: Any) -> None:
        self.store("parts.put", messageId=message, part=part[0])

    @rule(message=messages)
    def complete_message(self, message: str) -> None:
        self.store("messages.update", id=message, completedAt=self.store.now)

    @rule(
        scope=scopes | strategies.just("global"),
        content=WORDS | TEXTS,
        tags=strategies.lists(TEXTS, max_size=2),
        source=strategies.sampled_from(["user_explicit", "jarvis_inferred"]),
        forget=strategies.booleans(),
    )
    def remember(self, scope: str, content: str, tags: list[str], source: str, forget: bool) -> None:
        given = {"content": content, "workspaceId": scope, "tags": tags, "source": source}
        entry = self.store("memory.remember", **given)["entry"]
        if forget:
            self.store("memory.forget", ids=[entry["id"]])

    @rule(scope=scopes | strategies.just("global"), pattern=WORDS, evidence=strategies.none() | TEXTS)
    def observe(self, scope: str, pattern: str, evidence: str | None) -> None:
        self.store("memory.observe", pattern=pattern, patternType="workflow", evidence=evidence, workspaceId=scope)

    @rule(session=sessions | strategies.none(), data=OBJECTS)
    def log(self, session: str | None, data: Any) -> None:
        self.store("logs.append", eventType="topic_change", eventData=data, sessionId=session)

    def teardown(self) -> None:
        target = self.new_store()
        records = exported(self.store, 7)
        taken = bring(target, *records)
        assert taken["skipped"] == []
        assert taken["added"] + taken["updated"] == len(records)
        assert exported(target) == records
        before, told = everything(target), len(target.changes)
        assert counts(bring(target, *records)) == (0, 0, len(records), 0)
        assert (everything(target), len(target.changes)) == (before, told)
        for store in (self.store, target):
            store.connection.close()


def test_an_export_makes_an_empty_file_the_same_and_changes_it_no_more(
    new_store: Callable[[], Any], tmp_path: Path
) -> None:
    factory = staticmethod(new_store)

    class Prepared(Life):
        new_store = factory
        root = tmp_path

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
    )
