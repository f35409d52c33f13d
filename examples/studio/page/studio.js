// The page of the studio: shows what the server sends over /events.

import { $, median, plural, setBar, setText, timeText } from '/words.js';
import { Card, made, pidsOf, workOf } from '/card.js';
import { listen } from '/connection.js';
import { look, refresh, setPictures } from '/viewer.js';
import '/upload.js';

const gallery = $('#gallery');
const cards = new Map();  // picture id -> Card, oldest first; the page shows the newest first

const pictures = () => [...cards.values()].map((card) => card.picture).reverse();
setPictures(() => pictures().filter((picture) => made(picture).length));

function showUpdate(update) {
  if (update.full) forgetOthers(update.pictures);
  for (const picture of update.pictures) {
    let card = cards.get(picture.id);
    if (!card) {
      card = new Card(picture, (size) => look(cards.get(picture.id).picture, size));
      cards.set(picture.id, card);
      gallery.prepend(card.root);
    }
    card.show(picture);
  }
  document.body.classList.remove('starting');
  showCounts(update.counts);
  showFigures();
  showWorkers(update);
  $('#empty').hidden = cards.size > 0;
  document.body.classList.toggle('blank', cards.size === 0);
  $('#trouble').hidden = !update.trouble;
  setText($('#trouble p'), update.trouble);
  refresh();
}

function forgetOthers(still) {
  const ids = new Set(still.map((picture) => picture.id));
  for (const [id, card] of cards) {
    if (ids.has(id)) continue;
    card.root.remove();
    cards.delete(id);
  }
}

function showCounts(counts) {
  for (const [name, count] of Object.entries(counts)) {
    const place = $(`[data-count=${name}]`);
    setText($('dd', place), String(count));
    place.classList.toggle('some', count > 0);
  }
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const over = counts.done + counts.failed;
  setBar($('#total'), all ? (100 * over) / all : 0, `${over} of ${plural(all, 'job')} finished`);
  $('#total').classList.toggle('moving', over < all);
  document.title = all > over ? `${over} of ${all} · Studio` : 'Studio';
}

// The point of it all: the time of the requests beside the time of the work.
function showFigures() {
  const all = pictures();
  const answers = all.map((picture) => picture.answered_ms).filter((ms) => ms !== null);
  setText($('#answered'), answers.length ? timeText(median(answers)) : '–');
  setText($('#answered-of'), answers.length > 1 ? `median of ${answers.length}, slowest ${timeText(Math.max(...answers))}`
    : answers.length ? 'one picture' : all.length ? 'no request since the server was started' : 'no picture sent yet');
  const sizes = all.flatMap((picture) => picture.sizes);
  const runs = sizes.filter((size) => size.worked_ms !== null);
  $('#worked').classList.toggle('none', !runs.length);
  $('#answered').classList.toggle('none', !answers.length);
  setText($('#worked'), runs.length ? timeText(workOf(sizes)) : '–');
  setText($('#worked-in'), runs.length ? `${plural(runs.length, 'job')} in ${plural(pidsOf(sizes).size, 'process', 'processes')}` : 'no job done yet');
}

function showWorkers({ workers, worker_command: command }) {
  const link = $('#link');
  link.className = `link ${workers.length ? 'on' : 'off'}`;
  setText($('span', link), workers.length ? `${plural(workers.length, 'worker')} running, pid ${workers.join(', ')}` : 'No worker is running');
  $('#idle').hidden = workers.length > 0;
  setText($('#command'), command);
}

$('#copy').addEventListener('click', async ({ target }) => {
  try {
    await navigator.clipboard.writeText($('#command').textContent);
    setText(target, 'Copied');
  } catch {
    getSelection().selectAllChildren($('#command'));
    setText(target, 'Selected');
  }
  setTimeout(() => setText(target, 'Copy'), 2000);
});

// Arrows go from photo to photo as they lie on the page.
gallery.addEventListener('keydown', (event) => {
  if (!event.target.matches('.photo') || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const photos = [...gallery.querySelectorAll('.photo')];
  const at = photos.indexOf(event.target);
  const columns = getComputedStyle(gallery).gridTemplateColumns.split(' ').length;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: photos.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  photos[to]?.focus();
});

// The seconds until the next try count down.
setInterval(() => {
  for (const card of cards.values()) if (card.picture.sizes.some((size) => size.state === 'again')) card.showProblem();
}, 500);

listen(showUpdate);
