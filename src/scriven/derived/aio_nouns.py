"""The nouns of the asyncio client. Derived; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any, Literal

    from scriven.derived import records

    Call = Callable[[str, builtins.dict[str, Any], str | None, int | None], Awaitable[Any]]


class Daemon:
    """The daemon itself: who it is, how it is, how it ends."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def health(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> records.Health:
        """Whether calls are being served.

        It never waits for the database.
        """
        params: builtins.dict[str, Any] = {}
        result: records.Health = await self._call("daemon.health", params, None, deadline_ms)
        return result

    async def hello(
        self,
        *,
        client: str | None = None,
        version: str | None = None,
        protocol: Sequence[int] | None = None,
        expect: records.Expected | None = None,
        access: Literal["read", "write"] | None = None,
        deadline_ms: int | None = None,
    ) -> records.Greeting:
        """Introduce a client and learn who answers, which protocol it speaks and what it accepts.

        Optional: a connection may call anything without it. It answers in every state of the daemon.

        `client`: Who is calling, for people.
        `version`: The caller's own version.
        `protocol`: The oldest and newest protocol it speaks.
        `expect`: Fail with `mismatch` unless these are so.
        `access`: `read` gives up the right to write, for this connection and for good.
        """
        params: builtins.dict[str, Any] = {}
        if client is not None:
            params["client"] = client
        if version is not None:
            params["version"] = version
        if protocol is not None:
            params["protocol"] = protocol
        if expect is not None:
            params["expect"] = expect
        if access is not None:
            params["access"] = access
        result: records.Greeting = await self._call("daemon.hello", params, None, deadline_ms)
        return result

    async def shutdown(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> records.Farewell:
        """Drain and end: calls under way are finished, later ones get `shutting_down`."""
        params: builtins.dict[str, Any] = {}
        result: records.Farewell = await self._call("daemon.shutdown", params, None, deadline_ms)
        return result

    async def status(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> records.Status:
        """The daemon at a glance: the file, what it holds, what has been done."""
        params: builtins.dict[str, Any] = {}
        result: records.Status = await self._call("daemon.status", params, None, deadline_ms)
        return result


class Rpc:
    """What this daemon can be asked: its interface, described by itself."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def discover(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> Any:
        """This interface as an OpenRPC 1.3 document."""
        params: builtins.dict[str, Any] = {}
        result: Any = await self._call("rpc.discover", params, None, deadline_ms)
        return result


class Settings:
    """Named values, global or of one workspace; a revision keeps two writers from overwriting each other unseen."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def delete(
        self,
        key: str,
        *,
        workspace_id: str = "global",
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.SettingDeletion:
        """Delete a value of exactly this scope.

        With `ifRevision`, a value that has gone already is a conflict, not a success.

        `key`: A name of 1 to 256 characters.
        `workspace_id`: A workspace, or `global`.
        `if_revision`: Fail with `conflict` unless this is the stored revision.
        """
        params: builtins.dict[str, Any] = {"key": key}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: records.SettingDeletion = await self._call("settings.delete", params, idempotency_key, deadline_ms)
        return result

    async def export(
        self,
        *,
        workspace_id: str = "global",
        deadline_ms: int | None = None,
    ) -> records.SettingsFile:
        """All values of one scope, as one document that `settings.import` takes back.

        `workspace_id`: A workspace, or `global`.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        result: records.SettingsFile = await self._call("settings.export", params, None, deadline_ms)
        return result

    async def get(
        self,
        key: str,
        *,
        workspace_id: str = "global",
        deadline_ms: int | None = None,
    ) -> records.Setting | None:
        """The value stored under a key, or null.

        A workspace that has no value of its own gets the global one; `workspaceId` tells which it is.

        `key`: A name of 1 to 256 characters.
        `workspace_id`: A workspace, or `global`.
        """
        params: builtins.dict[str, Any] = {"key": key}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        result: records.Setting | None = await self._call("settings.get", params, None, deadline_ms)
        return result

    async def import_(
        self,
        version: Literal["1.0"],
        settings: Sequence[records.ExportedSetting],
        *,
        workspace_id: str = "global",
        exported_at: str | None = None,
        replace: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.SettingsImported:
        """Store every value of an export, all or nothing; of a key named twice the last stands.

        `version`: Of the export's form.
        `settings`: The values.
        `workspace_id`: A workspace, or `global`.
        `exported_at`: When it was exported; not stored.
        `replace`: Delete the keys that the import does not name.
        """
        params: builtins.dict[str, Any] = {"version": version, "settings": settings}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if exported_at is not None:
            params["exportedAt"] = exported_at
        if replace:
            params["replace"] = replace
        result: records.SettingsImported = await self._call("settings.import", params, idempotency_key, deadline_ms)
        return result

    async def list(
        self,
        *,
        prefix: str = "",
        workspace_id: str = "global",
        effective: bool = False,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.SettingPage:
        """The values of one scope, by key.

        `prefix`: Only keys that begin so.
        `workspace_id`: A workspace, or `global`.
        `effective`: With the global values that the workspace does not set itself.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if prefix != "":
            params["prefix"] = prefix
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if effective:
            params["effective"] = effective
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: records.SettingPage = await self._call("settings.list", params, None, deadline_ms)
        return result

    async def set(
        self,
        key: str,
        value: Any,
        *,
        workspace_id: str = "global",
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.Setting:
        """Store a value under a key, creating or replacing it.

        A value has at most 1 MiB of JSON.

        `key`: A name of 1 to 256 characters.
        `value`: Any JSON value. It is kept as written.
        `workspace_id`: A workspace, or `global`.
        `if_revision`: Fail unless this is the stored revision; 0: only create.
        """
        params: builtins.dict[str, Any] = {"key": key, "value": value}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: records.Setting = await self._call("settings.set", params, idempotency_key, deadline_ms)
        return result


class Transaction:
    """Several calls as one: all of them take effect, or none."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def run(
        self,
        calls: Sequence[records.TransactionCall],
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.TransactionResult:
        """Run calls in one transaction: when one fails, none has happened and its error is the reply.

        `error.data.call` is the index of the call that failed. The results have at most 16 MiB together.
        An idempotency key belongs on `transaction.run` itself, not on a call inside it.

        `calls`: The calls, in their order.
        """
        params: builtins.dict[str, Any] = {"calls": calls}
        result: records.TransactionResult = await self._call("transaction.run", params, idempotency_key, deadline_ms)
        return result


class Workspaces:
    """Projects by their directory: one workspace each, whatever link, worktree or old path leads to it."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def delete(
        self,
        id: str,
        *,
        force: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.WorkspaceDeletion:
        """Delete a workspace. One that still holds records is a conflict unless `force` is given.

        `id`: A workspace's id.
        `force`: Delete what belongs to it as well.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if force:
            params["force"] = force
        result: records.WorkspaceDeletion = await self._call("workspaces.delete", params, idempotency_key, deadline_ms)
        return result

    async def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> records.Workspace:
        """A workspace by its id.

        `id`: A workspace's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: records.Workspace = await self._call("workspaces.get", params, None, deadline_ms)
        return result

    async def list(
        self,
        *,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.WorkspacePage:
        """Every workspace but `global`, the one opened last first.

        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: records.WorkspacePage = await self._call("workspaces.list", params, None, deadline_ms)
        return result

    async def open(
        self,
        project_dir: str,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.Workspace:
        """The workspace of a directory, created on first use; notes that it was opened.

        The path is made canonical first: symbolic links are followed, and a git worktree stands for the
        repository it belongs to. A path the workspace had before `workspaces.relink` leads to it as well.

        `project_dir`: An absolute path on this machine.
        `name`: What people call it.
        """
        params: builtins.dict[str, Any] = {"projectDir": project_dir}
        if name is not None:
            params["name"] = name
        result: records.Workspace = await self._call("workspaces.open", params, idempotency_key, deadline_ms)
        return result

    async def relink(
        self,
        id: str,
        project_dir: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.Workspace:
        """Point a workspace at the directory its project moved to; the old path stays an alias of it.

        `id`: A workspace's id.
        `project_dir`: An absolute path on this machine.
        """
        params: builtins.dict[str, Any] = {"id": id, "projectDir": project_dir}
        result: records.Workspace = await self._call("workspaces.relink", params, idempotency_key, deadline_ms)
        return result

    async def resolve(
        self,
        path: str,
        *,
        deadline_ms: int | None = None,
    ) -> records.Workspace | None:
        """The workspace whose directory is the nearest one around a path, or null. The path need not exist.

        `path`: An absolute path on this machine.
        """
        params: builtins.dict[str, Any] = {"path": path}
        result: records.Workspace | None = await self._call("workspaces.resolve", params, None, deadline_ms)
        return result

    async def update(
        self,
        id: str,
        *,
        name: str | None = None,
        config: Any = ...,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> records.Workspace:
        """Rename a workspace, or merge a patch into its config; a null in the patch removes a field.

        `id`: A workspace's id.
        `name`: What people call it.
        `config`: A JSON merge patch (RFC 7396) of the config.
        `if_revision`: Fail with `conflict` unless this is the stored revision.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if name is not None:
            params["name"] = name
        if config is not ...:
            params["config"] = config
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: records.Workspace = await self._call("workspaces.update", params, idempotency_key, deadline_ms)
        return result


class Nouns:
    """Every part of the interface, by its name."""

    def __init__(self, call: Call) -> None:
        self.daemon = Daemon(call)
        self.rpc = Rpc(call)
        self.settings = Settings(call)
        self.transaction = Transaction(call)
        self.workspaces = Workspaces(call)
