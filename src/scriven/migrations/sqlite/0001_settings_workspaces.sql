-- Settings and workspaces, with the log of changes and the keys of repeated calls.
-- `settings` and `workspace_config` keep the columns of iDumb's dashboard, whose times are Unix seconds:
-- those are computed from our own text columns, so that its schema still reads the file.

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

INSERT INTO workspace_config (id, name, created_at, updated_at, opened_at)
SELECT 'global', 'global', moment, moment, moment FROM (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS moment);

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

INSERT INTO identity (only, database_id) VALUES (1, lower(hex(randomblob(16))));
