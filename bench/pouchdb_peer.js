// PouchDB's part of the comparison: pouchdb-server, and two PouchDB databases as laptops. Runs outside this project.
// `node pouchdb_peer.js VISITS FOLDER NUMBER` prints seconds by work as JSON.
"use strict";

const fs = require("fs");
const net = require("net");
const path = require("path");
const { spawn } = require("child_process");
const PouchDB = require("pouchdb");

const QUIET_TIMES = 50;
const [made, folder, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function timed(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function answered(address) {
  for (let turn = 0; turn < 400; turn += 1) {
    try {
      return await fetch(address);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("pouchdb-server does not answer");
}

async function measured(address) {
  const visits = fs.readFileSync(made, "utf8").split("\n").map((line, number) => ({
    _id: `visit-${String(number).padStart(8, "0")}`,
    ...JSON.parse(line),
  }));
  const [first, second] = ["one", "two"].map((name) => new PouchDB(path.join(folder, name)));
  const push = () => first.replicate.to(address, { batch_size: 1000 });
  const pull = () => second.replicate.from(address, { batch_size: 1000 });
  await push();
  await first.bulkDocs(visits.slice(0, count));
  const told = { push: await timed(push), pull: await timed(pull) };
  const quiet = [];
  for (let turn = 0; turn < QUIET_TIMES; turn += 1) quiet.push(await timed(pull));
  told["nothing changed"] = median(quiet);
  const more = [];
  for (const visit of visits.slice(count)) {
    await first.put(visit);
    more.push((await timed(push)) + (await timed(pull)));
  }
  told["one more, push and pull"] = median(more);
  const held = (await second.info()).doc_count;
  if (held !== visits.length) throw new Error(`${held} visits instead of ${visits.length}`);
  return told;
}

async function main() {
  const port = await freePort();
  const program = require.resolve("pouchdb-server/bin/pouchdb-server");
  const kept = path.join(folder, "server");
  fs.mkdirSync(kept);
  const words = [program, "--port", String(port), "--host", "127.0.0.1", "--dir", kept, "--no-stdout-logs"];
  const server = spawn(process.execPath, words, { cwd: folder, stdio: "ignore" });
  try {
    await answered(`http://127.0.0.1:${port}/`);
    console.log(JSON.stringify(await measured(`http://127.0.0.1:${port}/visits`)));
  } finally {
    server.kill();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
