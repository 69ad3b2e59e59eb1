-- The schema after every migration. Derived: change migrations/, not this.

PRAGMA user_version = 3;

CREATE TABLE workspace_config (
    id TEXT PRIMARY KEY,
    project_dir TEXT UNIQUE,
    name TEXT,
    last_opened INTEGER GENERATED ALWAYS AS (CAST(strftime('%s', opened_at) AS INTEGER)) VIRTUAL,
    config TEXT NOT NULL DEFAULT '{}',
    revision INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    opened_at TEXT NOT NULL
) STRICT;

CREATE INDEX workspace_config_opened ON workspace_config (opened_at, id);

CREATE TABLE workspace_aliases (
    project_dir TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX workspace_aliases_workspace ON workspace_aliases (workspace_id);

CREATE TABLE settings (
    id INTEGER PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    written_at TEXT NOT NULL,
    updated_at INTEGER GENERATED ALWAYS AS (CAST(strftime('%s', written_at) AS INTEGER)) VIRTUAL,
    UNIQUE (workspace_id, key)
) STRICT;

CREATE TABLE changes (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    topic TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    digest TEXT NOT NULL,
    reply TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE identity (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    database_id TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    parent_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    title TEXT,
    agent TEXT,
    source TEXT,
    status TEXT NOT NULL DEFAULT 'idle',
    metadata TEXT NOT NULL DEFAULT '{}',
    summary TEXT,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    end_trigger TEXT,
    archived_at TEXT,
    idle_timeout_s INTEGER,
    active_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    busy_for INTEGER,
    live INTEGER NOT NULL DEFAULT 1,
    todos_revision INTEGER NOT NULL DEFAULT 0,
    todos_updated_at TEXT,
    expires_at TEXT GENERATED ALWAYS AS (
        CASE WHEN ended_at IS NULL THEN strftime('%Y-%m-%dT%H:%M:%fZ', active_at, '+' || idle_timeout_s || ' seconds') END
    ) VIRTUAL
) STRICT;

CREATE INDEX sessions_active ON sessions (active_at, id);

CREATE INDEX sessions_workspace ON sessions (workspace_id, active_at, id);

CREATE INDEX sessions_parent ON sessions (parent_id, active_at, id);

CREATE INDEX sessions_current ON sessions (workspace_id, agent, active_at)
    WHERE live = 1 AND ended_at IS NULL AND archived_at IS NULL AND parent_id IS NULL;

CREATE INDEX sessions_expires ON sessions (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX sessions_busy ON sessions (busy_for) WHERE status <> 'idle';

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    parent_id TEXT,
    content TEXT NOT NULL DEFAULT '',
    metadata TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    completed_at TEXT,
    updated_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (session_id, position)
) STRICT;

CREATE TABLE parts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (message_id, position)
) STRICT;

CREATE VIRTUAL TABLE parts_search USING fts5 (scope, content, tokenize = 'porter unicode61 remove_diacritics 2');

CREATE TABLE 'parts_search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'parts_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'parts_search_content'(id INTEGER PRIMARY KEY, c0, c1);

CREATE TABLE 'parts_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'parts_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER parts_deleted AFTER DELETE ON parts BEGIN
    DELETE FROM parts_search WHERE rowid = old.number;
END;

CREATE TABLE todos (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT,
    data TEXT NOT NULL,
    PRIMARY KEY (session_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE memory_entries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    category TEXT NOT NULL,
    source TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    metadata TEXT NOT NULL DEFAULT '{}',
    seen_count INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    last_accessed TEXT NOT NULL,
    deleted_at TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    weight INTEGER GENERATED ALWAYS AS (
        CASE category WHEN 'preference' THEN 30 WHEN 'fact' THEN 20 WHEN 'pattern' THEN 10 ELSE 0 END
        + CASE source WHEN 'user_explicit' THEN 20 WHEN 'jarvis_inferred' THEN 10 ELSE 0 END
    ) VIRTUAL,
    UNIQUE (workspace_id, content_hash)
) STRICT;

CREATE INDEX memory_entries_accessed ON memory_entries (workspace_id, last_accessed, id) WHERE deleted_at IS NULL;

CREATE INDEX memory_entries_weight ON memory_entries (workspace_id, source, weight, last_accessed) WHERE deleted_at IS NULL;

CREATE INDEX memory_entries_inferred ON memory_entries (last_accessed)
    WHERE deleted_at IS NULL AND source = 'jarvis_inferred';

CREATE INDEX memory_entries_deleted ON memory_entries (workspace_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE INDEX memory_entries_purge ON memory_entries (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE VIRTUAL TABLE memory_search USING fts5 (scope, content, tokenize = 'porter unicode61 remove_diacritics 2');

CREATE TABLE 'memory_search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'memory_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'memory_search_content'(id INTEGER PRIMARY KEY, c0, c1);

CREATE TABLE 'memory_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'memory_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER memory_entries_deleted AFTER DELETE ON memory_entries BEGIN
    DELETE FROM memory_search WHERE rowid = old.number;
END;

CREATE TABLE observations (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    pattern TEXT NOT NULL,
    pattern_type TEXT NOT NULL,
    evidence TEXT,
    session_id TEXT REFERENCES sessions (id) ON DELETE SET NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX observations_pattern ON observations (workspace_id, pattern_type, pattern, created_at);

CREATE INDEX observations_session ON observations (session_id);

CREATE TABLE daily_logs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    session_id TEXT REFERENCES sessions (id) ON DELETE SET NULL,
    event_type TEXT NOT NULL,
    event_data TEXT,
    timestamp TEXT NOT NULL
) STRICT;

CREATE INDEX daily_logs_timestamp ON daily_logs (timestamp, event_type);

CREATE INDEX daily_logs_workspace ON daily_logs (workspace_id, timestamp, event_type);

CREATE INDEX daily_logs_session ON daily_logs (session_id, timestamp);

CREATE INDEX daily_logs_type ON daily_logs (event_type, timestamp);

CREATE TABLE leases (
    workspace_id TEXT NOT NULL REFERENCES workspace_config (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL UNIQUE,
    acquired_at TEXT NOT NULL,
    ttl_ms INTEGER,
    expires_at TEXT,
    note TEXT,
    connection INTEGER,
    PRIMARY KEY (workspace_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_expires ON leases (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX leases_bound ON leases (connection) WHERE expires_at IS NULL;

CREATE TABLE fencing (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    last_token INTEGER NOT NULL
) STRICT;
