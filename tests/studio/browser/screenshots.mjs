// ./dev screenshots: the pictures of the README, of the real program at work on the demo's photographs.
// docs/images/README.md says where the photographs come from.

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { waitForCounts } from './hands.mjs';
import { RunningStudio, launchBrowser, openPage } from './running_studio.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const images = process.argv[2] ?? join(root, 'docs/images');
const { stdout } = await promisify(execFile)(join(root, 'examples/studio/demo.sh'), ['--photographs']);
const photographs = stdout.trim().split('\n');

const studio = await RunningStudio.start();
const browser = await launchBrowser();
try {
  studio.startWorker();
  const look = { viewport: { width: 1200, height: 820 }, colorScheme: 'light' };
  const page = await openPage(browser, studio, look);
  const phone = await openPage(browser, studio, { viewport: { width: 390, height: 820 }, colorScheme: 'dark', deviceScaleFactor: 1.5 });
  await page.getByText(/1 worker running/).waitFor();
  for (const photograph of photographs) {  // one after another, so that they lie in this order
    const answer = page.waitForResponse(/\/pictures\?name=/);
    await page.setInputFiles('#chooser', photograph);
    await answer;
  }
  const jobs = 4 * photographs.length;
  await page.waitForFunction((enough) => Number(document.querySelector('[data-count=done] dd').textContent) >= enough, Math.round(0.55 * jobs));
  await save(page, 'studio-light');
  await waitForCounts(page, { done: jobs });
  await phone.waitForFunction((jobs) => document.querySelectorAll('.sizes li[data-state=done].shown').length === jobs, jobs);
  await phone.waitForTimeout(700);
  await save(phone, 'studio-dark-phone');
} finally {
  await browser.close();
  await studio.close();
}

function save(page, name) {
  const path = join(images, `${name}.jpg`);
  console.log(path);
  return page.screenshot({ path, type: 'jpeg', quality: 84 });
}
