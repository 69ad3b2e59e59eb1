// The tables of Jarvis's memory as Drizzle sees them. Its times are ISO 8601 text.

const { integer, sqliteTable, text } = require("drizzle-orm/sqlite-core");

const id = () => integer("id").primaryKey({ autoIncrement: true });

const memoryEntries = sqliteTable("memory_entries", {
  id: id(),
  content: text("content").notNull(),
  contentHash: text("content_hash").unique(),
  category: text("category").notNull(),
  source: text("source").notNull(),
  createdAt: text("created_at").notNull(),
  lastAccessed: text("last_accessed"),
  deletedAt: text("deleted_at"),
});

const sessions = sqliteTable("sessions", {
  id: id(),
  startedAt: text("started_at").notNull(),
  endedAt: text("ended_at"),
  endTrigger: text("end_trigger"),
  summary: text("summary"),
});

const inSession = () => integer("session_id").references(() => sessions.id);

const dailyLogs = sqliteTable("daily_logs", {
  id: id(),
  sessionId: inSession(),
  eventType: text("event_type").notNull(),
  eventData: text("event_data"),
  timestamp: text("timestamp").notNull(),
});

const observations = sqliteTable("observations", {
  id: id(),
  pattern: text("pattern").notNull(),
  patternType: text("pattern_type").notNull(),
  evidence: text("evidence"),
  sessionId: inSession(),
  createdAt: text("created_at").notNull(),
});

const messages = sqliteTable("messages", {
  id: id(),
  sessionId: inSession(),
  role: text("role").notNull(),
  content: text("content").notNull(),
  createdAt: text("created_at").notNull(),
});

const behaviorRules = sqliteTable("behavior_rules", {
  id: id(),
  rule: text("rule").notNull(),
  category: text("category").notNull(),
  source: text("source").notNull(),
  version: integer("version").notNull().default(1),
  isActive: integer("is_active").notNull().default(1),
  rationale: text("rationale"),
  example: text("example"),
  createdAt: text("created_at").notNull(),
  supersededAt: text("superseded_at"),
});

module.exports = { memoryEntries, sessions, dailyLogs, observations, messages, behaviorRules };
