// One client of the demonstration in Node: vscode-jsonrpc as it comes, its Content-Length frames on the Unix socket.

"use strict";

const net = require("node:net");
const readline = require("node:readline");
const { performance } = require("node:perf_hooks");
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

async function main(address, seconds, keys, seed) {
  const socket = net.connect(address);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.listen();

  const times = [];
  const errors = {};
  const writes = {};
  const input = readline.createInterface({ input: process.stdin });
  process.stdout.write("ready\n");
  await new Promise((resolve) => input.once("line", resolve));

  const end = performance.now() + seconds * 1000;
  for (let begin = performance.now(); begin < end; begin = performance.now()) {
    const key = `demo.${String(Math.floor(Math.random() * keys)).padStart(2, "0")}`;
    try {
      await connection.sendRequest("settings.set", { key, value: `node ${seed}, call ${times.length}` });
      times.push(Number((performance.now() - begin).toFixed(3)));
      writes[key] = (writes[key] ?? 0) + 1;
    } catch (error) {
      errors[error.message] = (errors[error.message] ?? 0) + 1;
    }
  }
  process.stdout.write(`${JSON.stringify({ times, errors, writes })}\n`);
  connection.dispose();
  socket.end();
  input.close();
}

const [address, seconds, keys, seed] = process.argv.slice(2);
main(address, Number(seconds), Number(keys), seed).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
