-- Sessions with their transcripts and todos, memory, daily logs, and the indexes that search them.
-- `sessions`, `memory_entries`, `daily_logs`, `observations` and `messages` keep the columns of Jarvis's agent memory,
-- so that its schema still reads the file. `number` is what an index of texts refers to: VACUUM keeps it.

-- `live` is 0 for what was imported and nothing has happened in since; `busy_for` is the connection that set the status.
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

-- `scope` holds words that narrow a search inside the index: workspace, session, role.
CREATE VIRTUAL TABLE parts_search USING fts5 (scope, content, tokenize = 'porter unicode61 remove_diacritics 2');

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

-- `scope` holds words that narrow a search inside the index: workspace, category, tags. What was forgotten is not in it.
CREATE VIRTUAL TABLE memory_search USING fts5 (scope, content, tokenize = 'porter unicode61 remove_diacritics 2');

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
