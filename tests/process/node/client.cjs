// What a Node program does with vscode-jsonrpc and nothing of ours: one line of JSON for each thing it tried.
"use strict";

const net = require("node:net");
const {
  CancellationTokenSource,
  createMessageConnection,
  ProgressType,
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
  const heard = [];
  let enough = () => {};
  connection.onNotification("events.event", (event) => {
    heard.push(event);
    if (event.topic === "app.node.last") enough();
  });
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

  const wait = new CancellationTokenSource();
  const waiting = failure(connection.sendRequest("events.wait", { topics: ["app.never"] }, wait.token));
  wait.cancel();
  report("cancelled wait", await waiting);

  const told = [];
  const progress = connection.onProgress(new ProgressType(), "march", (value) => told.push(value));
  const march = { milliseconds: 350, _meta: { progressToken: "march" } };
  report("marched", await connection.sendRequest("march.write", march));
  progress.dispose();
  report("progress", told);

  const last = new Promise((resolve) => (enough = resolve));
  const topics = ["settings.*", "app.node.*"];
  report("subscribed", await connection.sendRequest("events.subscribe", { topics }));
  report("heard of", await connection.sendRequest("settings.set", { key: "heard", value: "é😀" }));
  await connection.sendRequest("settings.delete", { key: "heard" });
  await connection.sendRequest("events.publish", { topic: "app.node.last", body: [1, null] });
  await last;
  report("heard", heard);
  report("unsubscribed", await connection.sendRequest("events.unsubscribe", { subscription: heard[0].subscription }));

  const writes = Array.from({ length: 200 }, (_, n) =>
    connection.sendRequest("settings.set", { key: `node.${n % 10}`, value: n }),
  );
  report("revisions", (await Promise.all(writes)).map((setting) => setting.revision));

  report("heard in all", heard.length);

  connection.end();
  connection.dispose();
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
