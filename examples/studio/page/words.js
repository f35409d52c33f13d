// Texts and small helpers that every part of the page uses. Names and messages are set as text, never as HTML.

export const $ = (selector, root = document) => root.querySelector(selector);
export const clone = (template) => $(`#${template}`).content.firstElementChild.cloneNode(true);

export const bytesText = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : n >= 1e3 ? `${Math.round(n / 1e3)} kB` : `${n} bytes`);
export const plural = (n, one, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;

export function timeText(ms) {
  if (ms < 9.95) return `${+ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setBar(bar, percent, words) {
  const whole = Math.round(percent);
  bar.setAttribute('aria-valuenow', whole);
  if (words) bar.setAttribute('aria-valuetext', words);
  bar.firstElementChild.style.width = `${whole}%`;
}

// The texts for a screen reader. The sentences of half a second are spoken together, so that none interrupts the previous one.
const unsaid = [];
export function say(sentence) {
  unsaid.push(sentence);
  if (unsaid.length > 1) return;
  setTimeout(() => setText($('#spoken'), unsaid.splice(0).join(' ')), 500);
}
