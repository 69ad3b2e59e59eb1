// The tables of iDumb's dashboard as Drizzle sees them. Its times are Unix seconds, given to programs as Dates.

const { integer, sqliteTable, text } = require("drizzle-orm/sqlite-core");

const settings = sqliteTable("settings", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  key: text("key").notNull().unique(),
  value: text("value").notNull(),
  updatedAt: integer("updated_at", { mode: "timestamp" }),
});

const workspaceConfig = sqliteTable("workspace_config", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  projectDir: text("project_dir").notNull().unique(),
  name: text("name"),
  lastOpened: integer("last_opened", { mode: "timestamp" }),
  config: text("config"),
});

module.exports = { settings, workspaceConfig };
