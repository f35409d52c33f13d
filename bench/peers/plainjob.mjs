// plainjob on better-sqlite3, as its README sets it up (WAL, synchronous NORMAL): node plainjob.mjs WORK FILE JOBS
// Prints one number: jobs a second. Pushing, each of two workers and this are processes of their own.
import Database from "better-sqlite3";
import { better, defineQueue, defineWorker } from "plainjob";
import { fork } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const [work, file, jobs, out] = [process.argv[2], process.argv[3], Number(process.argv[4]), process.argv[5]];
const silent = { debug() {}, info() {}, warn() {}, error: console.error };
const queue = () => defineQueue({ connection: better(new Database(file)), logger: silent });
const args = (number) => ({ number, ms: 0, filler: "text, as long as an address or the name of a file in a folder" });
const now = () => Number(process.hrtime.bigint());

function push(bulk) {
  const q = queue();
  const began = now();
  if (!bulk) for (let i = 0; i < jobs; ++i) q.add("bench", args(i));
  for (let i = 0; bulk && i < jobs; i += 1000) q.addMany("bench", Array.from({ length: Math.min(1000, jobs - i) }, (_, k) => args(i + k)));
  const seconds = (now() - began) / 1e9;
  q.close();
  return jobs / seconds;
}

// Ends when nothing came for a while: timers only run when plainjob sleeps.
async function run() {
  const ran = [];
  let first = 0, last = 0, before = -1;
  const worker = defineWorker("bench", (job) => {
    first ||= now();
    ran.push(JSON.parse(job.data).number);
    last = now();
  }, { queue: queue(), logger: silent });
  const idle = setInterval(() => {
    if (ran.length === before) {
      clearInterval(idle);
      void worker.stop();
    }
    before = ran.length;
  }, 200);
  await worker.start();
  writeFileSync(out, JSON.stringify({ first, last, ran }));
  process.exit(0);
}

const ended = (child) => new Promise((done, failed) => child.on("exit", (code) => (code === 0 ? done() : failed(new Error(`a process ended with ${code}`)))));
const start = (part, name) => ended(fork(process.argv[1], [part, file, String(jobs), name]));

async function drain() {
  await start("push-bulk", file + "-pushed");
  const outs = [file + "-ran-1", file + "-ran-2"];
  await Promise.all(outs.map((name) => start("run", name)));
  const parts = outs.map((name) => JSON.parse(readFileSync(name))).filter((part) => part.ran.length);
  const ran = parts.flatMap((part) => part.ran).sort((a, b) => a - b);
  if (ran.length !== jobs || ran.some((number, i) => number !== i)) throw new Error(`${jobs} jobs were pushed, ${ran.length} ran`);
  return jobs / ((Math.max(...parts.map((part) => part.last)) - Math.min(...parts.map((part) => part.first))) / 1e9);
}

if (work === "run") await run();
else if (work === "push-bulk" || work === "push-one") writeFileSync(out, String(push(work === "push-bulk")));
else {
  let value;
  if (work === "drain") value = await drain();
  else {
    await start(work === "enqueue_bulk" ? "push-bulk" : "push-one", file + "-pushed");
    value = Number(readFileSync(file + "-pushed"));
  }
  for (const end of ["", "-wal", "-shm", "-pushed", "-ran-1", "-ran-2"]) rmSync(file + end, { force: true });
  console.log(value.toFixed(1));
}
