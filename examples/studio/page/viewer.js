// The viewer: one picture large, at any of its sizes. Keyboard: arrows, Home, End, 1 to 4, Esc.

import { $, bytesText, setText, timeText } from '/words.js';
import { made, thumb } from '/card.js';

const dialog = $('#viewer');
const img = $('img', dialog);
const sizes = $('.viewer-sizes', dialog);

let pictures = () => [];  // those that can be enlarged, in the order of the page
let id = '';
let wish = 0;             // the requested size; the largest available one if it is 0 or not made yet

export function setPictures(source) { pictures = source; }

export function look(picture, size = 0) {
  if (!made(picture).length) return;
  id = picture.id;
  wish = size;
  show();
  if (dialog.open) return;
  dialog.showModal();
  $('[aria-pressed=true]', sizes).focus();
}

// Also called when something changed: a larger size may be ready.
export function refresh() { if (dialog.open) show(); }

function current() {
  const all = pictures();
  return { all, at: all.findIndex((picture) => picture.id === id) };
}

function sizeOf(picture) {
  const done = made(picture);
  return done.find((size) => size.size === wish) ?? done.at(-1);
}

function show() {
  const { all, at } = current();
  if (at < 0) return dialog.close();
  const picture = all[at];
  const size = sizeOf(picture);
  setText($('bdi', dialog), picture.name);
  const facts = [`${size.width} × ${size.height}`, bytesText(size.bytes ?? 0)];
  if (size.worked_ms !== null) facts.push(`made in ${timeText(size.worked_ms)} by process ${size.pids.at(-1)}`);
  setText($('#viewer-facts'), facts.join(', '));
  const source = thumb(picture, size.size);
  if (img.getAttribute('src') !== source) img.src = source;
  img.alt = picture.name;
  img.width = size.width;
  img.height = size.height;
  showSizes(picture, size);
  $('[data-do=back]', dialog).disabled = at === 0;
  $('[data-do=on]', dialog).disabled = at === all.length - 1;
}

function showSizes(picture, shown) {
  if (sizes.childElementCount !== picture.sizes.length) {
    sizes.replaceChildren(...picture.sizes.map((size) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = size.size;
      button.addEventListener('click', () => { wish = size.size; show(); });
      return button;
    }));
  }
  picture.sizes.forEach((size, i) => {
    const button = sizes.children[i];
    button.disabled = size.state !== 'done';
    button.setAttribute('aria-pressed', size === shown);
  });
  if (sizes.contains(document.activeElement)) $('[aria-pressed=true]', sizes).focus();  // the focus goes with the size
}

function step(by) {
  const { all, at } = current();
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next || next.id === id) return;
  id = next.id;
  show();
}

function resize(by) {
  const { all, at } = current();
  const done = made(all[at]);
  const now = done.indexOf(sizeOf(all[at]));
  wish = done[Math.min(done.length - 1, Math.max(0, now + by))].size;
  show();
}

const keys = {
  ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => step(-Infinity), End: () => step(Infinity),
  ArrowUp: () => resize(1), ArrowDown: () => resize(-1),
};

dialog.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = sizes.children[event.key - 1];
  const act = keys[event.key] ?? (digit && !digit.disabled ? () => digit.click() : null);
  if (!act) return;
  event.preventDefault();
  act();
});
dialog.addEventListener('click', (event) => {
  const what = event.target.closest('[data-do]')?.dataset.do;
  if (what === 'back') step(-1);
  else if (what === 'on') step(1);
  else if (what === 'close' || event.target.matches('.viewer, .viewer-stage')) dialog.close();
});
dialog.addEventListener('close', () => {
  document.querySelector(`#picture-${CSS.escape(id)} .photo`)?.focus();  // of the picture that was shown last
});
