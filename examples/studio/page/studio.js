// The page of the studio. Sends pictures one by one, and shows what the server tells of them over /events.
// Everything that came from a person (names) or a file (messages) is set as text, never as HTML.

const kMaxBytes = 32 * 1024 * 1024;
const kSendAtOnce = 3;

const $ = (selector, root = document) => root.querySelector(selector);
const gallery = $('#gallery');
const cards = new Map(); // picture id -> Card

// ---- words

const bytesText = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : n >= 1e3 ? `${Math.round(n / 1e3)} kB` : `${n} bytes`);
const timeText = (ms) => (ms >= 9950 ? `${Math.round(ms / 1000)} s` : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : ms >= 10 ? `${Math.round(ms)} ms` : `${+ms.toFixed(1)} ms`);

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function clone(id) {
  return $(`#${id}`).content.firstElementChild.cloneNode(true);
}

// ---- one picture

class Card {
  constructor(picture) {
    this.root = clone('card');
    this.photo = $('.photo', this.root);
    this.img = $('img', this.photo);
    this.shownSize = 0;
    setText($('bdi', this.root), picture.name);
    this.img.alt = picture.name;
    setText($('.facts', this.root), `${picture.width} × ${picture.height}, ${picture.format}, ${bytesText(picture.bytes)}`);
    this.rows = picture.sizes.map((size) => new SizeRow(picture.id, size));
    $('.sizes', this.root).append(...this.rows.map((row) => row.root));
  }

  show(picture) {
    picture.sizes.forEach((size, i) => this.rows[i].show(size));
    this.showPhoto(picture);
    this.showTimes(picture);
    this.showProblem(picture);
  }

  // The smallest thumbnail that is sharp here; until it is made, the largest there is.
  showPhoto(picture) {
    const done = picture.sizes.filter((size) => size.state === 'done').map((size) => size.size);
    const open = picture.sizes.some((size) => size.state !== 'done' && size.state !== 'failed');
    setText($('.photo-note', this.photo), done.length ? '' : open ? 'in the queue' : 'no thumbnail');
    if (!done.length) return;
    this.photo.href = `/thumbs/${picture.id}/${done.at(-1)}.jpg`;
    const wanted = (this.photo.clientWidth || 320) * (window.devicePixelRatio || 1);
    const best = done.find((size) => size >= wanted) ?? done.at(-1);
    if (best === this.shownSize) return;
    this.shownSize = best;
    const next = new Image();
    next.src = `/thumbs/${picture.id}/${best}.jpg`;
    next.decode().then(() => {
      if (best !== this.shownSize) return;
      this.img.src = next.src;
      this.photo.classList.add('shown');
    }, () => { this.shownSize = 0; });
  }

  showTimes(picture) {
    const times = $('.times', this.root);
    const ran = picture.sizes.filter((size) => size.ran_ms !== null);
    const work = ran.reduce((sum, size) => sum + size.ran_ms, 0);
    const parts = [];
    if (picture.answered_ms !== null) parts.push(['answered in ', timeText(picture.answered_ms)]);
    if (ran.length) parts.push([ran.length === picture.sizes.length ? 'work took ' : 'work so far ', timeText(work)]);
    const text = parts.map((part) => part.join('')).join(', ');
    if (times.textContent === text) return;
    times.replaceChildren(...parts.flatMap(([words, time], i) => {
      const strong = document.createElement('b');
      strong.textContent = time;
      return [(i ? ', ' : '') + words, strong];
    }));
  }

  showProblem(picture) {
    const problems = [...new Set(picture.sizes.map((size) => size.problem).filter(Boolean))];
    const again = picture.sizes.some((size) => size.state === 'again');
    const element = $('.problem', this.root);
    element.hidden = problems.length === 0;
    setText(element, problems.join(' ') + (again ? ' It will be tried again.' : ''));
    const lost = picture.sizes.every((size) => size.state === 'failed');
    this.photo.classList.toggle('lost', lost);
    $('.sizes', this.root).hidden = lost && problems.length === 1;
    this.root.classList.toggle('failed', lost);
  }
}

class SizeRow {
  constructor(picture, size) {
    this.picture = picture;
    this.root = clone('size');
    this.bar = $('.bar', this.root);
    this.note = $('.size-note', this.root);
    setText($('.size-name', this.root), `${size.size}`);
    this.bar.setAttribute('aria-label', `${size.size} pixels`);
  }

  show(size) {
    this.root.className = size.state;
    const percent = size.state === 'done' ? 100 : size.percent;
    this.bar.setAttribute('aria-valuenow', percent);
    this.bar.setAttribute('aria-valuetext', size.state);
    if (size.state !== 'failed' && size.state !== 'again') $('i', this.bar).style.width = `${percent}%`;
    if (size.state === 'done') return this.showLink(size);
    setText(this.note, { waiting: 'waiting', running: size.note || 'running', again: 'tried again soon', failed: 'failed' }[size.state]);
  }

  showLink(size) {
    if ($('a', this.note)) return;
    const link = document.createElement('a');
    link.href = `/thumbs/${this.picture}/${size.size}.jpg`;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = `${size.width} × ${size.height}, ${bytesText(size.bytes)}`;
    if (size.original_size) link.title = 'The original is not larger than this size; pictures are never enlarged.';
    this.note.replaceChildren(link);
    if (size.original_size) this.note.append(' ·');
  }
}

// ---- what the server tells

function showUpdate(update) {
  if (update.full && cards.size) {
    const still = new Set(update.pictures.map((picture) => picture.id));
    for (const [id, card] of cards) {
      if (still.has(id)) continue;
      card.root.remove();
      cards.delete(id);
    }
  }
  for (const picture of update.pictures) {
    let card = cards.get(picture.id);
    if (!card) {
      card = new Card(picture);
      cards.set(picture.id, card);
      gallery.prepend(card.root);
    }
    card.show(picture);
  }
  for (const [name, count] of Object.entries(update.counts)) {
    const box = $(`[data-count=${name}]`);
    setText($('dd', box), count.toLocaleString('en'));
    box.classList.toggle(name === 'failed' ? 'wrong' : 'busy', count > 0 && (name === 'running' || name === 'failed'));
  }
  $('#empty').hidden = gallery.childElementCount > 0;
  notice('store', update.trouble);
  notice('worker', update.workers === 0 && update.counts.waiting > 0
    ? 'The pictures wait: no worker runs. Start one with “studio queue:worker -c 4”; nothing is lost meanwhile.' : '');
}

const notices = new Map();
function notice(about, text) {
  text ? notices.set(about, text) : notices.delete(about);
  $('#notice').hidden = notices.size === 0;
  setText($('#notice'), [...notices.values()].join(' '));
}

function listen() {
  const events = new EventSource('/events');
  events.addEventListener('open', () => notice('line', ''));
  events.addEventListener('update', (event) => showUpdate(JSON.parse(event.data)));
  events.addEventListener('error', () => {
    notice('line', 'The server does not answer. Trying again; what was accepted is kept.');
    if (events.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(listen, 2000);
  });
}

// ---- sending

const outbox = [];
let sending = 0;

function add(files) {
  outbox.push(...files);
  while (sending < kSendAtOnce && outbox.length) sendNext();
}

async function sendNext() {
  const file = outbox.shift();
  sending++;
  $('#drop').classList.add('over');
  try {
    await send(file);
  } finally {
    sending--;
    $('#drop').classList.toggle('over', sending > 0);
    if (outbox.length) sendNext();
  }
}

async function send(file) {
  if (file.size > kMaxBytes) return refuse(file.name, `This file is too large (${bytesText(file.size)}): a picture may have up to 32 MiB.`);
  let response;
  try {
    const body = await file.arrayBuffer(); // a folder, or a file that has gone meanwhile, fails here
    response = await fetch(`/pictures?name=${encodeURIComponent(file.name.toWellFormed?.() ?? file.name)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
    });
  } catch (error) {
    return refuse(file.name, error instanceof TypeError ? 'The server did not answer. Is it still running?' : 'This cannot be read as a file. Folders cannot be sent.');
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status === 202) return setText($('#spoken'), `${file.name} was accepted.`);
  refuse(file.name, answer.error ?? `The server answered ${response.status}.`);
}

function refuse(name, sentence) {
  const card = clone('refused');
  setText($('bdi', card), name);
  setText($('p', card), `${sentence} Nothing was queued.`);
  $('button', card).addEventListener('click', () => {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    (next ? $('button', next) : $('#chooser')).focus();
  });
  $('#refusals').prepend(card);
}

// ---- hands

$('#chooser').addEventListener('change', (event) => {
  add([...event.target.files]);
  event.target.value = ''; // the same file may be chosen again
});
document.addEventListener('paste', (event) => add([...event.clipboardData.files]));

let inside = 0; // dragenter and dragleave come for every element on the way
document.addEventListener('dragenter', (event) => { event.preventDefault(); inside++; $('#drop').classList.add('over'); });
document.addEventListener('dragleave', () => { if (--inside <= 0) { inside = 0; $('#drop').classList.remove('over'); } });
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  inside = 0;
  $('#drop').classList.remove('over');
  add([...event.dataTransfer.files]);
});

listen();
