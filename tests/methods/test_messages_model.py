"""Messages and parts against plain lists: whatever calls come in whatever order, the store says what the lists say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from scriven.errors import Conflict, InvalidParams, NotFound

SESSIONS = strategies.sampled_from(["s1", "s2"])
IDS = strategies.none() | strategies.sampled_from(["m1", "m2"])
PART_IDS = strategies.none() | strategies.sampled_from(["p1", "p2", "p3"])
# Which of the messages or parts there are is meant, in their order; one too many is one that there is not.
CHOICES = strategies.integers(0, 11)
ROLES = strategies.sampled_from(["user", "assistant"])
WORDS = strategies.sampled_from(["zebra", "giraffe", "zebra giraffe", "", "é \x00 \n"])
METADATA = strategies.dictionaries(strategies.sampled_from("ab"), strategies.none() | strategies.integers(), max_size=2)
REVISIONS = strategies.none() | strategies.integers(1, 4)

BODIES = WORDS.flatmap(
    lambda words: strategies.sampled_from(
        [
            {"type": "text", "text": words},
            {"type": "reasoning", "text": words, "time": {"start": 1}},
            {"type": "hologram", "text": words},
        ]
    )
)
PARTS = strategies.builds(
    lambda body, id_: body | ({} if id_ is None else {"id": id_}), BODIES, strategies.none() | PART_IDS
)


class Transcripts(RuleBasedStateMachine):
    """Its subclass says where stores come from. A held message is what `messages.get` has to say, without its times."""

    new_store: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.held: dict[str, list[dict[str, Any]]] = {}
        self.told: list[tuple[str, str]] = []
        for id_ in ("s1", "s2"):
            self.start(id_)

    # Looking into the model

    def message(self, id_: str) -> dict[str, Any] | None:
        return next((message for said in self.held.values() for message in said if message["id"] == id_), None)

    def chosen(self, choice: int) -> str:
        ids = [message["id"] for said in self.held.values() for message in said]
        return str([*ids, "nowhere"][choice % (len(ids) + 1)])

    def chosen_part(self, choice: int) -> str:
        ids = [part["id"] for said in self.held.values() for message in said for part in message["parts"]]
        return str([*ids, "nowhere"][choice % (len(ids) + 1)])

    def owner(self, part_id: str | None) -> dict[str, Any] | None:
        return next(
            (
                message
                for said in self.held.values()
                for message in said
                if any(part["id"] == part_id for part in message["parts"])
            ),
            None,
        )

    # What may happen

    @precondition(lambda self: len(self.held) < 2)
    @rule(id_=SESSIONS)
    def start(self, id_: str) -> None:
        if id_ in self.held:
            self.refused(Conflict, "sessions.start", {"id": id_})
        else:
            self.store("sessions.start", id=id_)
            self.held[id_] = []

    @precondition(lambda self: sum(map(len, self.held.values())) > 5)
    @rule(id_=SESSIONS)
    def delete_session(self, id_: str) -> None:
        deleted = self.held.pop(id_, None) is not None
        assert self.store("sessions.delete", id=id_) == {"deleted": deleted}

    @rule(
        session=SESSIONS,
        id_=IDS,
        role=ROLES,
        metadata=METADATA,
        parts=strategies.lists(PARTS, max_size=3),
    )
    def append(
        self, session: str, id_: str | None, role: str, metadata: dict[str, Any], parts: list[dict[str, Any]]
    ) -> None:
        given = {"sessionId": session, "id": id_, "role": role, "metadata": metadata, "parts": parts}
        ids = [part["id"] for part in parts if "id" in part]
        if session not in self.held:
            self.refused(NotFound, "messages.append", given)
        elif id_ is not None and self.message(id_):
            self.refused(Conflict, "messages.append", given)
        elif len(set(ids)) < len(ids):
            self.refused(InvalidParams, "messages.append", given)
        elif any(self.owner(part_id) for part_id in ids):
            self.refused(Conflict, "messages.append", given)
        else:
            stored = self.store("messages.append", **given)
            kept = [{"id": now["id"]} | part for now, part in zip(stored["parts"], parts, strict=True)]
            message = {"id": id_ or stored["id"], "sessionId": session, "role": role, "metadata": metadata}
            self.held[session].append(message | {"parts": kept, "completedAt": None, "revision": 1})
            assert bare(stored) == self.held[session][-1]
            self.told.append(("messages.append", stored["id"]))

    @rule(session=SESSIONS, said=strategies.lists(WORDS, min_size=1, max_size=5))
    def converse(self, session: str, said: list[str]) -> None:
        for words in said:
            self.append(session, None, "user", {}, [{"type": "text", "text": words}])

    @precondition(lambda self: any(self.held.values()))
    @rule(choice=CHOICES, metadata=strategies.none() | METADATA, completed=strategies.booleans(), expected=REVISIONS)
    def update(self, choice: int, metadata: dict[str, Any] | None, completed: bool, expected: int | None) -> None:
        id_ = self.chosen(choice)
        given = {"id": id_, "ifRevision": expected} | ({} if metadata is None else {"metadata": metadata})
        given |= {"completedAt": "2026-01-31T09:30:00.000Z"} if completed else {}
        message = self.message(id_)
        if message is None:
            self.refused(NotFound, "messages.update", given)
        elif expected not in {None, message["revision"]}:
            self.refused(Conflict, "messages.update", given)
        else:
            message.update({name: given[name] for name in ("metadata", "completedAt") if name in given})
            message["revision"] += 1
            assert bare(self.store("messages.update", **given)) == message
            self.told.append(("messages.update", id_))

    @precondition(lambda self: any(self.held.values()))
    @rule(choice=CHOICES)
    def delete(self, choice: int) -> None:
        id_ = self.chosen(choice)
        message = self.message(id_)
        assert self.store("messages.delete", id=id_) == {"deleted": message is not None}
        if message is not None:
            self.held[message["sessionId"]].remove(message)
            self.told.append(("messages.delete", id_))

    @precondition(lambda self: any(self.held.values()))
    @rule(choice=CHOICES, replaced=strategies.none() | CHOICES, part=PARTS)
    def put(self, choice: int, replaced: int | None, part: dict[str, Any]) -> None:
        id_ = self.chosen(choice)
        if replaced is not None:
            part = part | {"id": self.chosen_part(replaced)}
        given = {"messageId": id_, "part": part}
        message, owner = self.message(id_), self.owner(part.get("id"))
        if message is None:
            self.refused(NotFound, "parts.put", given)
        elif owner is not None and owner is not message:
            self.refused(Conflict, "parts.put", given)
        else:
            stored = self.store("parts.put", **given)
            places = {held["id"]: place for place, held in enumerate(message["parts"])}
            place = places.get(stored["id"], len(places))
            message["parts"][place : place + 1] = [{"id": stored["id"]} | part]
            message["revision"] += 1
            self.told.append(("parts.put", stored["id"]))

    @precondition(lambda self: any(self.held.values()))
    @rule(choice=CHOICES, stray=strategies.booleans())
    def tell(self, choice: int, stray: bool) -> None:
        part_id = self.chosen_part(choice)
        id_ = self.chosen(choice) if stray else (self.owner(part_id) or {"id": "nowhere"})["id"]
        given = {"messageId": id_, "partId": part_id, "field": "text", "delta": "x"}
        owner = self.owner(part_id)
        if owner is None or owner["id"] != id_:
            self.refused(NotFound, "parts.delta", given)
        else:
            self.store("parts.delta", **given)
            self.told.append(("parts.delta", part_id))

    @precondition(lambda self: any(self.held.values()))
    @rule(choice=CHOICES)
    def delete_part(self, choice: int) -> None:
        part_id = self.chosen_part(choice)
        owner = self.owner(part_id)
        assert self.store("parts.delete", id=part_id) == {"deleted": owner is not None}
        if owner is not None:
            owner["parts"] = [part for part in owner["parts"] if part["id"] != part_id]
            owner["revision"] += 1
            self.told.append(("parts.delete", part_id))

    # What is asked

    @rule(session=SESSIONS, limit=strategies.integers(1, 4))
    def list_in_pages(self, session: str, limit: int) -> None:
        given: dict[str, Any] = {"sessionId": session, "limit": limit}
        if session not in self.held:
            self.refused(NotFound, "messages.list", given)
            return
        found: list[dict[str, Any]] = []
        while True:
            page = self.store("messages.list", **given)
            found = [bare(message) for message in page["items"]] + found
            if page["nextCursor"] is None:
                break
            assert len(page["items"]) == limit
            given["cursor"] = page["nextCursor"]
        assert found == self.held[session]

    @rule(word=strategies.sampled_from(["zebra", "giraffe"]), session=strategies.none() | SESSIONS)
    def search(self, word: str, session: str | None) -> None:
        """Whatever has the word is found; whatever else is found stands beside it."""
        found = self.store("messages.search", query=word, sessionId=session, limit=100)["items"]
        snippets = {item["messageId"]: item["snippet"] for item in found}
        wanted = {
            message["id"]
            for said in self.held.values()
            for message in said
            if session in {None, message["sessionId"]}
            and any(part["type"] != "hologram" and word in part["text"] for part in message["parts"])
        }
        assert wanted <= snippets.keys()
        assert all(word in snippets[id_] for id_ in wanted)

    # What always holds

    @invariant()
    def every_message_is_as_it_is_held(self) -> None:
        for said in self.held.values():
            for message in said:
                assert bare(self.store("messages.get", id=message["id"])) == message

    @invariant()
    def the_content_is_what_the_text_parts_say(self) -> None:
        wanted = {
            message["id"]: "\n".join(part["text"] for part in message["parts"] if part["type"] == "text")
            for said in self.held.values()
            for message in said
        }
        stored = dict(self.store.rows("SELECT id, content FROM messages"))
        assert stored == {id_: text.replace("\0", " ") for id_, text in wanted.items()}

    @invariant()
    def nothing_is_indexed_that_is_not_there(self) -> None:
        indexed = self.store.rows("SELECT rowid FROM parts_search ORDER BY rowid")
        assert indexed == self.store.rows(
            "SELECT number FROM parts WHERE type <> 'hologram' AND data ->> '$.text' <> '' ORDER BY number"
        )

    @invariant()
    def what_was_told_is_what_was_done(self) -> None:
        told = []
        for change in self.store.changes:
            if change.topic.startswith(("messages.", "parts.")):
                body = json.loads(bytes(change.body))
                told.append((change.topic, body.get("partId") or body["id"]))
        assert told == self.told

    def refused(self, error: type[Exception], name: str, given: dict[str, Any]) -> None:
        try:
            self.store(name, **{name: value for name, value in given.items() if value is not None})
        except error:
            return
        raise AssertionError(f"{name} was not refused")

    def teardown(self) -> None:
        self.store.connection.close()


def bare(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in {"createdAt", "updatedAt", "parentId"}}


def test_messages_and_parts_behave_like_lists(new_store: Callable[[], Any]) -> None:
    factory = staticmethod(new_store)

    class Prepared(Transcripts):
        new_store = factory

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=60, stateful_step_count=50, deadline=None, derandomize=True)
    )
