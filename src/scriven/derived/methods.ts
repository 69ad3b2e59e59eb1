/**
 * The types of Scriven's JSON-RPC interface. Derived from its methods; do not edit.
 *
 * With vscode-jsonrpc, over a Unix socket:
 *
 *     const call = <M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> =>
 *       connection.sendRequest(method, params);
 *     const theme = await call("settings.get", { key: "theme" });
 */

/** What a caller may say about the call itself. */
export interface CallMeta {
  /** A retry with the same key gets the first reply again. */
  idempotencyKey?: string | null;
  /** Give up after this many milliseconds. */
  deadlineMs?: number | null;
  /** Who is asking, for the log. */
  actor?: string | null;
}

/** How many records there are, and how big the file is. */
export interface Counts {
  settings: number;
  workspaces: number;
  changes: number;
  /** The newest place in the change log. */
  head: number;
  databaseBytes: number;
  /** Bytes of the file that hold nothing at the moment. */
  freeBytes: number;
}

/** The file behind the daemon. `id` and `schemaVersion` are null while it is being opened. */
export interface Database {
  /** Where it lies. */
  path: string;
  /** Of this file, whatever its path. */
  id: string | null;
  /** The last migration it has had. */
  schemaVersion: number | null;
}

/** What the caller believes it is talking to. */
export interface Expected {
  /** Of this file, whatever its path. */
  databaseId?: string | null;
  /** Another one at every start. */
  instance?: string | null;
}

/** A value as exports carry it. */
export interface ExportedSetting {
  /** A name of 1 to 256 characters. */
  key: string;
  /** Any JSON value. It is kept as written. */
  value: unknown;
}

/** The daemon has begun to drain. */
export interface Farewell {
  stopping: boolean;
  /** The process. */
  pid: number;
}

/** Who answers, and what it accepts. */
export interface Greeting {
  name: string;
  /** The version of the daemon. */
  version: string;
  /** The oldest and newest protocol it speaks. */
  protocol: [number, number];
  /** The process. */
  pid: number;
  /** Another one at every start. */
  instance: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** Calls are served in `ready`. */
  state: "degraded" | "draining" | "ready" | "starting";
  /** Where it listens. */
  socket: string;
  database: Database;
  limits: Limits;
  access: "read" | "write";
}

/** Whether calls are being served. */
export interface Health {
  /** Calls are served in `ready`. */
  state: "degraded" | "draining" | "ready" | "starting";
  /** The process. */
  pid: number;
  /** Another one at every start. */
  instance: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** Why it is not ready. */
  reason: string | null;
}

/** What the daemon accepts. */
export interface Limits {
  /** Of one message. */
  frameBytes: number;
  /** Calls in one batch. */
  batchCalls: number;
  /** Calls of one connection under way; beyond it is not read from. */
  callsInFlight: number;
  /** Connections at once. */
  connections: number;
  /** The longest a call may take. */
  deadlineMs: number;
}

/** A stored value. */
export interface Setting {
  /** A name of 1 to 256 characters. */
  key: string;
  /** Any JSON value. It is kept as written. */
  value: unknown;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** Grows by one at every write. */
  revision: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
}

/** Whether there was something to delete. */
export interface SettingDeletion {
  deleted: boolean;
}

/** One page of a list. */
export interface SettingPage {
  items: Setting[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** All values of one scope, in the form iDumb's dashboard exports. */
export interface SettingsFile {
  version: "1.0";
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  exportedAt: string;
  settings: ExportedSetting[];
}

/** What an import did. */
export interface SettingsImported {
  /** Keys stored. */
  imported: number;
  /** Keys that `replace` removed. */
  deleted: number;
}

/** The daemon at a glance. */
export interface Status {
  /** Calls are served in `ready`. */
  state: "degraded" | "draining" | "ready" | "starting";
  /** The version of the daemon. */
  version: string;
  /** The process. */
  pid: number;
  /** Another one at every start. */
  instance: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  uptimeSeconds: number;
  /** Where it listens. */
  socket: string;
  database: Database;
  counts: Counts;
  traffic: Traffic;
}

/** What the process has done since it started. */
export interface Traffic {
  connections: number;
  calls: number;
  errors: number;
  commits: number;
  /** Calls that wait for the database right now. */
  queued: number;
  walBytes: number;
  residentBytes: number;
}

/** One call of the transaction. */
export interface TransactionCall {
  /** A read or write method. */
  method: string;
  /** Its params, as an object or an array. */
  params?: unknown;
}

/** The result of every call, in their order. */
export interface TransactionResult {
  results: unknown[];
}

/** A project. The row `global` is the scope of what belongs to none; it has no directory. */
export interface Workspace {
  /** A workspace's id. */
  id: string;
  /** What people call it. */
  name: string | null;
  /** An absolute path on this machine. */
  projectDir: string | null;
  /** A JSON object of the clients' own. */
  config: unknown;
  /** Grows by one at every write. */
  revision: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  lastOpened: string;
}

/** Whether there was something to delete. */
export interface WorkspaceDeletion {
  deleted: boolean;
}

/** One page of a list. */
export interface WorkspacePage {
  items: Workspace[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/**
 * Whether calls are being served.
 *
 * It never waits for the database.
 */
export interface DaemonHealth {
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Introduce a client and learn who answers, which protocol it speaks and what it accepts.
 *
 * Optional: a connection may call anything without it. It answers in every state of the daemon.
 */
export interface DaemonHello {
  /** Who is calling, for people. */
  client?: string | null;
  /** The caller's own version. */
  version?: string | null;
  /** The oldest and newest protocol it speaks. */
  protocol?: [number, number] | null;
  /** Fail with `mismatch` unless these are so. */
  expect?: Expected | null;
  /** `read` gives up the right to write, for this connection and for good. */
  access?: "read" | "write" | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Drain and end: calls under way are finished, later ones get `shutting_down`. */
export interface DaemonShutdown {
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The daemon at a glance: the file, what it holds, what has been done. */
export interface DaemonStatus {
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** This interface as an OpenRPC 1.3 document. */
export interface RpcDiscover {
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Delete a value of exactly this scope.
 *
 * With `ifRevision`, a value that has gone already is a conflict, not a success.
 */
export interface SettingsDelete {
  /** A name of 1 to 256 characters. */
  key: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Fail with `conflict` unless this is the stored revision. */
  ifRevision?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** All values of one scope, as one document that `settings.import` takes back. */
export interface SettingsExport {
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * The value stored under a key, or null.
 *
 * A workspace that has no value of its own gets the global one; `workspaceId` tells which it is.
 */
export interface SettingsGet {
  /** A name of 1 to 256 characters. */
  key: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Store every value of an export, all or nothing; of a key named twice the last stands. */
export interface SettingsImport {
  /** Of the export's form. */
  version: "1.0";
  /** The values. */
  settings: ExportedSetting[];
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** When it was exported; not stored. */
  exportedAt?: string | null;
  /** Delete the keys that the import does not name. Default: `false`. */
  replace?: boolean;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The values of one scope, by key. */
export interface SettingsList {
  /** Only keys that begin so. Default: `""`. */
  prefix?: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** With the global values that the workspace does not set itself. Default: `false`. */
  effective?: boolean;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Store a value under a key, creating or replacing it.
 *
 * A value has at most 1 MiB of JSON.
 */
export interface SettingsSet {
  /** A name of 1 to 256 characters. */
  key: string;
  /** Any JSON value. It is kept as written. */
  value: unknown;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Fail unless this is the stored revision; 0: only create. */
  ifRevision?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Run calls in one transaction: when one fails, none has happened and its error is the reply.
 *
 * `error.data.call` is the index of the call that failed. The results have at most 16 MiB together.
 * An idempotency key belongs on `transaction.run` itself, not on a call inside it.
 */
export interface TransactionRun {
  /** The calls, in their order. */
  calls: TransactionCall[];
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Delete a workspace. One that still holds records is a conflict unless `force` is given. */
export interface WorkspacesDelete {
  /** A workspace's id. */
  id: string;
  /** Delete what belongs to it as well. Default: `false`. */
  force?: boolean;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** A workspace by its id. */
export interface WorkspacesGet {
  /** A workspace's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Every workspace but `global`, the one opened last first. */
export interface WorkspacesList {
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * The workspace of a directory, created on first use; notes that it was opened.
 *
 * The path is made canonical first: symbolic links are followed, and a git worktree stands for the
 * repository it belongs to. A path the workspace had before `workspaces.relink` leads to it as well.
 */
export interface WorkspacesOpen {
  /** An absolute path on this machine. */
  projectDir: string;
  /** What people call it. */
  name?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Point a workspace at the directory its project moved to; the old path stays an alias of it. */
export interface WorkspacesRelink {
  /** A workspace's id. */
  id: string;
  /** An absolute path on this machine. */
  projectDir: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The workspace whose directory is the nearest one around a path, or null. The path need not exist. */
export interface WorkspacesResolve {
  /** An absolute path on this machine. */
  path: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Rename a workspace, or merge a patch into its config; a null in the patch removes a field. */
export interface WorkspacesUpdate {
  /** A workspace's id. */
  id: string;
  /** What people call it. */
  name?: string;
  /** A JSON merge patch (RFC 7396) of the config. */
  config?: unknown;
  /** Fail with `conflict` unless this is the stored revision. */
  ifRevision?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Every method: what it takes and what it gives. */
export interface Methods {
  /**
   * Whether calls are being served.
   *
   * It never waits for the database.
   */
  "daemon.health": {
    params: DaemonHealth;
    result: Health;
  };
  /**
   * Introduce a client and learn who answers, which protocol it speaks and what it accepts.
   *
   * Optional: a connection may call anything without it. It answers in every state of the daemon.
   */
  "daemon.hello": {
    params: DaemonHello;
    result: Greeting;
  };
  /** Drain and end: calls under way are finished, later ones get `shutting_down`. */
  "daemon.shutdown": {
    params: DaemonShutdown;
    result: Farewell;
  };
  /** The daemon at a glance: the file, what it holds, what has been done. */
  "daemon.status": {
    params: DaemonStatus;
    result: Status;
  };
  /** This interface as an OpenRPC 1.3 document. */
  "rpc.discover": {
    params: RpcDiscover;
    result: unknown;
  };
  /**
   * Delete a value of exactly this scope.
   *
   * With `ifRevision`, a value that has gone already is a conflict, not a success.
   */
  "settings.delete": {
    params: SettingsDelete;
    result: SettingDeletion;
  };
  /** All values of one scope, as one document that `settings.import` takes back. */
  "settings.export": {
    params: SettingsExport;
    result: SettingsFile;
  };
  /**
   * The value stored under a key, or null.
   *
   * A workspace that has no value of its own gets the global one; `workspaceId` tells which it is.
   */
  "settings.get": {
    params: SettingsGet;
    result: Setting | null;
  };
  /** Store every value of an export, all or nothing; of a key named twice the last stands. */
  "settings.import": {
    params: SettingsImport;
    result: SettingsImported;
  };
  /** The values of one scope, by key. */
  "settings.list": {
    params: SettingsList;
    result: SettingPage;
  };
  /**
   * Store a value under a key, creating or replacing it.
   *
   * A value has at most 1 MiB of JSON.
   */
  "settings.set": {
    params: SettingsSet;
    result: Setting;
  };
  /**
   * Run calls in one transaction: when one fails, none has happened and its error is the reply.
   *
   * `error.data.call` is the index of the call that failed. The results have at most 16 MiB together.
   * An idempotency key belongs on `transaction.run` itself, not on a call inside it.
   */
  "transaction.run": {
    params: TransactionRun;
    result: TransactionResult;
  };
  /** Delete a workspace. One that still holds records is a conflict unless `force` is given. */
  "workspaces.delete": {
    params: WorkspacesDelete;
    result: WorkspaceDeletion;
  };
  /** A workspace by its id. */
  "workspaces.get": {
    params: WorkspacesGet;
    result: Workspace;
  };
  /** Every workspace but `global`, the one opened last first. */
  "workspaces.list": {
    params: WorkspacesList;
    result: WorkspacePage;
  };
  /**
   * The workspace of a directory, created on first use; notes that it was opened.
   *
   * The path is made canonical first: symbolic links are followed, and a git worktree stands for the
   * repository it belongs to. A path the workspace had before `workspaces.relink` leads to it as well.
   */
  "workspaces.open": {
    params: WorkspacesOpen;
    result: Workspace;
  };
  /** Point a workspace at the directory its project moved to; the old path stays an alias of it. */
  "workspaces.relink": {
    params: WorkspacesRelink;
    result: Workspace;
  };
  /** The workspace whose directory is the nearest one around a path, or null. The path need not exist. */
  "workspaces.resolve": {
    params: WorkspacesResolve;
    result: Workspace | null;
  };
  /** Rename a workspace, or merge a patch into its config; a null in the patch removes a field. */
  "workspaces.update": {
    params: WorkspacesUpdate;
    result: Workspace;
  };
}

/** `error.code` by kind. */
export const ErrorCode = {
  /** The bytes are not JSON. */
  parse_error: -32700,
  /** The JSON is not a JSON-RPC 2.0 request. */
  invalid_request: -32600,
  /** There is no method of that name. */
  method_not_found: -32601,
  /** The params do not fit the method; `path` names the field. */
  invalid_params: -32602,
  /** A defect in Scriven; `ref` finds its traceback in the log. */
  internal_error: -32603,
  /** The caller cancelled it before it was committed. */
  request_cancelled: -32800,
  /** No record has that id. */
  not_found: -32001,
  /** Another revision is stored, it exists already, or another holds it; `current` is the stored state. */
  conflict: -32002,
  /** A frame, a batch, a value or the number of connections is over its `limit`. */
  limit_exceeded: -32003,
  /** The queue is full: try again. */
  busy: -32004,
  /** The daemon is draining: try again after its restart. */
  shutting_down: -32005,
  /** The disk is full, failed, or the database is damaged. */
  storage_error: -32006,
  /** The change log no longer reaches back that far: read the state anew. */
  cursor_expired: -32007,
  /** The call's deadline passed before it was done. */
  deadline_exceeded: -32008,
  /** This peer, or this connection, may not do that. */
  forbidden: -32009,
  /** The daemon is starting, migrating or degraded. */
  not_ready: -32010,
  /** The protocol or the database is another one than expected. */
  mismatch: -32011,
} as const;

export type ErrorKind = keyof typeof ErrorCode;

/** `error.data` of every error. */
export interface ErrorData {
  kind: ErrorKind;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** Whether the write happened. */
  outcome: "none" | "done" | "unknown";
  /** What helps. */
  hint?: string;
  /** The field at fault, such as `$.key`. */
  path?: string;
  /** Finds an internal error in the daemon's log. */
  ref?: string;
  /** The stored state, in a conflict. */
  current?: unknown;
  [detail: string]: unknown;
}
