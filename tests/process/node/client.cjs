// What a Node program does with vscode-jsonrpc and nothing of ours: one line of JSON for each thing it tried.
"use strict";

const net = require("node:net");
const {
  CancellationTokenSource,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} = require("vscode-jsonrpc/node");

function report(name, value) {
  console.log(JSON.stringify({ name, value }));
}

async function failure(promise) {
  try {
    return { unexpected: await promise };
  } catch (error) {
    return { code: error.code, message: error.message, data: error.data };
  }
}

async function main(path) {
  const socket = net.createConnection(path);
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.onError((error) => report("connection error", String(error)));
  connection.listen();

  report("named", await connection.sendRequest("settings.set", { key: "theme", value: { dark: true, text: "é😀" } }));
  report("without params", await connection.sendRequest("daemon.health"));
  report("positional", await connection.sendRequest("settings.get", "theme", "global"));
  report("null", await connection.sendRequest("settings.get", { key: "absent" }));

  await connection.sendNotification("settings.set", { key: "noted", value: 7 });
  report("after a notification", await connection.sendRequest("settings.get", { key: "noted" }));

  const stale = { key: "theme", value: 0, ifRevision: 99 };
  report("conflict", await failure(connection.sendRequest("settings.set", stale)));
  report("invalid params", await failure(connection.sendRequest("settings.get", { key: 5 })));
  report("no such method", await failure(connection.sendRequest("no.such")));

  const source = new CancellationTokenSource();
  const slow = failure(connection.sendRequest("slow.read", {}, source.token));
  source.cancel();
  report("cancelled", await slow);

  const writes = Array.from({ length: 200 }, (_, n) =>
    connection.sendRequest("settings.set", { key: `node.${n % 10}`, value: n }),
  );
  report("revisions", (await Promise.all(writes)).map((setting) => setting.revision));

  connection.end();
  connection.dispose();
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
