/**
 * The types of Scriven's JSON-RPC interface. Derived from its methods; do not edit.
 *
 * With vscode-jsonrpc, over a Unix socket:
 *
 *     const call = <M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> =>
 *       connection.sendRequest(method, params);
 *     const theme = await call("settings.get", { key: "theme" });
 *
 *     connection.onNotification("events.event", (event: Told) => {
 *       if (event.topic === "settings.set" && !isRef(event.body)) console.log(event.body.key);
 *     });
 */

/** What a caller may say about the call itself. */
export interface CallMeta {
  /** A retry with the same key gets the first reply again. */
  idempotencyKey?: string | null;
  /** Give up after this many milliseconds. */
  deadlineMs?: number | null;
  /** Who is asking, for the log. */
  actor?: string | null;
  /** Tell how far the call has come, as `$/progress` with this token. */
  progressToken?: string | number | null;
}

/** A connection, and who is at its other end. */
export interface Client {
  /** Its number in this run of the daemon. */
  id: number;
  /** The process that connected, where the system tells. */
  pid: number | null;
  /** That process's program, while it lives. */
  command: string | null;
  /** Its name, from `daemon.hello`. */
  client: string | null;
  /** Its version, from `daemon.hello`. */
  version: string | null;
  access: "read" | "write";
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  connectedAt: string;
  /** Begun so far. */
  calls: number;
  /** Under way right now. */
  inFlight: number;
  subscriptions: ClientSubscription[];
  /** Those it holds that end with it. */
  leases: number;
}

/** What a client listens to. `lag` is how many changes, wanted or not, it has still to be told of. */
export interface ClientSubscription {
  /** A subscription of this connection. */
  id: string;
  /** What to hear of, any of them. */
  topics: string[];
  /** A workspace, or `global`. */
  workspaceId: string | null;
  /** A place in the change log; opaque. */
  cursor: string;
  lag: number;
}

/** A text for an agent to read, and what it was made of. */
export interface Context {
  /** Lines of Markdown; empty when there is nothing to know. */
  text: string;
  entries: ContextEntry[];
  /** What the text costs, never over `maxTokens`. */
  totalTokens: number;
  /** Whether something was left out or cut to keep within `maxTokens`. */
  truncated: boolean;
  lastSession: LastSession | null;
}

/** A memory that the text holds. */
export interface ContextEntry {
  /** An entry's id. */
  id: string;
  /** What to remember, at most 64 KiB. */
  content: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category: string;
  /** `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades. */
  source: string;
  /** How much it matters today. */
  score: number;
  /** When it was first stated. */
  age: string;
  /** What its line costs. */
  tokens: number;
}

/**
 * How many records there are, and how big the file is.
 *
 * Logs and parts are left out: there may be millions, and everybody would wait while they are counted.
 */
export interface Counts {
  settings: number;
  workspaces: number;
  sessions: number;
  messages: number;
  /** What is remembered, and what was forgotten and can be restored. */
  memory: number;
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

/** The body of a `messages.delete` event. */
export interface DeletedMessage {
  /** A message's id. */
  id: string;
  /** A session's id. */
  sessionId: string;
  /** Grows by one at every write. */
  revision: number;
}

/** The body of a `parts.delete` event. */
export interface DeletedPart {
  /** A part's id. */
  id: string;
  /** A message's id. */
  messageId: string;
  /** A session's id. */
  sessionId: string;
  /** Grows by one at every write. */
  revision: number;
}

/** The body of a `sessions.delete` event. */
export interface DeletedSession {
  /** A session's id. */
  id: string;
  /** A workspace, or `global`. */
  workspaceId: string;
}

/** The body of a `settings.delete` event. */
export interface DeletedSetting {
  /** A name of 1 to 256 characters. */
  key: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** Grows by one at every write. */
  revision: number;
}

/** The body of a `workspaces.delete` event. */
export interface DeletedWorkspace {
  /** A workspace's id. */
  workspaceId: string;
  /** An absolute path on this machine. */
  projectDir: string | null;
}

/**
 * How numbers are spread. `buckets` has the zeros, the ones, then those from 2 to 3, from 4 to 7, and so on.
 *
 * The percentiles are estimated from the buckets.
 */
export interface Distribution {
  p50: number;
  p90: number;
  p99: number;
  max: number;
  count: number;
  sum: number;
  buckets: number[];
}

/** What a search found, the best first. */
export interface EntriesFound {
  items: FoundEntry[];
  /** How many more match in workspaces outside the scope, counted up to 100. */
  elsewhere: number;
}

/** Something remembered. `deletedAt` tells that it was forgotten; until it is purged it can be restored. */
export interface Entry {
  /** An entry's id. */
  id: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** What to remember, at most 64 KiB. */
  content: string;
  /** SHA-256, in hex, of what it says without case, gaps and end marks. */
  contentHash: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category: string;
  /** `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades. */
  source: string;
  /** Words to file it under. */
  tags: string[];
  /** A JSON object of the clients' own. */
  metadata: unknown;
  /** How often it was stated. */
  seenCount: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
  /** When it was last stated, restored, or given as context. */
  lastAccessed: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  deletedAt: string | null;
  /** Grows by one at every write. */
  revision: number;
}

/** One page of a list. */
export interface EntryPage {
  items: Entry[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** A change. A body that was too long for the log is `{ref: {noun, id, revision}}`. */
export interface Event {
  /** A place in the change log; opaque. */
  cursor: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  at: string;
  /** `noun.verb`. */
  topic: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** Any JSON value. It is kept as written. */
  body: unknown;
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

/** An entry that has words of the query. */
export interface FoundEntry {
  entry: Entry;
  /** More is better; scores of one search compare. */
  score: number;
  /** Its text around the words. */
  snippet: string;
}

/** A message that a search found, by itself or by what stands beside it, with its part that fits best. */
export interface FoundMessage {
  /** A message's id. */
  messageId: string;
  /** A session's id. */
  sessionId: string;
  /** Who speaks. */
  role: "assistant" | "system" | "tool" | "user";
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A part's id. */
  partId: string | null;
  /** More is better; scores of one search compare. */
  score: number;
  /** Text of the part, around the words. */
  snippet: string;
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

/** Changes, the oldest first. `nextCursor` is null when there is no more; `head` is the newest place there is. */
export interface History {
  items: Event[];
  /** Pass it as `since` for the next page. */
  nextCursor: string | null;
  /** A place in the change log; opaque. */
  head: string;
}

/** The session before: the newest with a summary, else the newest that has ended. */
export interface LastSession {
  /** A session's id. */
  id: string;
  /** What people call it. */
  title: string | null;
  /** What it came to. */
  summary: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  endedAt: string | null;
}

/** Something that is held. Without `expiresAt` it ends with the connection that took it. */
export interface Lease {
  /** What is held; any name that its users agree on. */
  name: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** Who has it: the client's name, else its process. */
  holder: string;
  /** A number greater than that of every lease given before. */
  token: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  acquiredAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  expiresAt: string | null;
  /** What it is held for, for whoever waits. */
  note: string | null;
}

/** One page of a list. */
export interface LeasePage {
  items: Lease[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** Whether there was something to release. */
export interface LeaseRelease {
  released: boolean;
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

/** Something that happened. */
export interface Log {
  /** A log's id. */
  id: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** The session it belongs to. */
  sessionId: string | null;
  /** What kind of thing happened, in lower_snake_case. Known are `session_start` {source}, `session_end` {duration, trigger}, `session_idle` {was, reason}, `tool_invocation` {toolName, success, context?, error?}, `topic_change` {topic, previousTopic?} and `user_state` {sentiment, context?}; any other kind, and any other data, is kept as well. */
  eventType: string;
  /** A JSON object of at most 256 KiB, kept as written. */
  eventData: unknown | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  timestamp: string;
}

/** How much happened on a day. */
export interface LogDay {
  /** A day, `YYYY-MM-DD`. */
  day: string;
  /** Logs of that day. */
  total: number;
  /** How many of each event type. */
  byType: Record<string, number>;
}

/** One page of a list. */
export interface LogPage {
  items: Log[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** Something that happened. */
export interface LogState {
  kind: "log";
  /** A log's id. */
  id: string;
  /** What kind of thing happened, in lower_snake_case. Known are `session_start` {source}, `session_end` {duration, trigger}, `session_idle` {was, reason}, `tool_invocation` {toolName, success, context?, error?}, `topic_change` {topic, previousTopic?} and `user_state` {sentiment, context?}; any other kind, and any other data, is kept as well. */
  eventType: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  timestamp: string;
  /** A session's id. */
  sessionId?: string | null;
  /** A JSON object of at most 256 KiB, kept as written. */
  eventData?: unknown;
  /** A workspace, or `global`. */
  workspaceId?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
}

/** How many entries were forgotten; those that were already, or never were there, do not count. */
export interface MemoryForgotten {
  /** Entries. */
  forgotten: number;
}

/** How many forgotten entries are gone for good. */
export interface MemoryPurged {
  /** Entries. */
  purged: number;
}

/** How many entries were restored; those that were not forgotten do not count. */
export interface MemoryRestored {
  /** Entries. */
  restored: number;
}

/** A memory. What tells it from others is its content, in its workspace. */
export interface MemoryState {
  kind: "memory";
  /** What to remember, at most 64 KiB. */
  content: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category: string;
  /** `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades. */
  source: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** An entry's id. */
  id?: string | null;
  /** Words to file it under. Default: `[]`. */
  tags?: string[];
  /** A JSON object of the clients' own. */
  metadata?: unknown;
  /** How often it was stated. Default: `1`. */
  seenCount?: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  lastAccessed?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  deletedAt?: string | null;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
  /** A workspace, or `global`. */
  workspaceId?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
}

/** One message of a session. A part has an `id`; it was added, before everything else, to one that had none. */
export interface Message {
  /** A message's id. */
  id: string;
  /** A session's id. */
  sessionId: string;
  /** Who speaks. */
  role: "assistant" | "system" | "tool" | "user";
  /** The message it answers. */
  parentId: string | null;
  /** A JSON object of the clients' own. It is kept as written. */
  metadata: unknown;
  /** JSON objects with a `type`, in their order. Each is kept as written. */
  parts: unknown[];
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  completedAt: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
  /** Grows by one at every write. */
  revision: number;
}

/** Whether there was something to delete. */
export interface MessageDeletion {
  deleted: boolean;
}

/** One page of a list. */
export interface MessagePage {
  items: Message[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** A message with its parts, in their order. */
export interface MessageState {
  kind: "message";
  /** A message's id. */
  id: string;
  /** A session's id. */
  sessionId: string;
  /** Who speaks. */
  role: "assistant" | "system" | "tool" | "user";
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A message's id. */
  parentId?: string | null;
  /** A JSON object of the clients' own. */
  metadata?: unknown;
  /** Default: `[]`. */
  parts?: unknown[];
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  completedAt?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
}

/** What a search found, the best first. */
export interface MessagesFound {
  items: FoundMessage[];
  /** How many parts match outside the workspace asked for, counted up to 100. */
  elsewhere: number;
}

/** What became of the calls of a method. Times are in microseconds. */
export interface MethodMetrics {
  method: string;
  /** That have ended, also before they ran. */
  calls: number;
  /** How many of each kind. */
  errors: Record<string, number>;
  /** From when a call came to its turn. */
  waitUs: Distribution;
  /** In the method itself, COMMIT and reply left out. */
  runUs: Distribution;
}

/** What the process has counted since `startedAt`. */
export interface Metrics {
  /** Another one at every start. */
  instance: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** From all clients. */
  bytesIn: number;
  /** To all clients. */
  bytesOut: number;
  commits: number;
  /** How long a COMMIT takes, in microseconds. */
  commitUs: Distribution;
  /** Calls that ran in one transaction, the daemon's own too. */
  batchCalls: Distribution;
  /** Of messages that were a call of no method. */
  errors: Record<string, number>;
  /** Those that were called, by name. */
  methods: MethodMetrics[];
  subscribers: SubscriberMetrics[];
}

/** A pattern seen once; the body of a `memory.observe` event. */
export interface Observation {
  /** An observation's id. */
  id: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** What was observed. */
  pattern: string;
  /** `communication_style`, `scheduling`, `topic_interest`, `workflow` … */
  patternType: string;
  /** What shows it. */
  evidence: string | null;
  sessionId: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
}

/** Something that was noticed, and may become a memory when it is noticed again. */
export interface ObservationState {
  kind: "observation";
  /** An observation's id. */
  id: string;
  /** What was observed. */
  pattern: string;
  /** `communication_style`, `scheduling`, `topic_interest`, `workflow` … */
  patternType: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** What shows it. */
  evidence?: string | null;
  /** A session's id. */
  sessionId?: string | null;
  /** A workspace, or `global`. */
  workspaceId?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
}

/** How often a pattern was seen lately, and what follows from it. */
export interface Observed {
  /** Within the last 7 days, this one included. */
  count: number;
  /** The preference it has become, the third time. */
  inferred: Entry | null;
}

/** A stored part. `part` is the object as it was given, with an `id` before everything else if it had none. */
export interface Part {
  /** A part's id. */
  id: string;
  /** A message's id. */
  messageId: string;
  /** The object's own `type`. */
  type: string;
  /** A JSON object with a `type`. It is kept as written. */
  part: unknown;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
  /** Grows by one at every write. */
  revision: number;
}

/** Whether there was something to delete. */
export interface PartDeletion {
  deleted: boolean;
}

/** The body of a `parts.delta` event: what a field grew by. It is told, not stored. */
export interface PartDelta {
  /** A part's id. */
  partId: string;
  /** A message's id. */
  messageId: string;
  /** A session's id. */
  sessionId: string;
  field: string;
  delta: string;
}

/** The stored part that a delta goes with. */
export interface PartTold {
  /** A part's id. */
  id: string;
  /** Grows by one at every write. */
  revision: number;
}

/** It was told. `cursor` is its place in the log, or the place it was told after when it is not kept. */
export interface Published {
  topic: string;
  /** A place in the change log; opaque. */
  cursor: string;
}

/** The body of a `memory.purge` event. */
export interface PurgedEntries {
  /** A workspace, or `global`. */
  workspaceId: string;
  purged: number;
  olderThanDays: number;
}

/** An entry as it is now, and what became of it. */
export interface Remembered {
  entry: Entry;
  /** New; known already; forgotten and now back; inferred until now and from now on explicit. */
  outcome: "created" | "revived" | "seen" | "upgraded";
}

/** A stretch of work by an agent. `lastActive` is when anything last happened in it: messages, todos, logs. */
export interface Session {
  /** A session's id. */
  id: string;
  /** A workspace, or `global`. */
  workspaceId: string;
  /** A session's id. */
  parentId: string | null;
  /** What people call it. */
  title: string | null;
  /** Who works in it. */
  agent: string | null;
  /** What began it. */
  source: string | null;
  /** What it is doing. */
  status: "busy" | "idle" | "retry";
  /** What it came to. */
  summary: string | null;
  /** A JSON object of the clients' own. */
  metadata: unknown;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  endedAt: string | null;
  /** `explicit`, `timeout`, `browser_close` … */
  endTrigger: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  archivedAt: string | null;
  /** End it after so many seconds in which nothing happens. */
  idleTimeoutS: number | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  lastActive: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt: string;
  /** Grows by one at every write. */
  revision: number;
}

/** Whether there was something to delete. */
export interface SessionDeletion {
  deleted: boolean;
}

/** One page of a list. */
export interface SessionPage {
  items: Session[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
}

/** A session. It is idle when it comes in. */
export interface SessionState {
  kind: "session";
  /** A session's id. */
  id: string;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  startedAt: string;
  /** A session's id. */
  parentId?: string | null;
  /** What people call it. */
  title?: string | null;
  /** Who works in it. */
  agent?: string | null;
  /** What began it. */
  source?: string | null;
  /** What it came to. */
  summary?: string | null;
  /** A JSON object of the clients' own. */
  metadata?: unknown;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  endedAt?: string | null;
  /** `explicit`, `timeout`, `browser_close` … */
  endTrigger?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  archivedAt?: string | null;
  /** End it after so many seconds in which nothing happens. */
  idleTimeoutS?: number | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  lastActive?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
  /** A workspace, or `global`. */
  workspaceId?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
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

/** A value of a workspace, or a global one. */
export interface SettingState {
  kind: "setting";
  /** A name of 1 to 256 characters. */
  key: string;
  /** Any JSON value. It is kept as written. */
  value: unknown;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** A workspace, or `global`. */
  workspaceId?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
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

/** A record that was not taken. */
export interface SkippedRecord {
  /** Its place in `records`. */
  index: number;
  /** Why not. */
  reason: string;
}

/** The body of a `state.import` event: what came into one workspace with one call. */
export interface StateArrival {
  /** A workspace, or `global`. */
  workspaceId: string;
  /** New records. */
  added: number;
  /** Records in place of an older state. */
  updated: number;
}

/** What became of the records. */
export interface StateImported {
  /** New ones. */
  added: number;
  /** Stored in place of an older state. */
  updated: number;
  /** Stored already, as new or newer. */
  present: number;
  /** Those that cannot be taken. */
  skipped: SkippedRecord[];
}

/** Records, each after those it refers to. */
export interface StatePage {
  items: (SettingState | WorkspaceState | SessionState | TodosState | MessageState | MemoryState | ObservationState | LogState)[];
  /** Pass it as `cursor` for the next page; null at the end. */
  nextCursor: string | null;
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

/** A subscription that has begun. Everything after `cursor` comes as `events.event`. */
export interface Subscribed {
  /** A subscription of this connection. */
  subscription: string;
  /** A place in the change log; opaque. */
  cursor: string;
}

/** A subscription; `lag` is how many changes it has still to be told of. */
export interface SubscriberMetrics {
  /** A subscription of this connection. */
  id: string;
  /** Its connection: see `daemon.clients`. */
  client: number;
  lag: number;
}

/** The todo list of a session. */
export interface Todos {
  /** A session's id. */
  sessionId: string;
  /** The todos in their order, at most 8 MiB together. Each is an object with `content` and `status`, perhaps `priority` and `id`, and anything else. */
  todos: unknown[];
  /** When it was last set; null when it never was. */
  updatedAt: string | null;
  /** Grows by one every time it is set; 0 before. */
  revision: number;
}

/** The todo list of a session. */
export interface TodosState {
  kind: "todos";
  /** A session's id. */
  sessionId: string;
  /** The todos in their order, at most 8 MiB together. Each is an object with `content` and `status`, perhaps `priority` and `id`, and anything else. */
  todos: unknown[];
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
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

/** Whether there was something to end. */
export interface Unsubscribed {
  unsubscribed: boolean;
}

/** What came; nothing, when the time was over before. Ask again with `cursor`. */
export interface Waited {
  items: Event[];
  /** A place in the change log; opaque. */
  cursor: string;
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

/** A workspace. Only `global` has no directory; `aliases` are those it had before. */
export interface WorkspaceState {
  kind: "workspace";
  /** A workspace, or `global`. */
  id?: string | null;
  /** An absolute path on this machine. */
  projectDir?: string | null;
  /** What people call it. */
  name?: string | null;
  /** Default: `[]`. */
  aliases?: string[];
  /** A JSON object of the clients' own. */
  config?: unknown;
  /** Grows by one at every write. Default: `1`. */
  revision?: number;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  createdAt?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  updatedAt?: string | null;
  /** A moment in UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  lastOpened?: string | null;
}

/**
 * What an agent should load when it begins, as one text; it writes no more than that these memories were used.
 *
 * A memory of the workspace, or a global one, scores for its category (preference 30, fact 20, pattern 10), its source
 * (explicit 20, inferred 10) and its last use (today 50, yesterday 40, a week 30, a month 15, else 5). An inferred one
 * loses half of that in each 30 days without use. With a query, what matches gets up to 100 more, the best match 100.
 * Equal scores stand by the time they were stated, the newest first. The same state and params give the same bytes.
 */
export interface ContextGet {
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** What it will be about. Default: `""`. */
  query?: string;
  /** How long the text may be; a token is 4 characters. Default: `1000`. */
  maxTokens?: number;
  /** At most so many memories. Default: `10`. */
  maxEntries?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Who is connected: the process, what it called itself, what it has under way and listens to.
 *
 * In the order of connecting; the connection that asks is among them.
 */
export interface DaemonClients {
  /** About the call itself. */
  _meta?: CallMeta | null;
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

/**
 * What the process has counted: calls, errors and times of each method, batches, commits, who is behind.
 *
 * It never waits for the database.
 */
export interface DaemonMetrics {
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

/** Changes from the log, the oldest first: all it has, or what came after a place. */
export interface EventsHistory {
  /** Only these; all when they are left out. */
  topics?: string[] | null;
  /** Only of this workspace; all when it is left out. */
  workspaceId?: string | null;
  /** Only what came after this place; all when it is left out. */
  since?: string | null;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Tell subscribers something of your own. A body that is kept has at most 4 KiB, one that is not 64 KiB. */
export interface EventsPublish {
  /** `app.` and a name of your own. */
  topic: string;
  /** Any JSON value. It is kept as written. */
  body: unknown;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Keep it in the log; else only who listens right now hears it. Default: `true`. */
  durable?: boolean;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Hear of changes as `events.event {subscription, cursor, at, topic, workspaceId, body}`, each once and in order.
 *
 * With `since` everything after that place comes first, and what follows without a seam. Who reads slowly is served
 * from the log, at its own pace. What is not kept in the log (`parts.delta`, `durable` false) may be missed: the next
 * event then has `missed`, how many. A subscription ends with its connection, or with one
 * `events.closed {subscription, reason, cursor}`: `cursor_expired`, `shutting_down`, `storage_error`.
 */
export interface EventsSubscribe {
  /** What to hear of, any of them. */
  topics: string[];
  /** Only of this workspace; all when it is left out. */
  workspaceId?: string | null;
  /** Go on after this place. */
  since?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** End a subscription of this connection. What was sent already may still arrive before the reply. */
export interface EventsUnsubscribe {
  /** A subscription of this connection. */
  subscription: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Wait for changes: those after `since`, or after now, as soon as there are any. For shells and other short lives.
 *
 * Nothing is missed between two calls when the second has the `cursor` of the first.
 */
export interface EventsWait {
  /** What to hear of, any of them. */
  topics: string[];
  /** Only of this workspace; all when it is left out. */
  workspaceId?: string | null;
  /** Go on after this place. */
  since?: string | null;
  /** Give up waiting after so long. Default: `20000`. */
  timeoutMs?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Take something that only one may hold, or wait for it in the order of asking.
 *
 * Without `ttlMs` it is held until it is released or the connection ends. With it, it outlives the connection and the
 * daemon, and ends by itself unless it is renewed. Somebody else's is a conflict whose `current` is their lease. What
 * this connection holds already it gets again, with the same token and what `ttlMs` and `note` say now. A call that is
 * cancelled, or late, holds nothing.
 */
export interface LeasesAcquire {
  /** What is held; any name that its users agree on. */
  name: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** End after so many milliseconds unless renewed. */
  ttlMs?: number | null;
  /** Wait so long for it while another has it. Default: `0`. */
  waitMs?: number;
  /** What it is held for, for whoever waits. */
  note?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** What is held, by workspace and name. */
export interface LeasesList {
  /** Only of this workspace; all when it is left out. */
  workspaceId?: string | null;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Let go of it; whoever waits first gets it. Held with another token it is a conflict, held by nobody no error. */
export interface LeasesRelease {
  /** What is held; any name that its users agree on. */
  name: string;
  /** A number greater than that of every lease given before. */
  token: number;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Hold it longer, if that token is still the one that holds it; else a conflict whose `current` holds it, or null.
 *
 * In `transaction.run` it guards the calls beside it: they happen only while the lease is held. A lease that ends with
 * its connection stays as it is, or gets an end by `ttlMs`. From then on it is of the connection that renewed it.
 */
export interface LeasesRenew {
  /** What is held; any name that its users agree on. */
  name: string;
  /** A number greater than that of every lease given before. */
  token: number;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** End after so many milliseconds from now; as many as before by default. */
  ttlMs?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Note that something happened, now or at any other time.
 *
 * The log of a session lies in the session's workspace; naming another one is an error.
 */
export interface LogsAppend {
  /** What kind of thing happened, in lower_snake_case. Known are `session_start` {source}, `session_end` {duration, trigger}, `session_idle` {was, reason}, `tool_invocation` {toolName, success, context?, error?}, `topic_change` {topic, previousTopic?} and `user_state` {sentiment, context?}; any other kind, and any other data, is kept as well. */
  eventType: string;
  /** A JSON object of at most 256 KiB, kept as written. */
  eventData?: unknown;
  /** The session it belongs to. */
  sessionId?: string | null;
  /** A workspace; the session's, else `global`, when it is left out. */
  workspaceId?: string | null;
  /** When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`; now when it is left out. */
  timestamp?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * How many logs each day of `timezone` has, by event type; days without any are left out.
 *
 * The last 30 days unless `from` or `to` say otherwise; at most 366. A day begins at its first midnight.
 */
export interface LogsDays {
  /** Only of this workspace; of all when it is left out. */
  workspaceId?: string | null;
  /** The IANA time zone whose midnights part the days. Default: `"UTC"`. */
  timezone?: string;
  /** The first day, `YYYY-MM-DD`; 29 days before the last when it is left out. */
  from?: string | null;
  /** The last day, `YYYY-MM-DD`; today when it is left out. */
  to?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** A log by its id. */
export interface LogsGet {
  /** A log's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Logs by the time they happened, newest first unless `order` says otherwise.
 *
 * `from` and `to` are both inclusive. `day` stands for the whole of one day in `timezone`, whether it has 23, 24 or
 * 25 hours.
 */
export interface LogsList {
  /** Only of this workspace; of all when it is left out. */
  workspaceId?: string | null;
  /** Only of this session. */
  sessionId?: string | null;
  /** Only of this kind. */
  eventType?: string | null;
  /** The earliest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive. */
  from?: string | null;
  /** The latest moment, `YYYY-MM-DDTHH:MM:SS.sssZ`, inclusive. */
  to?: string | null;
  /** One day of `timezone`, `YYYY-MM-DD`, instead of `from` and `to`. */
  day?: string | null;
  /** The IANA time zone whose midnights part the days. Default: `"UTC"`. */
  timezone?: string;
  /** Newest first, or oldest first. Default: `"desc"`. */
  order?: "asc" | "desc";
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Forget entries: no list, search or context has them any more, until they are restored or said again. */
export interface MemoryForget {
  /** Entries. */
  ids: string[];
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** An entry by its id, also a forgotten one. */
export interface MemoryGet {
  /** An entry's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The entries of a workspace, the one used last first; forgotten ones by when they were. */
export interface MemoryList {
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category?: string | null;
  /** `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades. */
  source?: string | null;
  /** Only what has all of these. Default: `[]`. */
  tags?: string[];
  /** What was forgotten, instead of what was not. Default: `false`. */
  deleted?: boolean;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Note a pattern in what the user does; seen for the third time within 7 days, it becomes an inferred preference.
 *
 * Then its observations are cleared. What the user has said explicitly stays explicit.
 */
export interface MemoryObserve {
  /** What was observed. */
  pattern: string;
  /** `communication_style`, `scheduling`, `topic_interest`, `workflow` … */
  patternType: string;
  /** What shows it. */
  evidence?: string | null;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** A session's id. */
  sessionId?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Delete for good what was forgotten in a workspace some time ago. */
export interface MemoryPurge {
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Only what was forgotten that long ago. Default: `30`. */
  olderThanDays?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Remember something, once in a workspace, whatever its case, spacing or end marks.
 *
 * Said again, an entry keeps its first content, category and metadata; tags are added, `seenCount` grows, what was
 * forgotten is back, and what was inferred becomes explicit when the user says it.
 */
export interface MemoryRemember {
  /** What to remember, at most 64 KiB. */
  content: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. Default: `"fact"`. */
  category?: string;
  /** `user_explicit`, `jarvis_inferred`, or a word of the clients' own. Only what is inferred fades. Default: `"user_explicit"`. */
  source?: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Words to file it under. Default: `[]`. */
  tags?: string[];
  /** A JSON object of the clients' own. */
  metadata?: unknown;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Take back that entries were forgotten. */
export interface MemoryRestore {
  /** Entries. */
  ids: string[];
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Entries that have any of the words of a query, whatever their form, the best first.
 *
 * They are fewer than `limit` where they would have over 8 MiB together. `elsewhere` tells whether workspaces outside
 * the scope have more.
 */
export interface MemorySearch {
  /** What is looked for, in any words. */
  query: string;
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Where to look: the workspace and what is global, it alone, or everywhere. Default: `"workspace+global"`. */
  scope?: "all" | "workspace" | "workspace+global";
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category?: string | null;
  /** Only what has all of these. Default: `[]`. */
  tags?: string[];
  /** At most this many. Default: `10`. */
  limit?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Change what is given. To say what another entry of the workspace says already is a conflict that carries it. */
export interface MemoryUpdate {
  /** An entry's id. */
  id: string;
  /** What to remember, at most 64 KiB. */
  content?: string;
  /** `preference`, `fact`, `pattern`, or a word of the clients' own. */
  category?: string;
  /** In place of all its tags. */
  tags?: string[];
  /** In place of the whole metadata. */
  metadata?: unknown;
  /** Fail with `conflict` unless this is the stored revision. */
  ifRevision?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Add a message at the end of a session, with its parts; all of it or nothing.
 *
 * An id that exists already is a conflict that carries that message. Metadata has at most 3 MiB, a part 4 MiB, the
 * parts together 12 MiB. What a part of a known type must hold is checked; everything else is kept as it is.
 */
export interface MessagesAppend {
  /** A session's id. */
  sessionId: string;
  /** Who speaks. */
  role: "assistant" | "system" | "tool" | "user";
  /** JSON objects with a `type`, in their order. Each is kept as written. */
  parts?: unknown[];
  /** A message's id. */
  id?: string | null;
  /** The message it answers. */
  parentId?: string | null;
  /** A JSON object of the clients' own. It is kept as written. */
  metadata?: unknown;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Delete a message and its parts. */
export interface MessagesDelete {
  /** A message's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** A message by its id, with its parts. */
export interface MessagesGet {
  /** A message's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The newest messages of a session, the oldest of them first; the cursor leads to those before them. */
export interface MessagesList {
  /** A session's id. */
  sessionId: string;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Messages about the words of a query, the best first: what was said, thought, asked of tools and answered by them.
 *
 * A message that has none of the words is found by those beside it. `elsewhere` tells whether another workspace has
 * more; without `workspaceId` everything is searched, and it is 0.
 */
export interface MessagesSearch {
  /** What is looked for, in any words. */
  query: string;
  /** Only sessions of this workspace. */
  workspaceId?: string | null;
  /** Only this session. */
  sessionId?: string | null;
  /** Only what this one said. */
  role?: "assistant" | "system" | "tool" | "user" | null;
  /** At most this many. Default: `10`. */
  limit?: number;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Change what is given. Metadata is replaced as a whole and kept as written. */
export interface MessagesUpdate {
  /** A message's id. */
  id: string;
  /** In place of the whole metadata. */
  metadata?: unknown;
  /** When it was complete; null when it is not. */
  completedAt?: string | null;
  /** Fail with `conflict` unless this is the stored revision. */
  ifRevision?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Delete a part of a message. */
export interface PartsDelete {
  /** A part's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Tell subscribers that a field of a part grows, in order with every other change. Nothing is stored.
 *
 * What came is stored when the part is put anew, whole.
 */
export interface PartsDelta {
  /** A message's id. */
  messageId: string;
  /** A part's id. */
  partId: string;
  /** The field that grows. */
  field: string;
  /** What comes at its end. */
  delta: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** A part by its id. */
export interface PartsGet {
  /** A part's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Store a part of a message: in place of the one with its `id`, else after all others.
 *
 * A part has at most 4 MiB, those of a message 12 MiB together. One without an `id` gets one. What a known `type`
 * must hold is checked; unknown types, and fields nobody knows, are kept as they are.
 */
export interface PartsPut {
  /** A message's id. */
  messageId: string;
  /** A JSON object with a `type`. It is kept as written. */
  part: unknown;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** This interface as an OpenRPC 1.3 document. */
export interface RpcDiscover {
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * The active session of a workspace, else a new one, or null without `create`. However many ask at once, it is one.
 *
 * Active are sessions without a parent that are neither ended nor archived; of several it is the one in which
 * something happened last. Asking counts as something happening. An imported session counts once something happens in
 * it here.
 */
export interface SessionsCurrent {
  /** A workspace, or `global`. Default: `"global"`. */
  workspaceId?: string;
  /** Who works in it. */
  agent?: string | null;
  /** Start one when there is none. Default: `true`. */
  create?: boolean;
  /** End it after so many seconds in which nothing happens. */
  idleTimeoutS?: number | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Delete a session, its messages and todos, and its children with theirs. Its logs stay. */
export interface SessionsDelete {
  /** A session's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * End a session. The first end stands: ending it again changes nothing and gives it as it is.
 *
 * Writes a `session_end` log with the trigger and the duration in whole minutes.
 */
export interface SessionsEnd {
  /** A session's id. */
  id: string;
  /** `explicit`, `timeout`, `browser_close` … Default: `"explicit"`. */
  trigger?: string;
  /** What it came to. */
  summary?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** A session by its id. */
export interface SessionsGet {
  /** A session's id. */
  id: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Sessions, the one in which something happened last first. */
export interface SessionsList {
  /** Only of this workspace; all when it is left out. */
  workspaceId?: string | null;
  /** Only the children of this session. */
  parentId?: string | null;
  /** Who works in it. */
  agent?: string | null;
  /** Only those that have not ended, or only those that have. */
  active?: boolean | null;
  /** Those that were archived, instead of the others. Default: `false`. */
  archived?: boolean;
  /** Only titles and summaries with this text. */
  search?: string | null;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Start a session; it is active until it is ended, by `sessions.end` or by its idle timeout.
 *
 * An id that exists already is a conflict that carries that session. Writes a `session_start` log.
 */
export interface SessionsStart {
  /** A session's id. */
  id?: string | null;
  /** A workspace; its parent's, else `global`. */
  workspaceId?: string | null;
  /** A session's id. */
  parentId?: string | null;
  /** What people call it. */
  title?: string | null;
  /** Who works in it. */
  agent?: string | null;
  /** What began it. */
  source?: string | null;
  /** A JSON object of the clients' own. */
  metadata?: unknown;
  /** End it after so many seconds in which nothing happens. */
  idleTimeoutS?: number | null;
  /** End the workspace's and agent's other active sessions first. Default: `false`. */
  replace?: boolean;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Change what is given. A session that is `busy` or in `retry` falls back to `idle` when its client vanishes.
 *
 * That holds for the connection which set the status, once it has made more than that one call: a program that
 * connects for a single call is gone in any case. When the daemon starts anew, every session is idle.
 */
export interface SessionsUpdate {
  /** A session's id. */
  id: string;
  /** What people call it. */
  title?: string | null;
  /** What it is doing. */
  status?: "busy" | "idle" | "retry";
  /** What it came to. */
  summary?: string | null;
  /** A JSON merge patch (RFC 7396) of it. */
  metadata?: unknown;
  /** Put it away, or take it out again. */
  archived?: boolean;
  /** Fail with `conflict` unless this is the stored revision. */
  ifRevision?: number | null;
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
 * Everything, as records that `state.import` takes: workspaces, settings, sessions, todos, messages, memory, logs.
 *
 * A page has at most 8 MiB, or one record. It tells what is stored when it is read; what is there from the first page
 * to the last is told once. The workspace `global` is left out as long as nobody wrote to it.
 */
export interface StateExport {
  /** Only what belongs to it; all when it is left out. */
  workspaceId?: string | null;
  /** At most this many. Default: `100`. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/**
 * Take in records of other systems or another file; a record that is wrong is skipped and harms no other.
 *
 * Each is held to what its noun allows. What exists is known again: a session, message, observation or log by its
 * `id`, a workspace by its `id` or its directory, a setting by its key, a memory by its content, a todo list by its
 * session. It is replaced when the record is newer, by `updatedAt` and then by when it was last used, and otherwise
 * left as it is: the same records may come any number of times. A record lies in the workspace of `workspaceId` if
 * there is that one, else in that of `projectDir`, which is made if need be and may be a directory that is gone,
 * else in `global`. A message or todo list needs its session; a session whose parent is not there, or a log or
 * observation whose session is not, is taken without it. A dry run takes a session that is not there for one of an
 * earlier call.
 *
 * For each workspace that something came into there is one `state.import` event, not one for every record.
 */
export interface StateImport {
  /** Records, each after those it refers to. The result of `state.export` tells what a kind holds. */
  records: unknown[];
  /** Say what would become of the records, and change nothing. Default: `false`. */
  dryRun?: boolean;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** The todo list of a session, empty when it was never set. */
export interface TodosGet {
  /** A session's id. */
  sessionId: string;
  /** About the call itself. */
  _meta?: CallMeta | null;
}

/** Replace the todo list of a session by another one, which may be empty. */
export interface TodosSet {
  /** A session's id. */
  sessionId: string;
  /** The todos in their order, at most 8 MiB together. Each is an object with `content` and `status`, perhaps `priority` and `id`, and anything else. */
  todos: unknown[];
  /** Fail unless this is the stored revision; 0: never set. */
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
   * What an agent should load when it begins, as one text; it writes no more than that these memories were used.
   *
   * A memory of the workspace, or a global one, scores for its category (preference 30, fact 20, pattern 10), its source
   * (explicit 20, inferred 10) and its last use (today 50, yesterday 40, a week 30, a month 15, else 5). An inferred one
   * loses half of that in each 30 days without use. With a query, what matches gets up to 100 more, the best match 100.
   * Equal scores stand by the time they were stated, the newest first. The same state and params give the same bytes.
   */
  "context.get": {
    params: ContextGet;
    result: Context;
  };
  /**
   * Who is connected: the process, what it called itself, what it has under way and listens to.
   *
   * In the order of connecting; the connection that asks is among them.
   */
  "daemon.clients": {
    params: DaemonClients;
    result: Client[];
  };
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
  /**
   * What the process has counted: calls, errors and times of each method, batches, commits, who is behind.
   *
   * It never waits for the database.
   */
  "daemon.metrics": {
    params: DaemonMetrics;
    result: Metrics;
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
  /** Changes from the log, the oldest first: all it has, or what came after a place. */
  "events.history": {
    params: EventsHistory;
    result: History;
  };
  /** Tell subscribers something of your own. A body that is kept has at most 4 KiB, one that is not 64 KiB. */
  "events.publish": {
    params: EventsPublish;
    result: Published;
  };
  /**
   * Hear of changes as `events.event {subscription, cursor, at, topic, workspaceId, body}`, each once and in order.
   *
   * With `since` everything after that place comes first, and what follows without a seam. Who reads slowly is served
   * from the log, at its own pace. What is not kept in the log (`parts.delta`, `durable` false) may be missed: the next
   * event then has `missed`, how many. A subscription ends with its connection, or with one
   * `events.closed {subscription, reason, cursor}`: `cursor_expired`, `shutting_down`, `storage_error`.
   */
  "events.subscribe": {
    params: EventsSubscribe;
    result: Subscribed;
  };
  /** End a subscription of this connection. What was sent already may still arrive before the reply. */
  "events.unsubscribe": {
    params: EventsUnsubscribe;
    result: Unsubscribed;
  };
  /**
   * Wait for changes: those after `since`, or after now, as soon as there are any. For shells and other short lives.
   *
   * Nothing is missed between two calls when the second has the `cursor` of the first.
   */
  "events.wait": {
    params: EventsWait;
    result: Waited;
  };
  /**
   * Take something that only one may hold, or wait for it in the order of asking.
   *
   * Without `ttlMs` it is held until it is released or the connection ends. With it, it outlives the connection and the
   * daemon, and ends by itself unless it is renewed. Somebody else's is a conflict whose `current` is their lease. What
   * this connection holds already it gets again, with the same token and what `ttlMs` and `note` say now. A call that is
   * cancelled, or late, holds nothing.
   */
  "leases.acquire": {
    params: LeasesAcquire;
    result: Lease;
  };
  /** What is held, by workspace and name. */
  "leases.list": {
    params: LeasesList;
    result: LeasePage;
  };
  /** Let go of it; whoever waits first gets it. Held with another token it is a conflict, held by nobody no error. */
  "leases.release": {
    params: LeasesRelease;
    result: LeaseRelease;
  };
  /**
   * Hold it longer, if that token is still the one that holds it; else a conflict whose `current` holds it, or null.
   *
   * In `transaction.run` it guards the calls beside it: they happen only while the lease is held. A lease that ends with
   * its connection stays as it is, or gets an end by `ttlMs`. From then on it is of the connection that renewed it.
   */
  "leases.renew": {
    params: LeasesRenew;
    result: Lease;
  };
  /**
   * Note that something happened, now or at any other time.
   *
   * The log of a session lies in the session's workspace; naming another one is an error.
   */
  "logs.append": {
    params: LogsAppend;
    result: Log;
  };
  /**
   * How many logs each day of `timezone` has, by event type; days without any are left out.
   *
   * The last 30 days unless `from` or `to` say otherwise; at most 366. A day begins at its first midnight.
   */
  "logs.days": {
    params: LogsDays;
    result: LogDay[];
  };
  /** A log by its id. */
  "logs.get": {
    params: LogsGet;
    result: Log;
  };
  /**
   * Logs by the time they happened, newest first unless `order` says otherwise.
   *
   * `from` and `to` are both inclusive. `day` stands for the whole of one day in `timezone`, whether it has 23, 24 or
   * 25 hours.
   */
  "logs.list": {
    params: LogsList;
    result: LogPage;
  };
  /** Forget entries: no list, search or context has them any more, until they are restored or said again. */
  "memory.forget": {
    params: MemoryForget;
    result: MemoryForgotten;
  };
  /** An entry by its id, also a forgotten one. */
  "memory.get": {
    params: MemoryGet;
    result: Entry;
  };
  /** The entries of a workspace, the one used last first; forgotten ones by when they were. */
  "memory.list": {
    params: MemoryList;
    result: EntryPage;
  };
  /**
   * Note a pattern in what the user does; seen for the third time within 7 days, it becomes an inferred preference.
   *
   * Then its observations are cleared. What the user has said explicitly stays explicit.
   */
  "memory.observe": {
    params: MemoryObserve;
    result: Observed;
  };
  /** Delete for good what was forgotten in a workspace some time ago. */
  "memory.purge": {
    params: MemoryPurge;
    result: MemoryPurged;
  };
  /**
   * Remember something, once in a workspace, whatever its case, spacing or end marks.
   *
   * Said again, an entry keeps its first content, category and metadata; tags are added, `seenCount` grows, what was
   * forgotten is back, and what was inferred becomes explicit when the user says it.
   */
  "memory.remember": {
    params: MemoryRemember;
    result: Remembered;
  };
  /** Take back that entries were forgotten. */
  "memory.restore": {
    params: MemoryRestore;
    result: MemoryRestored;
  };
  /**
   * Entries that have any of the words of a query, whatever their form, the best first.
   *
   * They are fewer than `limit` where they would have over 8 MiB together. `elsewhere` tells whether workspaces outside
   * the scope have more.
   */
  "memory.search": {
    params: MemorySearch;
    result: EntriesFound;
  };
  /** Change what is given. To say what another entry of the workspace says already is a conflict that carries it. */
  "memory.update": {
    params: MemoryUpdate;
    result: Entry;
  };
  /**
   * Add a message at the end of a session, with its parts; all of it or nothing.
   *
   * An id that exists already is a conflict that carries that message. Metadata has at most 3 MiB, a part 4 MiB, the
   * parts together 12 MiB. What a part of a known type must hold is checked; everything else is kept as it is.
   */
  "messages.append": {
    params: MessagesAppend;
    result: Message;
  };
  /** Delete a message and its parts. */
  "messages.delete": {
    params: MessagesDelete;
    result: MessageDeletion;
  };
  /** A message by its id, with its parts. */
  "messages.get": {
    params: MessagesGet;
    result: Message;
  };
  /** The newest messages of a session, the oldest of them first; the cursor leads to those before them. */
  "messages.list": {
    params: MessagesList;
    result: MessagePage;
  };
  /**
   * Messages about the words of a query, the best first: what was said, thought, asked of tools and answered by them.
   *
   * A message that has none of the words is found by those beside it. `elsewhere` tells whether another workspace has
   * more; without `workspaceId` everything is searched, and it is 0.
   */
  "messages.search": {
    params: MessagesSearch;
    result: MessagesFound;
  };
  /** Change what is given. Metadata is replaced as a whole and kept as written. */
  "messages.update": {
    params: MessagesUpdate;
    result: Message;
  };
  /** Delete a part of a message. */
  "parts.delete": {
    params: PartsDelete;
    result: PartDeletion;
  };
  /**
   * Tell subscribers that a field of a part grows, in order with every other change. Nothing is stored.
   *
   * What came is stored when the part is put anew, whole.
   */
  "parts.delta": {
    params: PartsDelta;
    result: PartTold;
  };
  /** A part by its id. */
  "parts.get": {
    params: PartsGet;
    result: Part;
  };
  /**
   * Store a part of a message: in place of the one with its `id`, else after all others.
   *
   * A part has at most 4 MiB, those of a message 12 MiB together. One without an `id` gets one. What a known `type`
   * must hold is checked; unknown types, and fields nobody knows, are kept as they are.
   */
  "parts.put": {
    params: PartsPut;
    result: Part;
  };
  /** This interface as an OpenRPC 1.3 document. */
  "rpc.discover": {
    params: RpcDiscover;
    result: unknown;
  };
  /**
   * The active session of a workspace, else a new one, or null without `create`. However many ask at once, it is one.
   *
   * Active are sessions without a parent that are neither ended nor archived; of several it is the one in which
   * something happened last. Asking counts as something happening. An imported session counts once something happens in
   * it here.
   */
  "sessions.current": {
    params: SessionsCurrent;
    result: Session | null;
  };
  /** Delete a session, its messages and todos, and its children with theirs. Its logs stay. */
  "sessions.delete": {
    params: SessionsDelete;
    result: SessionDeletion;
  };
  /**
   * End a session. The first end stands: ending it again changes nothing and gives it as it is.
   *
   * Writes a `session_end` log with the trigger and the duration in whole minutes.
   */
  "sessions.end": {
    params: SessionsEnd;
    result: Session;
  };
  /** A session by its id. */
  "sessions.get": {
    params: SessionsGet;
    result: Session;
  };
  /** Sessions, the one in which something happened last first. */
  "sessions.list": {
    params: SessionsList;
    result: SessionPage;
  };
  /**
   * Start a session; it is active until it is ended, by `sessions.end` or by its idle timeout.
   *
   * An id that exists already is a conflict that carries that session. Writes a `session_start` log.
   */
  "sessions.start": {
    params: SessionsStart;
    result: Session;
  };
  /**
   * Change what is given. A session that is `busy` or in `retry` falls back to `idle` when its client vanishes.
   *
   * That holds for the connection which set the status, once it has made more than that one call: a program that
   * connects for a single call is gone in any case. When the daemon starts anew, every session is idle.
   */
  "sessions.update": {
    params: SessionsUpdate;
    result: Session;
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
   * Everything, as records that `state.import` takes: workspaces, settings, sessions, todos, messages, memory, logs.
   *
   * A page has at most 8 MiB, or one record. It tells what is stored when it is read; what is there from the first page
   * to the last is told once. The workspace `global` is left out as long as nobody wrote to it.
   */
  "state.export": {
    params: StateExport;
    result: StatePage;
  };
  /**
   * Take in records of other systems or another file; a record that is wrong is skipped and harms no other.
   *
   * Each is held to what its noun allows. What exists is known again: a session, message, observation or log by its
   * `id`, a workspace by its `id` or its directory, a setting by its key, a memory by its content, a todo list by its
   * session. It is replaced when the record is newer, by `updatedAt` and then by when it was last used, and otherwise
   * left as it is: the same records may come any number of times. A record lies in the workspace of `workspaceId` if
   * there is that one, else in that of `projectDir`, which is made if need be and may be a directory that is gone,
   * else in `global`. A message or todo list needs its session; a session whose parent is not there, or a log or
   * observation whose session is not, is taken without it. A dry run takes a session that is not there for one of an
   * earlier call.
   *
   * For each workspace that something came into there is one `state.import` event, not one for every record.
   */
  "state.import": {
    params: StateImport;
    result: StateImported;
  };
  /** The todo list of a session, empty when it was never set. */
  "todos.get": {
    params: TodosGet;
    result: Todos;
  };
  /** Replace the todo list of a session by another one, which may be empty. */
  "todos.set": {
    params: TodosSet;
    result: Todos;
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

/** Every topic of ours, and the body of its events. */
export interface Events {
  "leases.acquire": Lease;
  "leases.expire": Lease;
  "leases.release": Lease;
  "leases.renew": Lease;
  "logs.append": Log;
  "memory.forget": Entry;
  "memory.observe": Observation;
  "memory.purge": PurgedEntries;
  "memory.remember": Entry;
  "memory.restore": Entry;
  "memory.update": Entry;
  "messages.append": Message;
  "messages.delete": DeletedMessage;
  "messages.update": Message;
  "parts.delete": DeletedPart;
  "parts.delta": PartDelta;
  "parts.put": Part;
  "sessions.delete": DeletedSession;
  "sessions.end": Session;
  "sessions.start": Session;
  "sessions.update": Session;
  "settings.delete": DeletedSetting;
  "settings.set": Setting;
  "state.import": StateArrival;
  "todos.set": Todos;
  "workspaces.delete": DeletedWorkspace;
  "workspaces.open": Workspace;
  "workspaces.relink": Workspace;
  "workspaces.update": Workspace;
}

/** What stands for a body that was too long for the log: read the record. */
export interface Ref {
  ref: { noun: string; id: string; revision: number | null };
}

/** A topic's event. Its subscription's own fields are `subscription` and, after changes that no log keeps, `missed`. */
export interface ToldOf<T extends string, B> extends Omit<Event, "topic" | "body"> {
  subscription: string;
  /** How many changes that are in no log went by untold before this one. */
  missed?: number;
  topic: T;
  body: B;
}

/** The params of `events.event`. The topics of `events.publish` begin with `app.`; their bodies are their authors'. */
export type Told = { [T in keyof Events]: ToldOf<T, Events[T] | Ref> }[keyof Events] | ToldOf<`app.${string}`, unknown>;

export function isRef(body: unknown): body is Ref {
  return typeof body === "object" && body !== null && "ref" in body;
}

/** The params of `events.closed`: the subscription has ended, and goes on with a new one `since` that cursor. */
export interface Closed {
  subscription: string;
  reason: "cursor_expired" | "shutting_down" | "storage_error";
  cursor: string;
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
