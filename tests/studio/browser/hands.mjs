// What a person does on the page, and what they see.

import assert from 'node:assert/strict';

export const counts = (page) => page.evaluate(() =>
  Object.fromEntries([...document.querySelectorAll('[data-count]')].map((place) => [place.dataset.count, Number(place.querySelector('dd').textContent)])));

export const card = (page, name) => page.locator('.card', { has: page.locator('h2', { hasText: name }) });

// As the mouse does it: enter, over, drop, with a real DataTransfer made in the page.
export async function drop(page, files) {
  const sent = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, text: buffer.toString('base64') }));
  await page.evaluate((files) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, text } of files) {
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type: mimeType }));
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.querySelector('#drop').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, sent);
}

export const tiles = (page, state) => page.locator(`.sizes li[data-state=${state}]`);

export async function waitForCounts(page, wanted) {
  await page.waitForFunction((wanted) => Object.entries(wanted).every(([name, count]) =>
    Number(document.querySelector(`[data-count=${name}] dd`).textContent) === count), wanted);
}

// WCAG 2: the contrast of each visible text with what is painted behind it.
export function lowContrasts(page) {
  return page.evaluate(() => {
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      return { rgb: [r, g, b], a: a / 255 };
    };
    const mix = (top, a, below) => top.map((value, i) => value * a + below[i] * (1 - a));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      const layers = [];
      for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
      return layers.reverse().reduce((below, layer) => mix(layer.rgb, layer.a, below), [255, 255, 255]);
    };
    const low = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.trim() || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || element.closest('template, .unseen, .skip')) continue;
      let opacity = 1;
      for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
      const below = ground(element);
      const ink = rgba(getComputedStyle(element).color);
      const [light, dark] = [luminance(mix(ink.rgb, ink.a * opacity, below)), luminance(below)].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      seen++;
      if (contrast < 4.5 && !element.closest(':disabled')) low.push(`${contrast.toFixed(2)}: "${node.textContent.trim()}" (${element.className || element.tagName})`);
    }
    return { seen, low };
  });
}

export async function assertNoOverflow(page) {
  const [scroll, width] = await page.evaluate(() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(scroll <= width, `the page is ${scroll} px wide in a window of ${width} px`);
}
