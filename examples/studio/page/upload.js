// Sending pictures: chosen, dropped or pasted. A few at once; a picture that is refused gets a card that says why.

import { $, bytesText, clone, plural, say, setText } from '/words.js';

const kMaxBytes = 32 * 1024 * 1024;
const kSendAtOnce = 3;

const drop = $('#drop');
const words = [...$('.drop-words', drop).childNodes].map((node) => node.cloneNode(true));
const outbox = [];
let sending = 0;
let total = 0;

export function add(files) {
  outbox.push(...files);
  total += files.length;
  while (sending < kSendAtOnce && outbox.length) sendNext();
}

async function sendNext() {
  const file = outbox.shift();
  sending++;
  showSending();
  try {
    await send(file);
  } finally {
    sending--;
    if (outbox.length) sendNext();
    showSending();
  }
}

function showSending() {
  const open = sending + outbox.length;
  if (!open) total = 0;
  drop.classList.toggle('busy', open > 0);
  const place = $('.drop-words', drop);
  if (open) setText(place, total > 1 ? `Sending, ${total - open} of ${total} sent` : 'Sending');
  else place.replaceChildren(...words.map((node) => node.cloneNode(true)));
}

async function send(file) {
  if (file.size > kMaxBytes) return refuse(file, `This file is too large (${bytesText(file.size)}): a picture may have up to 32 MiB.`);
  let body, response;
  try {
    body = await file.arrayBuffer();
  } catch {  // a folder, or a file that has been removed meanwhile
    return refuse(file, 'This cannot be read as a file. Folders cannot be sent.');
  }
  try {
    response = await fetch(`/pictures?name=${encodeURIComponent(file.name.toWellFormed?.() ?? file.name)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
    });
  } catch {
    return refuse(file, 'The server did not answer. Is it still running?', true);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status === 202) return say(`${file.name} was accepted.`);
  refuse(file, answer.error ?? `The server answered ${response.status}.`, response.status >= 500);
}

function refuse(file, sentence, mayHelp = false) {
  const card = clone('refused');
  setText($('bdi', card), file.name);
  setText($('p', card), `${sentence} Nothing was queued.`);
  const again = $('[data-do=send]', card);
  again.hidden = !mayHelp;
  const leave = () => {
    const other = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    (other ? $('[data-do=dismiss]', other) : drop).focus();
  };
  again.addEventListener('click', () => { leave(); add([file]); });
  $('[data-do=dismiss]', card).addEventListener('click', leave);
  $('#refusals').prepend(card);
}

// ---- helpers

drop.addEventListener('click', () => $('#chooser').click());
$('#chooser').addEventListener('change', (event) => {
  const files = [...event.target.files];
  event.target.value = '';  // the same file may be chosen again
  add(files);
});
document.addEventListener('paste', (event) => add([...event.clipboardData.files]));

let inside = 0;  // dragenter and dragleave come for every element on the way
const over = (is) => { if (!is) inside = 0; drop.classList.toggle('over', is); };
document.addEventListener('dragenter', (event) => { event.preventDefault(); inside++; over(true); });
document.addEventListener('dragleave', () => { if (--inside <= 0) over(false); });
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  over(false);
  const files = [...event.dataTransfer.files];
  if (files.length) add(files);
  else say('No file was dropped.');
});
