// The real program on a free port, and a real browser in front of it. Everything ends with close(), and nothing stays.
//
//   const studio = await RunningStudio.start();      // server; studio.startWorker() for queue:worker
//   const page = await openPage(studio);             // fails the test at the end if the page's console had an error

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const modules = process.env.STUDIO_BROWSER_MODULES;
const program = process.env.STUDIO_PROGRAM;
if (!modules || !program) throw new Error('start this by tests/studio/browser/run, which knows the program and Playwright');
const { chromium } = createRequire(join(modules, 'here'))('playwright-core');

export const kPatience = 60_000;  // for one thing to happen, on a machine that does four others

export class RunningStudio {
  static async start() {
    const studio = new RunningStudio();
    studio.folder = await mkdtemp(join(tmpdir(), 'studio-browser.'));
    await studio.startServer();
    return studio;
  }

  get url() { return `http://127.0.0.1:${this.port}/`; }
  get data() { return join(this.folder, 'data'); }

  // Without a port a free one; after a restart the one it had, so that a page finds it again.
  async startServer() {
    this.server = this.#spawn('server', '--port', String(this.port ?? 0));
    const lines = createInterface({ input: this.server.stdout });
    const [first] = await Promise.race([once(lines, 'line'), this.#death(this.server)]);
    this.port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(first)[1]);
  }

  async stopServer() { await end(this.server); }

  startWorker(children = 4) {
    this.worker = this.#spawn('queue:worker', '-c', String(children));
    return this.worker;
  }

  async stopWorker() { await end(this.worker); }

  async close() {
    await end(this.worker);
    await end(this.server);
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(...words) {
    const child = spawn(program, [...words, '--store', `sqlite:${join(this.folder, 'spark.db')}`, '--data', this.data], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { child.said += text; });
    child.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
    return child;
  }

  async #death(child) {
    throw new Error(`${program} ended with ${await child.ended}: ${child.said}`);
  }
}

async function end(child) {
  if (!child || child.over) return;
  child.over = true;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const how = await child.ended;
  clearTimeout(killer);
  if (how !== 0) throw new Error(`${child.spawnargs.slice(1, 2)} ended with ${how}: ${child.said}`);
}

export async function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    timeout: kPatience,
  });
}

// A page with a list of what its console complained of. Refused uploads and a server that is away are logged by the browser
// itself ("Failed to load resource"), so a test that provokes them names what it expects.
export async function openPage(browser, studio, options = {}, { path = '', expect = [] } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(kPatience);
  page.complaints = [];
  page.foreign = [];
  const note = (text) => { if (!expect.some((known) => known.test(text))) page.complaints.push(text); };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) note(`${message.type()}: ${message.text()}`); });
  page.on('pageerror', (error) => note(`exception: ${error.message}`));
  page.on('request', (request) => { if (!request.url().startsWith(studio.url)) page.foreign.push(request.url()); });
  await page.goto(studio.url + path);
  return page;
}
