// Writes a database as iDumb's dashboard or Jarvis writes it: their drivers, their migrator, their tables.
//
//     node write.cjs idumb|jarvis PATH [--crash] <ROWS
//
// ROWS is {table: [row, …]} with the names of the schema. --crash ends the program while it has the file open.

const fs = require("node:fs");
const path = require("node:path");
const { sql } = require("drizzle-orm");

const [system, file, crash] = process.argv.slice(2);
const schema = require(`./${system}_schema.cjs`);
const rows = JSON.parse(fs.readFileSync(0, "utf8"));
const migrations = { migrationsFolder: path.join(__dirname, "migrations", system) };

const moment = (milliseconds) => (milliseconds == null ? milliseconds : new Date(milliseconds));

async function idumb() {
  const Database = require("better-sqlite3");
  const { drizzle } = require("drizzle-orm/better-sqlite3");
  const { migrate } = require("drizzle-orm/better-sqlite3/migrator");
  const connection = new Database(file);
  connection.pragma("journal_mode = WAL");
  const db = drizzle(connection, { schema });
  migrate(db, migrations);
  for (const { key, value, updatedAt } of rows.settings ?? []) {
    const set = { value, updatedAt: moment(updatedAt) };
    const { settings } = schema;
    db.insert(settings).values({ key, ...set }).onConflictDoUpdate({ target: settings.key, set }).run();
  }
  for (const row of rows.workspaceConfig ?? []) {
    db.insert(schema.workspaceConfig).values({ ...row, lastOpened: moment(row.lastOpened) }).run();
  }
  return connection;
}

async function jarvis() {
  const { createClient } = require("@libsql/client");
  const { drizzle } = require("drizzle-orm/libsql");
  const { migrate } = require("drizzle-orm/libsql/migrator");
  const client = createClient({ url: `file:${file}` });
  const db = drizzle(client, { schema });
  await migrate(db, migrations);
  await db.run(sql`CREATE TABLE memory_embeddings
    (id INTEGER PRIMARY KEY, memory_id INTEGER NOT NULL UNIQUE, embedding F32_BLOB(3))`);
  await db.run(sql`CREATE INDEX memory_embeddings_near ON memory_embeddings (libsql_vector_idx(embedding))`);
  for (const { memoryId, embedding } of rows.memoryEmbeddings ?? []) {
    await db.run(sql`INSERT INTO memory_embeddings (memory_id, embedding) VALUES (${memoryId}, vector32(${embedding}))`);
  }
  for (const table of ["sessions", "messages", "memoryEntries", "observations", "dailyLogs", "behaviorRules"]) {
    for (const row of rows[table] ?? []) {
      await db.insert(schema[table]).values(row);
    }
  }
  return client;
}

({ idumb, jarvis })[system]().then((open) => {
  if (crash) {
    process.kill(process.pid, "SIGKILL");
  }
  open.close();
});
