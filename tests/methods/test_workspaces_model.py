"""Workspaces against a dict of paths: opened, moved, deleted and resolved in any order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from scriven.errors import Conflict

# Directories inside one another, and two links into them.
PLACES = ["a", "a/b", "a/b/c", "ab", "d", "d/e"]
LINKS = {"l": "a/b", "d/m": "a"}
SPELLINGS = strategies.sampled_from([*PLACES, *LINKS, "l/c", "a/../d", "a/b/../../ab", "l/../b"])
NAMES = strategies.sampled_from(["one", "two", "drei é"])


class Workspaces(RuleBasedStateMachine):
    """Its subclass says where stores come from and where the directories are."""

    new_store: ClassVar[Any]
    root: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.new_store()
        self.leads: dict[str, str] = {}
        self.at: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.revisions: dict[str, int] = {}
        self.order: list[str] = []

    def any_of(self, number: int) -> str:
        return self.order[number % len(self.order)]

    @rule(spelling=SPELLINGS, name=strategies.none() | NAMES)
    def open(self, spelling: str, name: str | None) -> None:
        given = {} if name is None else {"name": name}
        opened = self.store("workspaces.open", projectDir=f"{self.root}/{spelling}", **given)
        place, known = os.path.realpath(f"{self.root}/{spelling}"), opened["id"]
        if place in self.leads:
            assert known == self.leads[place]
            self.revisions[known] += name not in {None, self.names[known]}
            self.names[known] = name or self.names[known]
            self.order.remove(known)
        else:
            assert known not in self.at
            self.leads[place], self.at[known] = known, place
            self.names[known], self.revisions[known] = name or os.path.basename(place), 1
        self.order.append(known)
        self.same(opened)

    @precondition(lambda self: self.at)
    @rule(number=strategies.integers(0, 9), spelling=SPELLINGS)
    def relink(self, number: int, spelling: str) -> None:
        moved, place = self.any_of(number), os.path.realpath(f"{self.root}/{spelling}")
        if self.leads.get(place, moved) != moved:
            try:
                self.store("workspaces.relink", id=moved, projectDir=f"{self.root}/{spelling}")
            except Conflict:
                return
            raise AssertionError("another workspace's directory was taken")
        relinked = self.store("workspaces.relink", id=moved, projectDir=f"{self.root}/{spelling}")
        self.revisions[moved] += place != self.at[moved]
        self.leads[place], self.at[moved] = moved, place
        self.same(relinked)

    @precondition(lambda self: self.at)
    @rule(number=strategies.integers(0, 9), name=NAMES)
    def rename(self, number: int, name: str) -> None:
        renamed = self.any_of(number)
        self.names[renamed], self.revisions[renamed] = name, self.revisions[renamed] + 1
        self.same(self.store("workspaces.update", id=renamed, name=name))

    @precondition(lambda self: self.at)
    @rule(number=strategies.integers(0, 9))
    def delete(self, number: int) -> None:
        gone = self.any_of(number)
        assert self.store("workspaces.delete", id=gone) == {"deleted": True}
        self.leads = {place: known for place, known in self.leads.items() if known != gone}
        del self.at[gone]
        self.order.remove(gone)

    @rule(spelling=SPELLINGS, below=strategies.sampled_from(["", "/x", "/x/../y", "/b", "/.."]))
    def resolve(self, spelling: str, below: str) -> None:
        place = os.path.realpath(f"{self.root}/{spelling}{below}")
        around = [known for known in self.leads if place == known or place.startswith(f"{known}/")]
        found = self.store("workspaces.resolve", path=f"{self.root}/{spelling}{below}")
        assert (found and found["id"]) == (self.leads[max(around, key=len)] if around else None)

    @rule(limit=strategies.integers(1, 4))
    def list_in_pages(self, limit: int) -> None:
        seen: list[str] = []
        given: dict[str, Any] = {"limit": limit}
        while True:
            page = self.store("workspaces.list", **given)
            seen += [item["id"] for item in page["items"]]
            if page["nextCursor"] is None:
                break
            given["cursor"] = page["nextCursor"]
        assert seen == self.order[::-1]

    @invariant()
    def every_path_leads_where_it_should(self) -> None:
        stored = self.store.rows(
            "SELECT project_dir, id FROM workspace_config WHERE project_dir IS NOT NULL"
            " UNION ALL SELECT project_dir, workspace_id FROM workspace_aliases"
        )
        assert len(stored) == len(self.leads)
        assert dict(stored) == self.leads

    def same(self, workspace: dict[str, Any]) -> None:
        known = workspace["id"]
        assert workspace == self.store("workspaces.get", id=known)
        assert (workspace["projectDir"], workspace["name"], workspace["revision"]) == (
            self.at[known],
            self.names[known],
            self.revisions[known],
        )

    def teardown(self) -> None:
        self.store.connection.close()


def test_workspaces_behave_like_a_dict_of_paths(new_store: Callable[[], Any], tmp_path: Path) -> None:
    place, factory = os.path.realpath(tmp_path), staticmethod(new_store)
    for name in PLACES:
        os.makedirs(f"{place}/{name}")
    for link, target in LINKS.items():
        os.symlink(f"{place}/{target}", f"{place}/{link}")

    class Prepared(Workspaces):
        new_store = factory
        root = place

    run_state_machine_as_test(
        Prepared, settings=settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)
    )
