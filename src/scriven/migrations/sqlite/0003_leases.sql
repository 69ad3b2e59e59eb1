-- Leases: who may do what only one may do at a time. A lease without `expires_at` belongs to a `connection` of this run
-- of the daemon; `fencing` remembers the last number that was given, so that it only ever grows.

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

INSERT INTO fencing (only, last_token) VALUES (1, 0);
