"""Projects by their directory: one workspace each, whatever link, worktree or old path leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import UNSET, Meta, Raw, UnsetType
from msgspec.structs import asdict

from scriven.errors import Conflict, Forbidden, InvalidParams, LimitExceeded, NotFound
from scriven.merge_patch import merged
from scriven.method import (
    GLOBAL,
    AbsolutePath,
    IfRevision,
    Page,
    Params,
    Record,
    Revision,
    Timestamp,
    conflict,
    method,
)
from scriven.paging import Paged, page
from scriven.tx import Tx

CONFIG_BYTES = 1024 * 1024

Id = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="A workspace's id.", examples=["ws_019b3f2c7a41c0ffee5eed42"]),
]
Name = Annotated[str, Meta(min_length=1, max_length=256, description="What people call it.", examples=["engine"])]


class Workspace(Record):
    """A project. The row `global` is the scope of what belongs to none; it has no directory."""

    id: Id
    name: Name | None
    project_dir: AbsolutePath | None
    config: Annotated[Raw, Meta(description="A JSON object of the clients' own.", examples=[{"model": "large"}])]
    revision: Revision
    created_at: Timestamp
    updated_at: Timestamp
    last_opened: Timestamp


class WorkspacesOpen(Params):
    project_dir: AbsolutePath
    name: Name | None = None


class WorkspacesGet(Params):
    id: Id


class WorkspacesResolve(Params):
    path: AbsolutePath


class WorkspacesList(Paged):
    pass


class WorkspacesUpdate(Params):
    id: Id
    name: Name | UnsetType = UNSET
    config: (
        Annotated[Raw, Meta(description="A JSON merge patch (RFC 7396) of the config.", examples=[{"model": "large"}])]
        | UnsetType
    ) = UNSET
    if_revision: IfRevision | None = None


class WorkspacesRelink(Params):
    id: Id
    project_dir: AbsolutePath


class WorkspacesDelete(Params):
    id: Id
    force: Annotated[bool, Meta(description="Delete what belongs to it as well.")] = False


class WorkspaceDeletion(Record):
    """Whether there was something to delete."""

    deleted: bool


class DeletedWorkspace(Record):
    """The body of a `workspaces.delete` event."""

    workspace_id: Id
    project_dir: AbsolutePath | None


class Holding(Record):
    """How many records of each kind belong to a workspace."""

    settings: int
    sessions: int
    memory: int
    observations: int
    logs: int


class Alias(Record):
    """A path that a workspace had before."""

    project_dir: AbsolutePath


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {
    "workspaces.open": Workspace,
    "workspaces.update": Workspace,
    "workspaces.relink": Workspace,
    "workspaces.delete": DeletedWorkspace,
}

COLUMNS = "id, name, project_dir, config, revision, created_at, updated_at, opened_at AS last_opened"

GET = f"SELECT {COLUMNS} FROM workspace_config WHERE id = :id"

TOUCH = f"""
    UPDATE workspace_config
    SET opened_at = :now, name = coalesce(:name, name), revision = revision + (name IS NOT coalesce(:name, name))
    WHERE id = (SELECT id FROM workspace_config WHERE project_dir = :canonical
                UNION ALL SELECT workspace_id FROM workspace_aliases WHERE project_dir = :canonical LIMIT 1)
    RETURNING {COLUMNS}
"""

CREATE = f"""
    INSERT INTO workspace_config (id, project_dir, name, created_at, updated_at, opened_at)
    VALUES (:id, :canonical, :name, :now, :now, :now)
    RETURNING {COLUMNS}
"""

RESOLVE = f"""
    SELECT {COLUMNS} FROM workspace_config WHERE id = (
        SELECT id FROM (
            SELECT id, project_dir AS place FROM workspace_config
            WHERE project_dir IN (SELECT value FROM json_each(:enclosing))
            UNION ALL
            SELECT workspace_id, project_dir FROM workspace_aliases
            WHERE project_dir IN (SELECT value FROM json_each(:enclosing)))
        ORDER BY length(place) DESC LIMIT 1)
"""

LIST = f"""
    SELECT {COLUMNS} FROM workspace_config
    WHERE (opened_at, id) < (:after_last_opened, :after_id) AND id <> 'global'
    ORDER BY opened_at DESC, id DESC LIMIT :limit_and_one
"""

UPDATE = f"""
    UPDATE workspace_config
    SET name = coalesce(:new_name, name), config = :new_config, revision = revision + 1, updated_at = :now
    WHERE id = :id AND (:if_revision IS NULL OR revision = :if_revision)
    RETURNING {COLUMNS}
"""

RELINK = f"""
    UPDATE workspace_config SET project_dir = :canonical, revision = revision + 1, updated_at = :now
    WHERE id = :id
    RETURNING {COLUMNS}
"""

ADD_ALIAS = "INSERT OR REPLACE INTO workspace_aliases (project_dir, workspace_id) VALUES (:old, :id)"
DROP_ALIAS = "DELETE FROM workspace_aliases WHERE project_dir = :canonical"
ALIASES = "SELECT project_dir FROM workspace_aliases WHERE workspace_id = :id ORDER BY project_dir"
DROP_ALIASES = "DELETE FROM workspace_aliases WHERE workspace_id = :id"

ADD = """
    INSERT INTO workspace_config (id, project_dir, name, config, revision, created_at, updated_at, opened_at)
    VALUES (:id, :project_dir, :name, :config, :revision, :created_at, :updated_at, :last_opened)
"""
REPLACE = """
    UPDATE workspace_config
    SET project_dir = :project_dir, name = :name, config = :config, revision = :revision,
        created_at = :created_at, updated_at = :updated_at, opened_at = :last_opened
    WHERE id = :id
"""

HELD = """
    SELECT (SELECT count(*) FROM settings WHERE workspace_id = :id) AS settings,
           (SELECT count(*) FROM sessions WHERE workspace_id = :id) AS sessions,
           (SELECT count(*) FROM memory_entries WHERE workspace_id = :id) AS memory,
           (SELECT count(*) FROM observations WHERE workspace_id = :id) AS observations,
           (SELECT count(*) FROM daily_logs WHERE workspace_id = :id) AS logs
"""
# SQLite follows a chain of deletions a thousand steps at most: no session may go only because its parent has.
SEVER = "UPDATE sessions SET parent_id = NULL WHERE workspace_id = :id AND parent_id IS NOT NULL"
DELETE = "DELETE FROM workspace_config WHERE id = :id RETURNING id AS workspace_id, project_dir"


@method("write", since=1, raises=(InvalidParams,))
def open(tx: Tx, p: WorkspacesOpen) -> Workspace:  # noqa: A001 - the name is the address
    """The workspace of a directory, created on first use; notes that it was opened.

    The path is made canonical first: symbolic links are followed, and a git worktree stands for the
    repository it belongs to. A path the workspace had before `workspaces.relink` leads to it as well.
    """
    canonical = canonical_dir(p.project_dir, "$.projectDir")
    opened = tx.one(TOUCH, p, Workspace, canonical=canonical)
    if opened is None:
        name = p.name or _name_of(canonical)
        opened = tx.one(CREATE, p, Workspace, id=tx.new_id("ws"), canonical=canonical, name=name)
        assert opened is not None
    tx.emit("workspaces.open", opened, opened.id)
    return opened


@method("read", since=1, raises=(NotFound,))
def get(tx: Tx, p: WorkspacesGet) -> Workspace:
    """A workspace by its id."""
    found = tx.one(GET, p, Workspace)
    if found is None:
        raise _unknown("$.id")
    return found


@method("read", since=1, raises=(InvalidParams,))
def resolve(tx: Tx, p: WorkspacesResolve) -> Workspace | None:
    """The workspace whose directory is the nearest one around a path, or null. The path need not exist."""
    place = canonical_path(p.path, "$.path")
    enclosing = [place]
    while place != (place := os.path.dirname(place)):
        enclosing.append(place)
    return tx.one(RESOLVE, p, Workspace, enclosing=enclosing)


@method("read", since=1)
def list_(tx: Tx, p: WorkspacesList) -> Page[Workspace]:
    """Every workspace but `global`, the one opened last first."""
    return page(tx, LIST, p, Workspace, by={"last_opened": "~", "id": "~"})


@method("write", since=1, raises=(Conflict, InvalidParams, LimitExceeded, NotFound))
def update(tx: Tx, p: WorkspacesUpdate) -> Workspace:
    """Rename a workspace, or merge a patch into its config; a null in the patch removes a field."""
    stored = get(tx, WorkspacesGet(p.id))
    config = stored.config if p.config is UNSET else merged(stored.config, p.config, CONFIG_BYTES, "$.config")
    name = None if p.name is UNSET else p.name
    updated = tx.one(UPDATE, p, Workspace, new_name=name, new_config=config)
    if updated is None:
        raise conflict(stored)
    tx.emit("workspaces.update", updated, updated.id)
    return updated


@method("write", since=1, raises=(Conflict, Forbidden, InvalidParams, NotFound))
def relink(tx: Tx, p: WorkspacesRelink) -> Workspace:
    """Point a workspace at the directory its project moved to; the old path stays an alias of it."""
    if p.id == GLOBAL:
        raise Forbidden("the global scope has no directory", path="$.id")
    stored = get(tx, WorkspacesGet(p.id))
    canonical = canonical_dir(p.project_dir, "$.projectDir")
    if canonical == stored.project_dir:
        return stored
    holder = tx.one(RESOLVE, p, Workspace, enclosing=[canonical])
    if holder is not None and holder.id != p.id:
        raise Conflict("another workspace has that directory", path="$.projectDir", current=holder)
    tx.run(DROP_ALIAS, p, canonical=canonical)
    tx.run(ADD_ALIAS, p, old=stored.project_dir)
    relinked = tx.one(RELINK, p, Workspace, canonical=canonical)
    assert relinked is not None
    tx.emit("workspaces.relink", relinked, relinked.id)
    return relinked


@method("write", since=1, raises=(Conflict, Forbidden))
def delete(tx: Tx, p: WorkspacesDelete) -> WorkspaceDeletion:
    """Delete a workspace. One that still holds records is a conflict unless `force` is given."""
    if p.id == GLOBAL:
        raise Forbidden("the global scope cannot be deleted", path="$.id")
    held = {kind: count for each in tx.all(HELD, p, Holding) for kind, count in asdict(each).items() if count}
    if held and not p.force:
        raise Conflict(
            "records still belong to this workspace", path="$.id", held=held, hint="pass force to delete them too"
        )
    tx.run(SEVER, p)
    deleted = tx.one(DELETE, p, DeletedWorkspace)
    if deleted is None:
        return WorkspaceDeletion(deleted=False)
    tx.emit("workspaces.delete", deleted)
    return WorkspaceDeletion(deleted=True)


def require(tx: Tx, workspace_id: str) -> None:
    """Raise NotFound unless the workspace exists. For nouns whose records belong to one."""
    if workspace_id != GLOBAL and tx.one(GET, WorkspacesGet(workspace_id), Workspace) is None:
        raise _unknown("$.workspaceId")


def known(tx: Tx, workspace_id: str) -> Workspace | None:
    """The workspace of that id."""
    return tx.one(GET, None, Workspace, id=workspace_id)


def at(tx: Tx, canonical: str) -> Workspace | None:
    """The workspace that has exactly that directory, or had it before."""
    return tx.one(RESOLVE, None, Workspace, enclosing=[canonical])


def aliases(tx: Tx, workspace_id: str) -> list[str]:
    """The paths it had before."""
    return [alias.project_dir for alias in tx.all(ALIASES, None, Alias, id=workspace_id)]


def add(tx: Tx, workspace: Workspace, old: Iterable[str] = ()) -> None:
    """Store a complete workspace, with the paths it had before as far as no other workspace has them. Tells nobody."""
    tx.run(ADD, workspace)
    _keep_aliases(tx, workspace.id, old)


def replace(tx: Tx, workspace: Workspace, old: Iterable[str]) -> None:
    """Store a complete workspace in place of the one with its id. Tells nobody."""
    tx.run(REPLACE, workspace)
    tx.run(DROP_ALIASES, workspace)
    _keep_aliases(tx, workspace.id, old)


def fresh(tx: Tx, canonical: str, workspace_id: str | None = None) -> Workspace:
    """A workspace for a directory, not stored yet."""
    id_ = workspace_id or tx.new_id("ws")
    return Workspace(id_, _name_of(canonical), canonical, Raw(b"{}"), 1, tx.now, tx.now, tx.now)


def _keep_aliases(tx: Tx, workspace_id: str, old: Iterable[str]) -> None:
    for canonical in old:
        if at(tx, canonical) is None:
            tx.run(ADD_ALIAS, None, old=canonical, id=workspace_id)


def canonical_path(path: str, field: str) -> str:
    """An absolute path with its links followed and a git worktree replaced by its repository.

    Raises InvalidParams when it is relative, has a loop of links, or leads to a name that is not UTF-8.
    """
    if not os.path.isabs(path):
        raise InvalidParams(f"{field} is not an absolute path", path=field)
    try:
        real = _out_of_worktree(os.path.realpath(path))
        real.encode()
    except (OSError, ValueError):
        raise InvalidParams(f"{field} cannot be read as a path", path=field) from None
    return real


def canonical_dir(path: str, field: str) -> str:
    """The same for a directory, which has to exist."""
    real = canonical_path(path, field)
    if not os.path.isdir(path):
        raise InvalidParams(f"{field} is not a directory that exists", path=field)
    return real


def _out_of_worktree(real: str) -> str:
    top = real
    while not os.path.lexists(os.path.join(top, ".git")):
        if top == (top := os.path.dirname(top)):
            return real
    repository = _repository_of(os.path.join(top, ".git"))
    return real if repository is None else os.path.normpath(repository + real[len(top) :])


def _repository_of(marker: str) -> str | None:
    """The main directory of the repository whose linked worktree this `.git` file marks (gitrepository-layout)."""
    if not os.path.isfile(marker):
        return None
    pointer = _line(marker)
    if not pointer.startswith("gitdir: "):
        return None
    git_dir = os.path.join(os.path.dirname(marker), pointer.removeprefix("gitdir: "))
    shared = os.path.join(git_dir, "commondir")
    if not os.path.isfile(shared):
        return None
    common = os.path.realpath(os.path.join(git_dir, _line(shared)))
    return os.path.dirname(common) if os.path.basename(common) == ".git" else common


def _name_of(canonical: str) -> str:
    return (os.path.basename(canonical) or canonical)[:256]


def _line(path: str) -> str:
    with Path(path).open(encoding="utf-8", errors="surrogateescape") as file:
        return file.read(4096).rstrip("\n")


def _unknown(path: str) -> NotFound:
    return NotFound("there is no such workspace", path=path, hint="scriven workspaces list")
