// The studio as a person meets it: Debian's chromium, the real server, the real queue:worker.

import assert from 'node:assert/strict';
import { mkdir, readFile, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { assertNoOverflow, card, counts, drop, lowContrasts, tiles, waitForCounts } from './hands.mjs';
import { bomb, file, png } from './pictures.mjs';
import { RunningStudio, launchBrowser, openPage } from './running_studio.mjs';

const kRefused = /Failed to load resource: the server responded with a status of 4\d\d/;
const kAway = /Failed to load resource: net::ERR_/;

describe('studio', { timeout: 580_000 }, () => {
  let browser, studio, pages;

  before(async () => { browser = await launchBrowser(); });
  after(async () => { await browser?.close(); });
  beforeEach(async () => {
    pages = [];
    studio = await RunningStudio.start();
  });
  afterEach(async () => {
    const complaints = pages.flatMap((page) => page.complaints);
    const foreign = pages.flatMap((page) => page.foreign);
    for (const page of pages) await page.context().close();
    await studio.close();
    assert.deepEqual(complaints, [], 'the console of a page is silent');
    assert.deepEqual(foreign, [], 'nothing is asked of another host');
  });

  async function open(options, more) {
    const page = await openPage(browser, studio, options, more);
    pages.push(page);
    await page.waitForSelector('body:not(.starting)');
    return page;
  }

  it('begins empty, says what to do, and how to start a worker', async () => {
    const page = await open();
    assert.ok(await page.getByText('Drop pictures here').isVisible());
    assert.equal(await page.locator('.steps li').count(), 3);
    assert.ok(await page.getByRole('heading', { name: 'No worker is running' }).isVisible());
    const command = await page.locator('#command').textContent();
    assert.match(command, / queue:worker -c 4 --store sqlite:.* --data /);
    await page.locator('#copy').click();
    await page.getByRole('button', { name: /Copied|Selected/ }).waitFor();
    await page.getByText('How the times are measured').click();
    assert.ok(await page.getByText('measured in the server').isVisible());

    studio.startWorker();
    await page.getByText(`1 worker running, pid ${studio.worker.pid}`).waitFor();
    assert.ok(await page.locator('#idle').isHidden());
    await studio.stopWorker();
    await page.getByRole('heading', { name: 'No worker is running' }).waitFor();
  });

  it('shows pictures that were chosen and dropped: cards, sizes, times, counters', async () => {
    const page = await open();
    await page.setInputFiles('#chooser', [file('one.png', png(1700, 1100)), file('two.png', png(300, 900))]);
    await drop(page, [file('three.png', png(1000, 700))]);
    await waitForCounts(page, { waiting: 12, running: 0, retrying: 0, done: 0, failed: 0 });
    assert.equal(await tiles(page, 'waiting').count(), 12);
    assert.ok(await page.locator('#empty').isHidden());
    assert.match(await card(page, 'one.png').locator('.answered dd').textContent(), /^[\d.]+ m?s$/);

    // Whatever the page shows at a moment, the jobs add up.
    await page.evaluate(() => {
      globalThis.sums = new Set();
      new MutationObserver(() => sums.add([...document.querySelectorAll('.counts dd')].reduce((sum, dd) => sum + Number(dd.textContent), 0)))
        .observe(document.querySelector('.counts'), { subtree: true, childList: true, characterData: true });
    });
    studio.startWorker();
    await waitForCounts(page, { waiting: 0, running: 0, retrying: 0, done: 12, failed: 0 });
    await page.waitForFunction(() => document.querySelectorAll('.sizes li[data-state=done].shown').length === 12);
    assert.deepEqual(await page.evaluate(() => [...sums]), [12]);
    assert.equal(await page.locator('#total').getAttribute('aria-valuenow'), '100');

    const natural = await page.evaluate(async () => Promise.all([...document.querySelectorAll('.card')].map(async (card) => {
      const id = card.id.replace('picture-', '');
      return Promise.all([160, 480, 960, 1600].map(async (size) => {
        const image = new Image();
        image.src = `/thumbs/${id}/${size}.jpg`;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }));
    })));
    // What was dropped while the chosen ones were on their way may arrive before them.
    assert.deepEqual(natural.sort(), [['160x104', '480x311', '960x621', '1600x1035'],
      ['160x112', '480x336', '960x672', '1000x700'], ['53x160', '160x480', '300x900', '300x900']]);
    await page.waitForFunction(() => [...document.querySelectorAll('.photo.shown img')].filter((image) => image.naturalWidth > 0).length === 3);

    // The work's time is the sum of what the jobs' records say, its processes are children of the worker.
    const [record] = (await (await fetch(`${studio.url}pictures`)).json()).pictures.filter((picture) => picture.name === 'one.png');
    const pids = new Set(record.sizes.flatMap((size) => size.pids));
    for (const pid of pids) assert.equal(await parentOf(pid), studio.worker.pid, 'made by a child of queue:worker');
    const worked = card(page, 'one.png').locator('.worked');
    assert.equal(await worked.locator('dt').textContent(), `worked in ${pids.size} process${pids.size === 1 ? '' : 'es'}`);
    assert.match(await worked.locator('dd').textContent(), /^[\d.]+ m?s$|min/);
    assert.match(await page.locator('#answered-of').textContent(), /^median of 3, slowest /);
    assert.match(await page.locator('#worked-in').textContent(), /^12 jobs in [1-4] process/);
    assert.equal(await card(page, 'one.png').locator('.size-who').first().textContent(), `pid ${record.sizes[0].pids.at(-1)}`);

    const before = await page.locator('.gallery').innerText();
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('.sizes li[data-state=done].shown').length === 12);
    assert.equal(await page.locator('.gallery').innerText(), before, 'a reload shows the same');
  });

  it('says of each bad file what is wrong, and lets the others pass', async () => {
    const page = await open({}, { expect: [kRefused] });
    studio.startWorker();
    const whole = png(600, 400);
    await page.setInputFiles('#chooser', [
      file('empty.png', Buffer.alloc(0)), file('letter.jpg', Buffer.from('Dear diary, this is text.'), 'image/jpeg'), file('bomb.png', bomb(50_000, 50_000)),
      file('good.png', whole), file('cut.png', whole.subarray(0, whole.length / 2)),
    ]);
    const big = join(studio.folder, 'big.png');
    await writeFile(big, '');
    await truncate(big, 33 * 1024 * 1024);
    await page.setInputFiles('#chooser', big);
    await drop(page, [file('../../etc/passwd', png(40, 30)), file('<img src=x onerror=alert(1)>.png', png(40, 30))]);
    await waitForCounts(page, { waiting: 0, running: 0, retrying: 0, done: 12, failed: 4 });
    const refusal = (name) => page.locator('.refusal', { has: page.locator('h2', { hasText: name }) });
    for (const [name, sentence] of [['empty.png', 'The file is empty (0 bytes).'], ['letter.jpg', 'This is not a picture'],
      ['bomb.png', 'the limit is 40 megapixels'], ['big.png', 'This file is too large (34.6 MB): a picture may have up to 32 MiB.']]) {
      const text = await refusal(name).innerText();
      assert.ok(text.includes(sentence) && text.includes('Nothing was queued.'), text);
      assert.equal(await refusal(name).getAttribute('role'), 'alert');
    }
    assert.equal(await page.locator('.refusal').count(), 4);
    await refusal('bomb.png').getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await page.locator('.refusal').count(), 3);

    const cut = card(page, 'cut.png');
    assert.match(await cut.locator('.problem').innerText(), /cut off.*Failed\./s);
    assert.equal(await cut.locator('[data-state=failed]').count(), 4);
    await cut.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('cut.png failed').waitFor({ state: 'attached' });  // said, and failed again: the bytes are the same
    await waitForCounts(page, { waiting: 0, running: 0, retrying: 0, done: 12, failed: 4 });
    assert.ok(await cut.getByRole('button', { name: 'Retry' }).isVisible());

    assert.ok(await card(page, '../../etc/passwd').getByText('looks like a path').isVisible());
    assert.ok(await card(page, '<img src=x onerror=alert(1)>.png').locator('h2').isVisible());
    assert.ok(await card(page, 'good.png').locator('.problem').isHidden());
  });

  it('shows a try that failed, the wait, the next try, and the end', async () => {
    const page = await open();
    await page.setInputFiles('#chooser', [file('a.png', png(400, 300))]);
    const id = (await page.locator('.card').getAttribute('id')).replace('picture-', '');
    const obstacle = join(studio.data, 'pictures', id, '160.jpg');
    await mkdir(obstacle);  // a file cannot be written where a folder is
    studio.startWorker();
    const problem = page.locator('.problem');
    await problem.getByText(/Attempt 1 of 3 failed; the next one starts/).waitFor();
    await waitForCounts(page, { retrying: 1 });
    await waitForCounts(page, { waiting: 0, running: 0, retrying: 0, done: 3, failed: 1 });
    assert.match(await problem.innerText(), /Failed after 3 attempts\./);
    await rmdir(obstacle);
    await page.getByRole('button', { name: 'Retry' }).click();
    await waitForCounts(page, { waiting: 0, running: 0, retrying: 0, done: 4, failed: 0 });
    await problem.waitFor({ state: 'hidden' });  // the counters may be told before the picture is
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open();
    page.on('filechooser', () => {});  // from now on the browser tells of one instead of cancelling it
    studio.startWorker();
    await page.setInputFiles('#chooser', ['a', 'b', 'c'].map((name) => file(`${name}.png`, png(1700, 1100))));
    await waitForCounts(page, { done: 12 });
    await page.waitForFunction(() => document.querySelectorAll('.sizes li[data-state=done]').length === 12);
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.id ?? '');
    // Three uploads at once arrive in any order: the keyboard goes through them as the page shows them.
    const shown = await page.locator('[aria-label$=": enlarge"]').evaluateAll((photos) => photos.map((photo) => photo.getAttribute('aria-label').split(':')[0]));
    assert.deepEqual([...shown].sort(), ['a.png', 'b.png', 'c.png']);
    const [first, second, last] = shown;
    const ring = () => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);

    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'drop');
    assert.equal(await ring(), 'solid');
    for (const key of ['Enter', 'Space']) {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press(key)]);
      assert.ok(chooser.isMultiple());
    }
    await page.keyboard.press('Tab');
    assert.equal(await focused(), `${first}: enlarge`);
    assert.equal(await ring(), 'solid');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), `${second}: enlarge`);
    await page.keyboard.press('End');
    assert.equal(await focused(), `${last}: enlarge`);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');

    const viewer = page.locator('#viewer');
    const title = () => viewer.locator('h2').textContent();
    const facts = () => viewer.locator('#viewer-facts').textContent();
    await viewer.waitFor();
    assert.equal(await title(), first);
    assert.match(await facts(), /^1600 × 1035, .* made in .* by process \d+$/);
    await page.keyboard.press('ArrowDown');
    assert.match(await facts(), /^960 × 621/);
    await page.keyboard.press('1');
    assert.match(await facts(), /^160 × 104/);
    assert.equal(await viewer.locator('img').evaluate((image) => image.decode().then(() => image.clientWidth)), 160, 'a small one is shown as small as it is');
    await page.keyboard.press('ArrowRight');
    assert.equal(await title(), second);
    await page.keyboard.press('End');
    assert.equal(await title(), last);
    assert.ok(await viewer.getByRole('button', { name: 'Next picture' }).isDisabled());
    for (let i = 0; i < 12; i++) {  // Tab never leaves the dialog for the page behind it
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('#viewer') !== null));
    }
    await page.keyboard.press('Escape');
    assert.ok(await viewer.isHidden());
    // The focus is where the eyes were; the browser tells the page of the closing a moment after it.
    await page.waitForFunction((name) => document.activeElement.getAttribute('aria-label') === `${name}: enlarge`, last);
  });

  it('tells a lost connection, comes back by itself, and sends again what it could not', async () => {
    const page = await open({}, { expect: [kAway] });
    await page.setInputFiles('#chooser', [file('kept.png', png(60, 40))]);
    await card(page, 'kept.png').waitFor();
    await studio.stopServer();
    await page.getByText('The connection to the server is lost').waitFor();
    assert.match(await page.locator('#lost-when').textContent(), /^Trying again/);
    await page.setInputFiles('#chooser', [file('late.png', png(60, 40))]);
    await page.getByText('The server did not answer.').waitFor();

    await studio.startServer();
    await page.locator('#lost').waitFor({ state: 'hidden' });
    await card(page, 'kept.png').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await card(page, 'late.png').waitFor();
    assert.equal(await page.locator('.refusal').count(), 0);
    assert.equal(await page.locator('.card').count(), 2);
    assert.equal(await card(page, 'kept.png').locator('.answered dd').textContent(), 'earlier');

    await studio.stopServer();
    await page.getByText(/^Trying again in [78] s/).waitFor();  // long enough that it does not come back by itself before the press
    await studio.startServer();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.locator('#lost').waitFor({ state: 'hidden' });
    studio.startWorker();
    await waitForCounts(page, { done: 8 });
  });

  it('fits a phone, light and dark, with enough contrast in every state', async () => {
    const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
    const expect = [kRefused];
    const looks = [await open({ ...phone, colorScheme: 'light' }, { expect }), await open({ colorScheme: 'light' }, { expect }), await open({ colorScheme: 'dark' }, { expect })];
    const check = async (state) => {
      for (const page of looks) {
        await assertNoOverflow(page);
        const { seen, low } = await lowContrasts(page);
        assert.ok(seen >= 10, `${state}: only ${seen} texts were seen`);
        assert.deepEqual(low, [], `${state}: texts with a contrast under 4.5`);
      }
    };
    await check('empty');
    const name = 'a-name-without-a-blank-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on.png';
    for (const page of looks) await page.locator('summary').click();
    await looks[0].setInputFiles('#chooser', [file(name, png(1700, 1100)), file('cut.png', png(90, 60).subarray(0, 100)), file('letter.png', Buffer.from('text'))]);
    for (const page of looks) await waitForCounts(page, { waiting: 8 });
    await check('waiting');
    studio.startWorker();
    for (const page of looks) await page.waitForFunction(() => document.querySelectorAll('.sizes li:is([data-state=done], [data-state=failed])').length === 8);
    await check('done and failed');
    for (const page of looks) {
      await page.locator('.photo.shown').click();
      await page.locator('#viewer[open]').waitFor();
    }
    await check('viewer');

    const grounds = [];
    for (const page of looks.slice(1)) grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    assert.deepEqual(grounds, ['rgb(247, 246, 243)', 'rgb(17, 20, 21)']);
  });

  it('moves nothing for those who asked for less motion', async () => {
    const page = await open({ reducedMotion: 'reduce' });
    await page.setInputFiles('#chooser', [file('a.png', png(60, 40))]);
    await card(page, 'a.png').waitFor();
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
      const style = getComputedStyle(element);
      return style.transitionDuration.split(', ').some((time) => time !== '0s') || style.animationName !== 'none';
    }).map((element) => element.className));
    assert.deepEqual(moving, []);
  });
});

async function parentOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
