"""Named values, global or of one workspace; a revision keeps two writers from overwriting each other unseen."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Raw

from scriven.errors import Conflict, LimitExceeded, NotFound
from scriven.method import (
    GLOBAL,
    WHOLE,
    IfRevision,
    Json,
    Key,
    Page,
    Params,
    Record,
    Revision,
    Timestamp,
    WorkspaceId,
    conflict,
    method,
)
from scriven.methods.workspaces import require
from scriven.paging import Paged, page
from scriven.tx import Tx

VALUE_BYTES = 1024 * 1024


class Setting(Record):
    """A stored value."""

    key: Key
    value: Json
    workspace_id: WorkspaceId
    revision: Revision
    created_at: Timestamp
    updated_at: Timestamp


class SettingsGet(Params):
    key: Key
    workspace_id: WorkspaceId = GLOBAL


class SettingsSet(Params):
    key: Key
    value: Json
    workspace_id: WorkspaceId = GLOBAL
    if_revision: (
        Annotated[
            int,
            Meta(ge=0, le=WHOLE, description="Fail unless this is the stored revision; 0: only create.", examples=[1]),
        ]
        | None
    ) = None


class SettingsList(Paged):
    prefix: Annotated[str, Meta(max_length=256, description="Only keys that begin so.", examples=["editor."])] = ""
    workspace_id: WorkspaceId = GLOBAL
    effective: Annotated[bool, Meta(description="With the global values that the workspace does not set itself.")] = (
        False
    )


class SettingsDelete(Params):
    key: Key
    workspace_id: WorkspaceId = GLOBAL
    if_revision: IfRevision | None = None


class SettingDeletion(Record):
    """Whether there was something to delete."""

    deleted: bool


class SettingsExport(Params):
    workspace_id: WorkspaceId = GLOBAL


class ExportedSetting(Record):
    """A value as exports carry it."""

    key: Key
    value: Json


class SettingsFile(Record):
    """All values of one scope, in the form iDumb's dashboard exports."""

    version: Literal["1.0"]
    exported_at: Timestamp
    settings: list[ExportedSetting]


class SettingsImport(Params):
    version: Annotated[Literal["1.0"], Meta(description="Of the export's form.", examples=["1.0"])]
    settings: Annotated[
        list[ExportedSetting],
        Meta(max_length=100_000, description="The values.", examples=[[{"key": "theme", "value": "dark"}]]),
    ]
    workspace_id: WorkspaceId = GLOBAL
    exported_at: Annotated[str, Meta(max_length=64, description="When it was exported; not stored.")] | None = None
    replace: Annotated[bool, Meta(description="Delete the keys that the import does not name.")] = False


class SettingsImported(Record):
    """What an import did."""

    imported: Annotated[int, Meta(description="Keys stored.", examples=[1])]
    deleted: Annotated[int, Meta(description="Keys that `replace` removed.", examples=[0])]


class DeletedSetting(Record):
    """The body of a `settings.delete` event."""

    key: Key
    workspace_id: WorkspaceId
    revision: Revision


# What a subscriber is told.
EVENTS: dict[str, type[Record]] = {"settings.set": Setting, "settings.delete": DeletedSetting}

COLUMNS = "key, value, workspace_id, revision, created_at, written_at AS updated_at"

OWN = f"SELECT {COLUMNS} FROM settings WHERE workspace_id = :workspace_id AND key = :key"

PUT = """
    INSERT INTO settings (workspace_id, key, value, revision, created_at, written_at)
    VALUES (:workspace_id, :key, :value, :revision, :created_at, :updated_at)
    ON CONFLICT (workspace_id, key) DO UPDATE
    SET value = excluded.value, revision = excluded.revision, written_at = excluded.written_at
    WHERE settings.revision = excluded.revision - 1
"""

REPLACE = """
    INSERT INTO settings (workspace_id, key, value, revision, created_at, written_at)
    VALUES (:workspace_id, :key, :value, :revision, :created_at, :updated_at)
    ON CONFLICT (workspace_id, key) DO UPDATE
    SET value = excluded.value, revision = excluded.revision, written_at = excluded.written_at
"""

LIST = f"""
    SELECT {COLUMNS} FROM settings
    WHERE workspace_id = :workspace_id AND key > :after_key
      AND key >= :prefix AND substr(key, 1, length(:prefix)) = :prefix
    ORDER BY key LIMIT :limit_and_one
"""

EFFECTIVE = f"""
    SELECT {COLUMNS} FROM settings AS setting
    WHERE workspace_id IN (:workspace_id, 'global') AND key > :after_key
      AND key >= :prefix AND substr(key, 1, length(:prefix)) = :prefix
      AND (workspace_id = :workspace_id OR NOT EXISTS (
          SELECT 1 FROM settings AS own WHERE own.workspace_id = :workspace_id AND own.key = setting.key))
    ORDER BY key LIMIT :limit_and_one
"""

DELETE = """
    DELETE FROM settings
    WHERE workspace_id = :workspace_id AND key = :key AND (:if_revision IS NULL OR revision = :if_revision)
    RETURNING key, workspace_id, revision
"""

EXPORT = "SELECT key, value FROM settings WHERE workspace_id = :workspace_id ORDER BY key"


@method("read", since=1)
def get(tx: Tx, p: SettingsGet) -> Setting | None:
    """The value stored under a key, or null.

    A workspace that has no value of its own gets the global one; `workspaceId` tells which it is.
    """
    setting = tx.one(OWN, p, Setting)
    if setting is None and p.workspace_id != GLOBAL:
        setting = tx.one(OWN, p, Setting, workspace_id=GLOBAL)
    return setting


@method("write", since=1, raises=(Conflict, LimitExceeded, NotFound))
def set(tx: Tx, p: SettingsSet) -> Setting:  # noqa: A001 - the name is the address
    """Store a value under a key, creating or replacing it.

    A value has at most 1 MiB of JSON.
    """
    return _store(tx, p)


@method("read", since=1)
def list_(tx: Tx, p: SettingsList) -> Page[Setting]:
    """The values of one scope, by key."""
    return page(tx, EFFECTIVE if p.effective else LIST, p, Setting, by={"key": ""})


@method("write", since=1, raises=(Conflict,))
def delete(tx: Tx, p: SettingsDelete) -> SettingDeletion:
    """Delete a value of exactly this scope.

    With `ifRevision`, a value that has gone already is a conflict, not a success.
    """
    deleted = tx.one(DELETE, p, DeletedSetting)
    if deleted is None:
        if p.if_revision is not None:
            raise conflict(tx.one(OWN, p, Setting))
        return SettingDeletion(deleted=False)
    tx.emit("settings.delete", deleted)
    return SettingDeletion(deleted=True)


@method("read", since=1, raises=(NotFound,))
def export(tx: Tx, p: SettingsExport) -> SettingsFile:
    """All values of one scope, as one document that `settings.import` takes back."""
    require(tx, p.workspace_id)
    return SettingsFile("1.0", tx.now, tx.all(EXPORT, p, ExportedSetting))


@method("write", since=1, raises=(LimitExceeded, NotFound))
def import_(tx: Tx, p: SettingsImport) -> SettingsImported:
    """Store every value of an export, all or nothing; of a key named twice the last stands."""
    for index, setting in enumerate(p.settings):
        within_limit(setting.value, f"$.settings[{index}].value")
    last = {setting.key: setting.value for setting in p.settings}
    for key, value in last.items():
        _store(tx, SettingsSet(key, value, p.workspace_id))
    deleted = 0
    if p.replace:
        for stored in tx.all(EXPORT, p, ExportedSetting):
            if stored.key not in last:
                delete(tx, SettingsDelete(stored.key, p.workspace_id))
                deleted += 1
    return SettingsImported(imported=len(last), deleted=deleted)


def own(tx: Tx, workspace_id: str, key: str) -> Setting | None:
    """The value of exactly that scope."""
    return tx.one(OWN, None, Setting, workspace_id=workspace_id, key=key)


def replace(tx: Tx, setting: Setting) -> None:
    """Store a complete setting, in place of the one under its key if there is one. Tells nobody."""
    tx.run(REPLACE, setting)


def _store(tx: Tx, p: SettingsSet) -> Setting:
    require(tx, p.workspace_id)
    within_limit(p.value, "$.value")
    stored = tx.one(OWN, p, Setting)
    revision = 0 if stored is None else stored.revision
    if p.if_revision is not None and p.if_revision != revision:
        raise conflict(stored)
    created_at = tx.now if stored is None else stored.created_at
    setting = Setting(p.key, p.value, p.workspace_id, revision + 1, created_at, tx.now)
    if not tx.run(PUT, setting):
        raise conflict(tx.one(OWN, p, Setting))
    tx.emit("settings.set", setting)
    return setting


def within_limit(value: Raw, path: str) -> None:
    """Raise LimitExceeded when a value is too big."""
    if len(memoryview(value)) > VALUE_BYTES:
        raise LimitExceeded(f"{path} is over 1 MiB", path=path, limit=VALUE_BYTES)
