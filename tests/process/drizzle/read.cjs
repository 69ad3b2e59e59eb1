// Reads Scriven's database with the schemas of iDumb's dashboard and of Jarvis, while its daemon writes to it.
//
//     node read.cjs PATH
//
// Reads every table again and again until the setting `finished` is there. Says "reading" after the first time, and
// "followed" when it has seen three different numbers of settings; at the end come the rows of the last time, as JSON.

const Database = require("better-sqlite3");
const { drizzle } = require("drizzle-orm/better-sqlite3");

const schema = { ...require("./idumb_schema.cjs"), ...require("./jarvis_schema.cjs") };
// The only table of theirs that Scriven has not got.
delete schema.behaviorRules;

const connection = new Database(process.argv[2], { readonly: true, fileMustExist: true });
const db = drizzle(connection, { schema });
const seen = new Set();

// A Date is told apart from text that looks like one.
const told = (row) =>
  Object.fromEntries(Object.entries(row).map(([name, of]) => [name, of instanceof Date ? { date: of.toISOString() } : of]));

function read(first) {
  const rows = {};
  for (const [name, table] of Object.entries(schema)) {
    rows[name] = db.select().from(table).all();
  }
  if (first) {
    console.log("reading");
  }
  if (!seen.has(rows.settings.length) && seen.add(rows.settings.length).size === 3) {
    console.log("followed");
  }
  if (rows.settings.some((setting) => setting.key === "finished")) {
    const tables = Object.entries(rows).map(([name, all]) => [name, all.map(told)]);
    console.log(JSON.stringify(Object.fromEntries(tables)));
    connection.close();
  } else {
    setImmediate(read, false);
  }
}

read(true);
