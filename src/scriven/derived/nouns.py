"""The nouns of the blocking client. Derived; do not edit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Sequence
    from typing import Any, Literal

    from scriven.derived import records as _records

    Call = Callable[[str, builtins.dict[str, Any], str | None, int | None], Any]


class Context:
    """What an agent should know when it begins: the memories that matter most, and what happened last, within a budget."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def get(
        self,
        *,
        workspace_id: str = "global",
        query: str = "",
        max_tokens: int = 1000,
        max_entries: int = 10,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Context:
        """What an agent should load when it begins, as one text; it writes no more than that these memories were used.

        A memory of the workspace, or a global one, scores for its category (preference 30, fact 20, pattern 10), its source
        (explicit 20, inferred 10) and its last use (today 50, yesterday 40, a week 30, a month 15, else 5). An inferred one
        loses half of that in each 30 days without use. With a query, what matches gets up to 100 more, the best match 100.
        Equal scores stand by the time they were stated, the newest first. The same state and params give the same bytes.

        `workspace_id`: A workspace, or `global`.
        `query`: What it will be about.
        `max_tokens`: How long the text may be; a token is 4 characters.
        `max_entries`: At most so many memories.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if query != "":
            params["query"] = query
        if max_tokens != 1000:
            params["maxTokens"] = max_tokens
        if max_entries != 10:
            params["maxEntries"] = max_entries
        result: _records.Context = self._call("context.get", params, idempotency_key, deadline_ms)
        return result


class Daemon:
    """The daemon itself: who it is, how it is, how it ends."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def clients(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> builtins.list[_records.Client]:
        """Who is connected: the process, what it called itself, what it has under way and listens to.

        In the order of connecting; the connection that asks is among them.
        """
        params: builtins.dict[str, Any] = {}
        result: builtins.list[_records.Client] = self._call("daemon.clients", params, None, deadline_ms)
        return result

    def health(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Health:
        """Whether calls are being served.

        It never waits for the database.
        """
        params: builtins.dict[str, Any] = {}
        result: _records.Health = self._call("daemon.health", params, None, deadline_ms)
        return result

    def hello(
        self,
        *,
        client: str | None = None,
        version: str | None = None,
        protocol: Sequence[int] | None = None,
        expect: _records.Expected | None = None,
        access: Literal["read", "write"] | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Greeting:
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
        result: _records.Greeting = self._call("daemon.hello", params, None, deadline_ms)
        return result

    def metrics(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Metrics:
        """What the process has counted: calls, errors and times of each method, batches, commits, who is behind.

        It never waits for the database.
        """
        params: builtins.dict[str, Any] = {}
        result: _records.Metrics = self._call("daemon.metrics", params, None, deadline_ms)
        return result

    def shutdown(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Farewell:
        """Drain and end: calls under way are finished, later ones get `shutting_down`."""
        params: builtins.dict[str, Any] = {}
        result: _records.Farewell = self._call("daemon.shutdown", params, None, deadline_ms)
        return result

    def status(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Status:
        """The daemon at a glance: the file, what it holds, what has been done."""
        params: builtins.dict[str, Any] = {}
        result: _records.Status = self._call("daemon.status", params, None, deadline_ms)
        return result


class Events:
    """What happened: every change, in the order of commits, as it comes or from any place in the log on."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def history(
        self,
        *,
        topics: Sequence[str] | None = None,
        workspace_id: str | None = None,
        since: str | None = None,
        limit: int = 100,
        deadline_ms: int | None = None,
    ) -> _records.History:
        """Changes from the log, the oldest first: all it has, or what came after a place.

        `topics`: Only these; all when they are left out.
        `workspace_id`: Only of this workspace; all when it is left out.
        `since`: Only what came after this place; all when it is left out.
        `limit`: At most this many.
        """
        params: builtins.dict[str, Any] = {}
        if topics is not None:
            params["topics"] = topics
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if since is not None:
            params["since"] = since
        if limit != 100:
            params["limit"] = limit
        result: _records.History = self._call("events.history", params, None, deadline_ms)
        return result

    def publish(
        self,
        topic: str,
        body: Any,
        *,
        workspace_id: str = "global",
        durable: bool = True,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Published:
        """Tell subscribers something of your own. A body that is kept has at most 4 KiB, one that is not 64 KiB.

        `topic`: `app.` and a name of your own.
        `body`: Any JSON value. It is kept as written.
        `workspace_id`: A workspace, or `global`.
        `durable`: Keep it in the log; else only who listens right now hears it.
        """
        params: builtins.dict[str, Any] = {"topic": topic, "body": body}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if not durable:
            params["durable"] = durable
        result: _records.Published = self._call("events.publish", params, idempotency_key, deadline_ms)
        return result

    def subscribe(
        self,
        topics: Sequence[str],
        *,
        workspace_id: str | None = None,
        since: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Subscribed:
        """Hear of changes as `events.event {subscription, cursor, at, topic, workspaceId, body}`, each once and in order.

        With `since` everything after that place comes first, and what follows without a seam. Who reads slowly is served
        from the log, at its own pace. What is not kept in the log (`parts.delta`, `durable` false) may be missed: the next
        event then has `missed`, how many. A subscription ends with its connection, or with one
        `events.closed {subscription, reason, cursor}`: `cursor_expired`, `shutting_down`, `storage_error`.

        `topics`: What to hear of, any of them.
        `workspace_id`: Only of this workspace; all when it is left out.
        `since`: Go on after this place.
        """
        params: builtins.dict[str, Any] = {"topics": topics}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if since is not None:
            params["since"] = since
        result: _records.Subscribed = self._call("events.subscribe", params, None, deadline_ms)
        return result

    def unsubscribe(
        self,
        subscription: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Unsubscribed:
        """End a subscription of this connection. What was sent already may still arrive before the reply.

        `subscription`: A subscription of this connection.
        """
        params: builtins.dict[str, Any] = {"subscription": subscription}
        result: _records.Unsubscribed = self._call("events.unsubscribe", params, None, deadline_ms)
        return result

    def wait(
        self,
        topics: Sequence[str],
        *,
        workspace_id: str | None = None,
        since: str | None = None,
        timeout_ms: int = 20000,
        deadline_ms: int | None = None,
    ) -> _records.Waited:
        """Wait for changes: those after `since`, or after now, as soon as there are any. For shells and other short lives.

        Nothing is missed between two calls when the second has the `cursor` of the first.

        `topics`: What to hear of, any of them.
        `workspace_id`: Only of this workspace; all when it is left out.
        `since`: Go on after this place.
        `timeout_ms`: Give up waiting after so long.
        """
        params: builtins.dict[str, Any] = {"topics": topics}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if since is not None:
            params["since"] = since
        if timeout_ms != 20000:
            params["timeoutMs"] = timeout_ms
        result: _records.Waited = self._call("events.wait", params, None, deadline_ms)
        return result


class Leases:
    """Leases: what only one may do at a time, with a number that tells who holds it now from whoever held it before."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def acquire(
        self,
        name: str,
        *,
        workspace_id: str = "global",
        ttl_ms: int | None = None,
        wait_ms: int = 0,
        note: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Lease:
        """Take something that only one may hold, or wait for it in the order of asking.

        Without `ttlMs` it is held until it is released or the connection ends. With it, it outlives the connection and the
        daemon, and ends by itself unless it is renewed. Somebody else's is a conflict whose `current` is their lease. What
        this connection holds already it gets again, with the same token and what `ttlMs` and `note` say now. A call that is
        cancelled, or late, holds nothing.

        `name`: What is held; any name that its users agree on.
        `workspace_id`: A workspace, or `global`.
        `ttl_ms`: End after so many milliseconds unless renewed.
        `wait_ms`: Wait so long for it while another has it.
        `note`: What it is held for, for whoever waits.
        """
        params: builtins.dict[str, Any] = {"name": name}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if ttl_ms is not None:
            params["ttlMs"] = ttl_ms
        if wait_ms != 0:
            params["waitMs"] = wait_ms
        if note is not None:
            params["note"] = note
        result: _records.Lease = self._call("leases.acquire", params, None, deadline_ms)
        return result

    def list(
        self,
        *,
        workspace_id: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.LeasePage:
        """What is held, by workspace and name.

        `workspace_id`: Only of this workspace; all when it is left out.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.LeasePage = self._call("leases.list", params, None, deadline_ms)
        return result

    def release(
        self,
        name: str,
        token: int,
        *,
        workspace_id: str = "global",
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.LeaseRelease:
        """Let go of it; whoever waits first gets it. Held with another token it is a conflict, held by nobody no error.

        `name`: What is held; any name that its users agree on.
        `token`: A number greater than that of every lease given before.
        `workspace_id`: A workspace, or `global`.
        """
        params: builtins.dict[str, Any] = {"name": name, "token": token}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        result: _records.LeaseRelease = self._call("leases.release", params, idempotency_key, deadline_ms)
        return result

    def renew(
        self,
        name: str,
        token: int,
        *,
        workspace_id: str = "global",
        ttl_ms: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Lease:
        """Hold it longer, if that token is still the one that holds it; else a conflict whose `current` holds it, or null.

        In `transaction.run` it guards the calls beside it: they happen only while the lease is held. A lease that ends with
        its connection stays as it is, or gets an end by `ttlMs`. From then on it is of the connection that renewed it.

        `name`: What is held; any name that its users agree on.
        `token`: A number greater than that of every lease given before.
        `workspace_id`: A workspace, or `global`.
        `ttl_ms`: End after so many milliseconds from now; as many as before by default.
        """
        params: builtins.dict[str, Any] = {"name": name, "token": token}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if ttl_ms is not None:
            params["ttlMs"] = ttl_ms
        result: _records.Lease = self._call("leases.renew", params, idempotency_key, deadline_ms)
        return result


class Logs:
    """Daily logs: what happened, in which session and when, kept to be counted by days and read by ranges of time."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def append(
        self,
        event_type: str,
        *,
        event_data: Any = ...,
        session_id: str | None = None,
        workspace_id: str | None = None,
        timestamp: str | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Log:
        """Note that something happened, now or at any other time.

        The log of a session lies in the session's workspace; naming another one is an error.

        `event_type`: What kind of thing happened, in lower_snake_case. Known are `session_start` {source}, `session_end` {duration, trigger}, `session_idle` {was, reason}, `tool_invocation` {toolName, success, context?, error?}, `topic_change` {topic, previousTopic?} and `user_state` {sentiment, context?}; any other kind, and any other data, is kept as well.
        `event_data`: A JSON object of at most 256 KiB, kept as written.
        `session_id`: The session it belongs to.
        `workspace_id`: A workspace; the session's, else `global`, when it is left out.
        `timestamp`: When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`; now when it is left out.
        """
        params: builtins.dict[str, Any] = {"eventType": event_type}
        if event_data is not ...:
            params["eventData"] = event_data
        if session_id is not None:
            params["sessionId"] = session_id
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if timestamp is not None:
            params["timestamp"] = timestamp
        result: _records.Log = self._call("logs.append", params, idempotency_key, deadline_ms)
        return result

    def days(
        self,
        *,
        workspace_id: str | None = None,
        timezone: str = "UTC",
        from_: str | None = None,
        to: str | None = None,
        deadline_ms: int | None = None,
    ) -> builtins.list[_records.LogDay]:
        """How many logs each day of `timezone` has, by event type; days without any are left out.

        The last 30 days unless `from` or `to` say otherwise; at most 366. A day begins at its first midnight.

        `workspace_id`: Only of this workspace; of all when it is left out.
        `timezone`: The IANA time zone whose midnights part the days.
        `from_`: The first day, `YYYY-MM-DD`; 29 days before the last when it is left out.
        `to`: The last day, `YYYY-MM-DD`; today when it is left out.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if timezone != "UTC":
            params["timezone"] = timezone
        if from_ is not None:
            params["from"] = from_
        if to is not None:
            params["to"] = to
        result: builtins.list[_records.LogDay] = self._call("logs.days", params, None, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Log:
        """A log by its id.

        `id`: A log's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Log = self._call("logs.get", params, None, deadline_ms)
        return result

    def list(
        self,
        *,
        workspace_id: str | None = None,
        session_id: str | None = None,
        event_type: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        day: str | None = None,
        timezone: str = "UTC",
        order: Literal["asc", "desc"] = "desc",
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.LogPage:
        """Logs by the time they happened, newest first unless `order` says otherwise.

        `from` and `to` are both inclusive. `day` stands for the whole of one day in `timezone`, whether it has 23, 24 or
        25 hours.

        `workspace_id`: Only of this workspace; of all when it is left out.
        `session_id`: Only of this session.
        `event_type`: Only of this kind.
        `from_`: The earliest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.
        `to`: The latest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive.
        `day`: One day of `timezone`, `YYYY-MM-DD`, instead of `from` and `to`.
        `timezone`: The IANA time zone whose midnights part the days.
        `order`: Newest first, or oldest first.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if session_id is not None:
            params["sessionId"] = session_id
        if event_type is not None:
            params["eventType"] = event_type
        if from_ is not None:
            params["from"] = from_
        if to is not None:
            params["to"] = to
        if day is not None:
            params["day"] = day
        if timezone != "UTC":
            params["timezone"] = timezone
        if order != "desc":
            params["order"] = order
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.LogPage = self._call("logs.list", params, None, deadline_ms)
        return result


class Memory:
    """What agents remember across sessions: each thing once, found by its words, forgotten softly."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def forget(
        self,
        ids: Sequence[str],
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.MemoryForgotten:
        """Forget entries: no list, search or context has them any more, until they are restored or said again.

        `ids`: Entries.
        """
        params: builtins.dict[str, Any] = {"ids": ids}
        result: _records.MemoryForgotten = self._call("memory.forget", params, idempotency_key, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Entry:
        """An entry by its id, also a forgotten one.

        `id`: An entry's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Entry = self._call("memory.get", params, None, deadline_ms)
        return result

    def list(
        self,
        *,
        workspace_id: str = "global",
        category: str | None = None,
        source: str | None = None,
        tags: Sequence[str] = [],
        deleted: bool = False,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.EntryPage:
        """The entries of a workspace, the one used last first; forgotten ones by when they were.

        `workspace_id`: A workspace, or `global`.
        `category`: `preference`, `fact`, `pattern`, or a word of the clients' own.
        `source`: `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades.
        `tags`: Only what has all of these.
        `deleted`: What was forgotten, instead of what was not.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if category is not None:
            params["category"] = category
        if source is not None:
            params["source"] = source
        if tags != []:
            params["tags"] = tags
        if deleted:
            params["deleted"] = deleted
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.EntryPage = self._call("memory.list", params, None, deadline_ms)
        return result

    def observe(
        self,
        pattern: str,
        pattern_type: str,
        *,
        evidence: str | None = None,
        workspace_id: str = "global",
        session_id: str | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Observed:
        """Note a pattern in what the user does; seen for the third time within 7 days, it becomes an inferred preference.

        Then its observations are cleared. What the user has said explicitly stays explicit.

        `pattern`: What was observed.
        `pattern_type`: `communication_style`, `scheduling`, `topic_interest`, `workflow` …
        `evidence`: What shows it.
        `workspace_id`: A workspace, or `global`.
        `session_id`: A session's id.
        """
        params: builtins.dict[str, Any] = {"pattern": pattern, "patternType": pattern_type}
        if evidence is not None:
            params["evidence"] = evidence
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if session_id is not None:
            params["sessionId"] = session_id
        result: _records.Observed = self._call("memory.observe", params, idempotency_key, deadline_ms)
        return result

    def purge(
        self,
        *,
        workspace_id: str = "global",
        older_than_days: int = 30,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.MemoryPurged:
        """Delete for good what was forgotten in a workspace some time ago.

        `workspace_id`: A workspace, or `global`.
        `older_than_days`: Only what was forgotten that long ago.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if older_than_days != 30:
            params["olderThanDays"] = older_than_days
        result: _records.MemoryPurged = self._call("memory.purge", params, idempotency_key, deadline_ms)
        return result

    def remember(
        self,
        content: str,
        *,
        category: str = "fact",
        source: str = "user_explicit",
        workspace_id: str = "global",
        tags: Sequence[str] = [],
        metadata: Any = ...,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Remembered:
        """Remember something, once in a workspace, whatever its case, spacing or end marks.

        Said again, an entry keeps its first content, category and metadata; tags are added, `seenCount` grows, what was
        forgotten is back, and what was inferred becomes explicit when the user says it.

        `content`: What to remember, at most 64 KiB.
        `category`: `preference`, `fact`, `pattern`, or a word of the clients' own.
        `source`: `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades.
        `workspace_id`: A workspace, or `global`.
        `tags`: Words to file it under.
        `metadata`: A JSON object of the clients' own.
        """
        params: builtins.dict[str, Any] = {"content": content}
        if category != "fact":
            params["category"] = category
        if source != "user_explicit":
            params["source"] = source
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if tags != []:
            params["tags"] = tags
        if metadata is not ...:
            params["metadata"] = metadata
        result: _records.Remembered = self._call("memory.remember", params, idempotency_key, deadline_ms)
        return result

    def restore(
        self,
        ids: Sequence[str],
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.MemoryRestored:
        """Take back that entries were forgotten.

        `ids`: Entries.
        """
        params: builtins.dict[str, Any] = {"ids": ids}
        result: _records.MemoryRestored = self._call("memory.restore", params, idempotency_key, deadline_ms)
        return result

    def search(
        self,
        query: str,
        *,
        workspace_id: str = "global",
        scope: Literal["all", "workspace", "workspace+global"] = "workspace+global",
        category: str | None = None,
        tags: Sequence[str] = [],
        limit: int = 10,
        deadline_ms: int | None = None,
    ) -> _records.EntriesFound:
        """Entries that have any of the words of a query, whatever their form, the best first.

        They are fewer than `limit` where they would have over 8 MiB together. `elsewhere` tells whether workspaces outside
        the scope have more.

        `query`: What is looked for, in any words.
        `workspace_id`: A workspace, or `global`.
        `scope`: Where to look: the workspace and what is global, it alone, or everywhere.
        `category`: `preference`, `fact`, `pattern`, or a word of the clients' own.
        `tags`: Only what has all of these.
        `limit`: At most this many.
        """
        params: builtins.dict[str, Any] = {"query": query}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if scope != "workspace+global":
            params["scope"] = scope
        if category is not None:
            params["category"] = category
        if tags != []:
            params["tags"] = tags
        if limit != 10:
            params["limit"] = limit
        result: _records.EntriesFound = self._call("memory.search", params, None, deadline_ms)
        return result

    def update(
        self,
        id: str,
        *,
        content: str | None = None,
        category: str | None = None,
        tags: Sequence[str] | None = None,
        metadata: Any = ...,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Entry:
        """Change what is given. To say what another entry of the workspace says already is a conflict that carries it.

        `id`: An entry's id.
        `content`: What to remember, at most 64 KiB.
        `category`: `preference`, `fact`, `pattern`, or a word of the clients' own.
        `tags`: In place of all its tags.
        `metadata`: In place of the whole metadata.
        `if_revision`: Fail with `conflict` unless this is the stored revision.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if content is not None:
            params["content"] = content
        if category is not None:
            params["category"] = category
        if tags is not None:
            params["tags"] = tags
        if metadata is not ...:
            params["metadata"] = metadata
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: _records.Entry = self._call("memory.update", params, idempotency_key, deadline_ms)
        return result


class Messages:
    """What was said in a session, message by message, with its parts; listed from the newest back, and searched."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def append(
        self,
        session_id: str,
        role: Literal["assistant", "system", "tool", "user"],
        *,
        parts: Sequence[Any] | None = None,
        id: str | None = None,
        parent_id: str | None = None,
        metadata: Any = ...,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Message:
        """Add a message at the end of a session, with its parts; all of it or nothing.

        An id that exists already is a conflict that carries that message. Metadata has at most 3 MiB, a part 4 MiB, the
        parts together 12 MiB. What a part of a known type must hold is checked; everything else is kept as it is.

        `session_id`: A session's id.
        `role`: Who speaks.
        `parts`: JSON objects with a `type`, in their order. Each is kept as written.
        `id`: A message's id.
        `parent_id`: The message it answers.
        `metadata`: A JSON object of the clients' own. It is kept as written.
        """
        params: builtins.dict[str, Any] = {"sessionId": session_id, "role": role}
        if parts is not None:
            params["parts"] = parts
        if id is not None:
            params["id"] = id
        if parent_id is not None:
            params["parentId"] = parent_id
        if metadata is not ...:
            params["metadata"] = metadata
        result: _records.Message = self._call("messages.append", params, idempotency_key, deadline_ms)
        return result

    def delete(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.MessageDeletion:
        """Delete a message and its parts.

        `id`: A message's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.MessageDeletion = self._call("messages.delete", params, idempotency_key, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Message:
        """A message by its id, with its parts.

        `id`: A message's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Message = self._call("messages.get", params, None, deadline_ms)
        return result

    def list(
        self,
        session_id: str,
        *,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.MessagePage:
        """The newest messages of a session, the oldest of them first; the cursor leads to those before them.

        `session_id`: A session's id.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {"sessionId": session_id}
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.MessagePage = self._call("messages.list", params, None, deadline_ms)
        return result

    def search(
        self,
        query: str,
        *,
        workspace_id: str | None = None,
        session_id: str | None = None,
        role: Literal["assistant", "system", "tool", "user"] | None = None,
        limit: int = 10,
        deadline_ms: int | None = None,
    ) -> _records.MessagesFound:
        """Messages about the words of a query, the best first: what was said, thought, asked of tools and answered by them.

        A message that has none of the words is found by those beside it. `elsewhere` tells whether another workspace has
        more; without `workspaceId` everything is searched, and it is 0.

        `query`: What is looked for, in any words.
        `workspace_id`: Only sessions of this workspace.
        `session_id`: Only this session.
        `role`: Only what this one said.
        `limit`: At most this many.
        """
        params: builtins.dict[str, Any] = {"query": query}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if session_id is not None:
            params["sessionId"] = session_id
        if role is not None:
            params["role"] = role
        if limit != 10:
            params["limit"] = limit
        result: _records.MessagesFound = self._call("messages.search", params, None, deadline_ms)
        return result

    def update(
        self,
        id: str,
        *,
        metadata: Any = ...,
        completed_at: Any = ...,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Message:
        """Change what is given. Metadata is replaced as a whole and kept as written.

        `id`: A message's id.
        `metadata`: In place of the whole metadata.
        `completed_at`: When it was complete; null when it is not.
        `if_revision`: Fail with `conflict` unless this is the stored revision.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if metadata is not ...:
            params["metadata"] = metadata
        if completed_at is not ...:
            params["completedAt"] = completed_at
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: _records.Message = self._call("messages.update", params, idempotency_key, deadline_ms)
        return result


class Parts:
    """The parts of messages: texts, calls of tools, files and whatever else there is, kept as they were written."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def delete(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.PartDeletion:
        """Delete a part of a message.

        `id`: A part's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.PartDeletion = self._call("parts.delete", params, idempotency_key, deadline_ms)
        return result

    def delta(
        self,
        message_id: str,
        part_id: str,
        field: str,
        delta: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.PartTold:
        """Tell subscribers that a field of a part grows, in order with every other change. Nothing is stored.

        What came is stored when the part is put anew, whole.

        `message_id`: A message's id.
        `part_id`: A part's id.
        `field`: The field that grows.
        `delta`: What comes at its end.
        """
        params: builtins.dict[str, Any] = {"messageId": message_id, "partId": part_id, "field": field, "delta": delta}
        result: _records.PartTold = self._call("parts.delta", params, idempotency_key, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Part:
        """A part by its id.

        `id`: A part's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Part = self._call("parts.get", params, None, deadline_ms)
        return result

    def put(
        self,
        message_id: str,
        part: Any,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Part:
        """Store a part of a message: in place of the one with its `id`, else after all others.

        A part has at most 4 MiB, those of a message 12 MiB together. One without an `id` gets one. What a known `type`
        must hold is checked; unknown types, and fields nobody knows, are kept as they are.

        `message_id`: A message's id.
        `part`: A JSON object with a `type`. It is kept as written.
        """
        params: builtins.dict[str, Any] = {"messageId": message_id, "part": part}
        result: _records.Part = self._call("parts.put", params, idempotency_key, deadline_ms)
        return result


class Rpc:
    """What this daemon can be asked: its interface, described by itself."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def discover(
        self,
        *,
        deadline_ms: int | None = None,
    ) -> Any:
        """This interface as an OpenRPC 1.3 document."""
        params: builtins.dict[str, Any] = {}
        result: Any = self._call("rpc.discover", params, None, deadline_ms)
        return result


class Sessions:
    """Sessions of agents: who works where, whether it is busy, how it began and ended."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def current(
        self,
        *,
        workspace_id: str = "global",
        agent: str | None = None,
        create: bool = True,
        idle_timeout_s: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Session | None:
        """The active session of a workspace, else a new one, or null without `create`. However many ask at once, it is one.

        Active are sessions without a parent that are neither ended nor archived; of several it is the one in which
        something happened last. Asking counts as something happening. An imported session counts once something happens in
        it here.

        `workspace_id`: A workspace, or `global`.
        `agent`: Who works in it.
        `create`: Start one when there is none.
        `idle_timeout_s`: End it after so many seconds in which nothing happens.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        if agent is not None:
            params["agent"] = agent
        if not create:
            params["create"] = create
        if idle_timeout_s is not None:
            params["idleTimeoutS"] = idle_timeout_s
        result: _records.Session | None = self._call("sessions.current", params, idempotency_key, deadline_ms)
        return result

    def delete(
        self,
        id: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.SessionDeletion:
        """Delete a session, its messages and todos, and its children with theirs. Its logs stay.

        `id`: A session's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.SessionDeletion = self._call("sessions.delete", params, idempotency_key, deadline_ms)
        return result

    def end(
        self,
        id: str,
        *,
        trigger: str = "explicit",
        summary: str | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Session:
        """End a session. The first end stands: ending it again changes nothing and gives it as it is.

        Writes a `session_end` log with the trigger and the duration in whole minutes.

        `id`: A session's id.
        `trigger`: `explicit`, `timeout`, `browser_close` …
        `summary`: What it came to.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if trigger != "explicit":
            params["trigger"] = trigger
        if summary is not None:
            params["summary"] = summary
        result: _records.Session = self._call("sessions.end", params, idempotency_key, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Session:
        """A session by its id.

        `id`: A session's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Session = self._call("sessions.get", params, None, deadline_ms)
        return result

    def list(
        self,
        *,
        workspace_id: str | None = None,
        parent_id: str | None = None,
        agent: str | None = None,
        active: bool | None = None,
        archived: bool = False,
        search: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.SessionPage:
        """Sessions, the one in which something happened last first.

        `workspace_id`: Only of this workspace; all when it is left out.
        `parent_id`: Only the children of this session.
        `agent`: Who works in it.
        `active`: Only those that have not ended, or only those that have.
        `archived`: Those that were archived, instead of the others.
        `search`: Only titles and summaries with this text.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if parent_id is not None:
            params["parentId"] = parent_id
        if agent is not None:
            params["agent"] = agent
        if active is not None:
            params["active"] = active
        if archived:
            params["archived"] = archived
        if search is not None:
            params["search"] = search
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.SessionPage = self._call("sessions.list", params, None, deadline_ms)
        return result

    def start(
        self,
        *,
        id: str | None = None,
        workspace_id: str | None = None,
        parent_id: str | None = None,
        title: str | None = None,
        agent: str | None = None,
        source: str | None = None,
        metadata: Any = ...,
        idle_timeout_s: int | None = None,
        replace: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Session:
        """Start a session; it is active until it is ended, by `sessions.end` or by its idle timeout.

        An id that exists already is a conflict that carries that session. Writes a `session_start` log.

        `id`: A session's id.
        `workspace_id`: A workspace; its parent's, else `global`.
        `parent_id`: A session's id.
        `title`: What people call it.
        `agent`: Who works in it.
        `source`: What began it.
        `metadata`: A JSON object of the clients' own.
        `idle_timeout_s`: End it after so many seconds in which nothing happens.
        `replace`: End the workspace's and agent's other active sessions first.
        """
        params: builtins.dict[str, Any] = {}
        if id is not None:
            params["id"] = id
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if parent_id is not None:
            params["parentId"] = parent_id
        if title is not None:
            params["title"] = title
        if agent is not None:
            params["agent"] = agent
        if source is not None:
            params["source"] = source
        if metadata is not ...:
            params["metadata"] = metadata
        if idle_timeout_s is not None:
            params["idleTimeoutS"] = idle_timeout_s
        if replace:
            params["replace"] = replace
        result: _records.Session = self._call("sessions.start", params, idempotency_key, deadline_ms)
        return result

    def update(
        self,
        id: str,
        *,
        title: Any = ...,
        status: Literal["busy", "idle", "retry"] | None = None,
        summary: Any = ...,
        metadata: Any = ...,
        archived: bool | None = None,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Session:
        """Change what is given. A session that is `busy` or in `retry` falls back to `idle` when its client vanishes.

        That holds for the connection which set the status, once it has made more than that one call: a program that
        connects for a single call is gone in any case. When the daemon starts anew, every session is idle.

        `id`: A session's id.
        `title`: What people call it.
        `status`: What it is doing.
        `summary`: What it came to.
        `metadata`: A JSON merge patch (RFC 7396) of it.
        `archived`: Put it away, or take it out again.
        `if_revision`: Fail with `conflict` unless this is the stored revision.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if title is not ...:
            params["title"] = title
        if status is not None:
            params["status"] = status
        if summary is not ...:
            params["summary"] = summary
        if metadata is not ...:
            params["metadata"] = metadata
        if archived is not None:
            params["archived"] = archived
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: _records.Session = self._call("sessions.update", params, idempotency_key, deadline_ms)
        return result


class Settings:
    """Named values, global or of one workspace; a revision keeps two writers from overwriting each other unseen."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def delete(
        self,
        key: str,
        *,
        workspace_id: str = "global",
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.SettingDeletion:
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
        result: _records.SettingDeletion = self._call("settings.delete", params, idempotency_key, deadline_ms)
        return result

    def export(
        self,
        *,
        workspace_id: str = "global",
        deadline_ms: int | None = None,
    ) -> _records.SettingsFile:
        """All values of one scope, as one document that `settings.import` takes back.

        `workspace_id`: A workspace, or `global`.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        result: _records.SettingsFile = self._call("settings.export", params, None, deadline_ms)
        return result

    def get(
        self,
        key: str,
        *,
        workspace_id: str = "global",
        deadline_ms: int | None = None,
    ) -> _records.Setting | None:
        """The value stored under a key, or null.

        A workspace that has no value of its own gets the global one; `workspaceId` tells which it is.

        `key`: A name of 1 to 256 characters.
        `workspace_id`: A workspace, or `global`.
        """
        params: builtins.dict[str, Any] = {"key": key}
        if workspace_id != "global":
            params["workspaceId"] = workspace_id
        result: _records.Setting | None = self._call("settings.get", params, None, deadline_ms)
        return result

    def import_(
        self,
        version: Literal["1.0"],
        settings: Sequence[_records.ExportedSetting],
        *,
        workspace_id: str = "global",
        exported_at: str | None = None,
        replace: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.SettingsImported:
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
        result: _records.SettingsImported = self._call("settings.import", params, idempotency_key, deadline_ms)
        return result

    def list(
        self,
        *,
        prefix: str = "",
        workspace_id: str = "global",
        effective: bool = False,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.SettingPage:
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
        result: _records.SettingPage = self._call("settings.list", params, None, deadline_ms)
        return result

    def set(
        self,
        key: str,
        value: Any,
        *,
        workspace_id: str = "global",
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Setting:
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
        result: _records.Setting = self._call("settings.set", params, idempotency_key, deadline_ms)
        return result


class State:
    """Everything that is stored, as records: taken in from other systems and other files, and given out."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def export(
        self,
        *,
        workspace_id: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.StatePage:
        """Everything, as records that `state.import` takes: workspaces, settings, sessions, todos, messages, memory, logs.

        A page has at most 8 MiB, or one record. It tells what is stored when it is read; what is there from the first page
        to the last is told once. The workspace `global` is left out as long as nobody wrote to it.

        `workspace_id`: Only what belongs to it; all when it is left out.
        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if workspace_id is not None:
            params["workspaceId"] = workspace_id
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.StatePage = self._call("state.export", params, None, deadline_ms)
        return result

    def import_(
        self,
        records: Sequence[Any],
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.StateImported:
        """Take in records of other systems or another file; a record that is wrong is skipped and harms no other.

        Each is held to what its noun allows. What exists is known again: a session, message, observation or log by its
        `id`, a workspace by its `id` or its directory, a setting by its key, a memory by its content, a todo list by its
        session. It is replaced when the record is newer, by `updatedAt` and then by when it was last used, and otherwise
        left as it is: the same records may come any number of times. A record lies in the workspace of `workspaceId` if
        there is that one, else in that of `projectDir`, which is made if need be and may be a directory that is gone,
        else in `global`. A message or todo list needs its session; a session whose parent is not there, or a log or
        observation whose session is not, is taken without it. A dry run takes a session that is not there for one of an
        earlier call.

        For each workspace that something came into there is one `state.import` event, not one for every record.

        `records`: Records, each after those it refers to. The result of `state.export` tells what a kind holds.
        `dry_run`: Say what would become of the records, and change nothing.
        """
        params: builtins.dict[str, Any] = {"records": records}
        if dry_run:
            params["dryRun"] = dry_run
        result: _records.StateImported = self._call("state.import", params, idempotency_key, deadline_ms)
        return result


class Todos:
    """The todo list of a session: written whole, read whole, each todo kept as its author wrote it."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def get(
        self,
        session_id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Todos:
        """The todo list of a session, empty when it was never set.

        `session_id`: A session's id.
        """
        params: builtins.dict[str, Any] = {"sessionId": session_id}
        result: _records.Todos = self._call("todos.get", params, None, deadline_ms)
        return result

    def set(
        self,
        session_id: str,
        todos: Sequence[Any],
        *,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Todos:
        """Replace the todo list of a session by another one, which may be empty.

        `session_id`: A session's id.
        `todos`: The todos in their order, at most 8 MiB together. Each is an object with `content` and `status`, perhaps `priority` and `id`, and anything else.
        `if_revision`: Fail unless this is the stored revision; 0: never set.
        """
        params: builtins.dict[str, Any] = {"sessionId": session_id, "todos": todos}
        if if_revision is not None:
            params["ifRevision"] = if_revision
        result: _records.Todos = self._call("todos.set", params, idempotency_key, deadline_ms)
        return result


class Transaction:
    """Several calls as one: all of them take effect, or none."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def run(
        self,
        calls: Sequence[_records.TransactionCall],
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.TransactionResult:
        """Run calls in one transaction: when one fails, none has happened and its error is the reply.

        `error.data.call` is the index of the call that failed. The results have at most 16 MiB together.
        An idempotency key belongs on `transaction.run` itself, not on a call inside it.

        `calls`: The calls, in their order.
        """
        params: builtins.dict[str, Any] = {"calls": calls}
        result: _records.TransactionResult = self._call("transaction.run", params, idempotency_key, deadline_ms)
        return result


class Workspaces:
    """Projects by their directory: one workspace each, whatever link, worktree or old path leads to it."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    def delete(
        self,
        id: str,
        *,
        force: bool = False,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.WorkspaceDeletion:
        """Delete a workspace. One that still holds records is a conflict unless `force` is given.

        `id`: A workspace's id.
        `force`: Delete what belongs to it as well.
        """
        params: builtins.dict[str, Any] = {"id": id}
        if force:
            params["force"] = force
        result: _records.WorkspaceDeletion = self._call("workspaces.delete", params, idempotency_key, deadline_ms)
        return result

    def get(
        self,
        id: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Workspace:
        """A workspace by its id.

        `id`: A workspace's id.
        """
        params: builtins.dict[str, Any] = {"id": id}
        result: _records.Workspace = self._call("workspaces.get", params, None, deadline_ms)
        return result

    def list(
        self,
        *,
        limit: int = 100,
        cursor: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.WorkspacePage:
        """Every workspace but `global`, the one opened last first.

        `limit`: At most this many.
        `cursor`: `nextCursor` of the page before.
        """
        params: builtins.dict[str, Any] = {}
        if limit != 100:
            params["limit"] = limit
        if cursor is not None:
            params["cursor"] = cursor
        result: _records.WorkspacePage = self._call("workspaces.list", params, None, deadline_ms)
        return result

    def open(
        self,
        project_dir: str,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Workspace:
        """The workspace of a directory, created on first use; notes that it was opened.

        The path is made canonical first: symbolic links are followed, and a git worktree stands for the
        repository it belongs to. A path the workspace had before `workspaces.relink` leads to it as well.

        `project_dir`: An absolute path on this machine.
        `name`: What people call it.
        """
        params: builtins.dict[str, Any] = {"projectDir": project_dir}
        if name is not None:
            params["name"] = name
        result: _records.Workspace = self._call("workspaces.open", params, idempotency_key, deadline_ms)
        return result

    def relink(
        self,
        id: str,
        project_dir: str,
        *,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Workspace:
        """Point a workspace at the directory its project moved to; the old path stays an alias of it.

        `id`: A workspace's id.
        `project_dir`: An absolute path on this machine.
        """
        params: builtins.dict[str, Any] = {"id": id, "projectDir": project_dir}
        result: _records.Workspace = self._call("workspaces.relink", params, idempotency_key, deadline_ms)
        return result

    def resolve(
        self,
        path: str,
        *,
        deadline_ms: int | None = None,
    ) -> _records.Workspace | None:
        """The workspace whose directory is the nearest one around a path, or null. The path need not exist.

        `path`: An absolute path on this machine.
        """
        params: builtins.dict[str, Any] = {"path": path}
        result: _records.Workspace | None = self._call("workspaces.resolve", params, None, deadline_ms)
        return result

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        config: Any = ...,
        if_revision: int | None = None,
        idempotency_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> _records.Workspace:
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
        result: _records.Workspace = self._call("workspaces.update", params, idempotency_key, deadline_ms)
        return result


class Nouns:
    """Every part of the interface, by its name."""

    def __init__(self, call: Call) -> None:
        self.context = Context(call)
        self.daemon = Daemon(call)
        self.events = Events(call)
        self.leases = Leases(call)
        self.logs = Logs(call)
        self.memory = Memory(call)
        self.messages = Messages(call)
        self.parts = Parts(call)
        self.rpc = Rpc(call)
        self.sessions = Sessions(call)
        self.settings = Settings(call)
        self.state = State(call)
        self.todos = Todos(call)
        self.transaction = Transaction(call)
        self.workspaces = Workspaces(call)
