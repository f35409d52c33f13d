// One picture of the gallery: photo, times, its sizes, and what went wrong.

import { $, bytesText, clone, plural, say, setBar, setText, timeText } from '/words.js';

const isFinal = (size) => size.state === 'done' || size.state === 'failed';
export const thumb = (picture, size) => `/thumbs/${picture.id}/${size}.jpg`;
export const made = (picture) => picture.sizes.filter((size) => size.state === 'done');
export const pidsOf = (sizes) => new Set(sizes.flatMap((size) => size.pids));
export const workOf = (sizes) => sizes.reduce((sum, size) => sum + (size.worked_ms ?? 0), 0);

export class Card {
  constructor(picture, look) {
    this.root = clone('card');
    this.photo = $('.photo', this.root);
    this.img = $('img', this.photo);
    this.shownSize = 0;
    this.root.id = `picture-${picture.id}`;
    setText($('bdi', this.root), picture.name);
    setText($('.facts', this.root), `${picture.width} × ${picture.height}, ${picture.format}, ${bytesText(picture.bytes)}`);
    $('.hint', this.root).hidden = !/[/\\]|\.\./.test(picture.name);
    $('.whole', this.root).setAttribute('aria-label', picture.name);
    this.tiles = picture.sizes.map((size) => new Tile(size, () => look(size.size)));
    $('.sizes', this.root).append(...this.tiles.map((tile) => tile.root));
    this.photo.addEventListener('click', () => look());
    $('.problem button', this.root).addEventListener('click', (event) => this.tryAgain(event.target));
  }

  show(picture) {
    const before = this.picture;
    this.picture = picture;
    picture.sizes.forEach((size, i) => this.tiles[i].show(size, picture));
    const percent = picture.sizes.reduce((sum, size) => sum + (isFinal(size) ? 100 : size.percent), 0) / picture.sizes.length;
    this.root.classList.toggle('ready', picture.sizes.every((size) => size.state === 'done'));
    setBar($('.whole', this.root), percent, `${made(picture).length} of ${plural(picture.sizes.length, 'size')} made`);
    this.showPhoto(picture);
    this.showTimes(picture);
    this.showProblem();
    const news = before && JSON.stringify(before.sizes) !== JSON.stringify(picture.sizes);  // an attempt may fail between two updates
    if (news && picture.sizes.every(isFinal)) this.announce(picture);
  }

  // The smallest thumbnail that is sharp here; until it is made, the largest there is.
  showPhoto(picture) {
    const done = made(picture).map((size) => size.size);
    const running = picture.sizes.some((size) => size.state === 'running');
    const lost = picture.sizes.every((size) => size.state === 'failed');
    const note = lost ? 'No thumbnail could be made' : running ? 'In progress' : 'In the queue';
    setText($('.photo-note', this.photo), done.length ? '' : note);
    this.photo.setAttribute('aria-label', done.length ? `${picture.name}: enlarge` : `${picture.name}: ${note.toLowerCase()}`);
    this.photo.setAttribute('aria-disabled', done.length === 0);
    this.root.classList.toggle('lost', lost);
    if (!done.length) return;
    const wanted = (this.photo.clientWidth || 320) * (window.devicePixelRatio || 1);
    const best = done.find((size) => size >= wanted) ?? done.at(-1);
    if (best === this.shownSize) return;
    this.shownSize = best;
    const next = new Image();
    next.src = thumb(picture, best);
    next.decode().then(() => {
      if (best !== this.shownSize) return;
      this.img.src = next.src;
      this.photo.classList.add('shown');
    }, () => { this.shownSize = 0; });
  }

  showTimes(picture) {
    const pids = pidsOf(picture.sizes).size;
    const ran = picture.sizes.some((size) => size.worked_ms !== null);
    const open = !picture.sizes.every(isFinal);
    setText($('.answered dd', this.root), picture.answered_ms === null ? 'earlier' : timeText(picture.answered_ms));
    $('.answered', this.root).title = picture.answered_ms === null ? 'The server has been restarted since; this time is no longer available.' : '';
    setText($('.worked dd', this.root), ran ? timeText(workOf(picture.sizes)) : '–');
    setText($('.worked dt', this.root), `worked${open && ran ? ' so far' : ''}${pids ? ` in ${plural(pids, 'process', 'processes')}` : ''}`);
  }

  showProblem() {
    const sizes = this.picture.sizes.filter((size) => size.problem);
    const box = $('.problem', this.root);
    box.hidden = sizes.length === 0;
    if (box.hidden) return;
    const failed = sizes.filter((size) => size.state === 'failed').length;
    const sentences = [...new Set(sizes.map((size) => `${size.problem.replace(/[^.!?]$/, '$&.')} ${next(size)}`))];
    setText($('p', box), sentences.join(' '));
    box.classList.toggle('final', failed > 0);
    $('button', box).hidden = failed === 0;
  }

  async tryAgain(button) {
    button.disabled = true;
    try {
      const answer = await fetch(`/pictures/${this.picture.id}/retry`, { method: 'POST' });
      const { error, jobs } = await answer.json();
      say(error ?? `${this.picture.name}: ${plural(jobs, 'job')} pushed again.`);
    } catch {
      say('The server did not answer.');
    }
    button.disabled = false;
    if (button.hidden || button.closest('[hidden]')) this.photo.focus();
  }

  announce(picture) {
    const lost = picture.sizes.find((size) => size.state === 'failed');
    say(lost ? `${picture.name} failed: ${lost.problem}` : `${picture.name} is ready in ${plural(picture.sizes.length, 'size')}.`);
  }
}

// What comes after a run that failed.
function next(size) {
  if (size.state === 'failed') return size.tries > 1 ? `Failed after ${size.tries} attempts.` : 'Failed.';
  if (size.state !== 'again') return 'It will be retried.';
  const seconds = Math.max(0, Math.round((size.again_at_ms - Date.now()) / 1000));
  return `Attempt ${size.tries} of ${size.max_tries} failed; the next one starts ${seconds ? `in ${seconds} s` : 'now'}.`;
}

class Tile {
  constructor(size, look) {
    this.root = clone('size');
    this.bar = $('.bar', this.root);
    setText($('.size-name', this.root), `${size.size} px`);
    this.bar.setAttribute('aria-label', `${size.size} pixels`);
    $('.tile', this.root).addEventListener('click', look);
    $('.tile', this.root).setAttribute('aria-label', `${size.size} pixels: view`);
  }

  show(size, picture) {
    this.root.dataset.state = size.state;
    const words = { waiting: 'waits', running: size.note || 'running', again: 'will retry', failed: 'failed', done: size.worked_ms === null ? '' : timeText(size.worked_ms) };
    setBar(this.bar, isFinal(size) || size.state === 'again' ? 100 : size.percent, size.state);
    setText($('.size-took', this.root), words[size.state]);
    setText($('.size-who', this.root), size.pids.length ? `pid ${size.pids.at(-1)}` : '');
    const tile = $('.tile', this.root);
    tile.disabled = size.state !== 'done';
    if (size.state !== 'done' || this.loaded) return;
    this.loaded = true;
    const runs = size.pids.length > 1 ? ` in run ${size.pids.length}` : '';
    this.root.title = `${size.width} × ${size.height}, ${bytesText(size.bytes ?? 0)}${size.pids.length ? `, made by process ${size.pids.at(-1)}${runs}` : ''}`
      + (size.original_size ? '. The original is not larger; pictures are never enlarged.' : '');
    const image = $('img', tile);
    image.addEventListener('load', () => this.root.classList.add('shown'), { once: true });
    image.src = thumb(picture, picture.sizes[0].state === 'done' ? picture.sizes[0].size : size.size);  // a tile is small
  }
}
