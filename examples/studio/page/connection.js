// The stream of updates from /events. A lost connection is reported at once and retried, automatically and by the button "Try now".

import { $, setText } from '/words.js';

const kFirstWait = 1000;
const kLongestWait = 8000;
const kSilence = 25_000;  // the server says something every 10 s

let events = null;
let wait = kFirstWait;
let timer = 0;
let due = 0;
let heard = 0;
let onUpdate = () => {};

export function listen(handler) {
  onUpdate = handler;
  connect();
  setInterval(() => {
    if (timer) setText($('#lost-when'), words());
    else if (events && Date.now() - heard > kSilence) lose();
  }, 500);
}

function words() {
  const seconds = Math.ceil((due - Date.now()) / 1000);
  return seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again.';
}

function connect() {
  clearTimeout(timer);
  timer = 0;
  events?.close();
  heard = Date.now();
  events = new EventSource('/events');
  const stream = events;
  const listenTo = (name, act) => stream.addEventListener(name, (event) => {
    if (stream !== events) return;
    heard = Date.now();
    act?.(event);
  });
  listenTo('open', () => {
    wait = kFirstWait;
    $('#lost').hidden = true;
    document.body.classList.remove('cut');
  });
  listenTo('beat');
  listenTo('update', (event) => onUpdate(JSON.parse(event.data)));
  listenTo('error', lose);
}

function lose() {
  events?.close();
  events = null;
  document.body.classList.add('cut');
  due = Date.now() + wait;
  timer = setTimeout(connect, wait);
  wait = Math.min(kLongestWait, wait * 2);
  setText($('#lost-when'), words());
  setText($('#link span'), 'Not connected');
  $('#lost').hidden = false;
}

$('#reconnect').addEventListener('click', () => {
  setText($('#lost-when'), 'Trying again.');
  connect();
  $('#drop').focus();
});
