// bunqueue embedded on its SQLite file, durable pushes: bun bunqueue.mjs WORK FILE JOBS
// Prints one number: jobs a second. Its embedded mode is one process that pushes and runs; this is that process.
import { Queue, Worker } from "bunqueue/client";
import { rmSync } from "node:fs";

const [work, file, jobs] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const queue = new Queue("bench", { embedded: true, dataPath: file });
const args = (number) => ({ number, ms: 0, filler: "text, as long as an address or the name of a file in a folder" });
const durable = { durable: true, removeOnComplete: false };
const now = () => performance.now();

async function push(bulk) {
  const began = now();
  if (!bulk) for (let i = 0; i < jobs; ++i) await queue.add("bench", args(i), durable);
  for (let i = 0; bulk && i < jobs; i += 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, jobs - i) }, (_, k) => ({ name: "bench", data: args(i + k), opts: durable })));
  }
  return jobs / ((now() - began) / 1000);
}

async function drain() {
  await push(true);
  const runs = new Uint8Array(jobs);
  let count = 0, first = 0, last = 0, done;
  const all = new Promise((resolve) => (done = resolve));
  const worker = new Worker("bench", async (job) => {
    first ||= now();
    ++runs[job.data.number];
    last = now();
    if (++count === jobs) setTimeout(done, 300);
  }, { embedded: true, concurrency: 100 });
  await all;
  await worker.close();
  if (count !== jobs || runs.some((n) => n !== 1)) throw new Error(`${jobs} jobs were pushed, ${count} ran`);
  return jobs / ((last - first) / 1000);
}

const value = work === "drain" ? await drain() : await push(work === "enqueue_bulk");
console.log(value.toFixed(1));
for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
process.exit(0);
