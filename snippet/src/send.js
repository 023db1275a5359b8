/**
 * The way out: events wait here until the collector says that it has them. At least once from here, exactly once there:
 * every event carries its id, so sending again is harmless.
 *
 * @typedef {{id: string, key: string, text: string, kept?: boolean, gone?: boolean, flying?: boolean}} Item
 *   key: address, blank, head of the batch: equal keys may travel together; text: the event as JSON;
 *   kept: on the device too (leads mode); gone: given to a beacon, which answers nothing
 */

import { QUEUE, keep, keys, later, recall, safely } from './device.js';
import { uuid7 } from './identity.js';
import { BATCH_BYTES, BATCH_EVENTS, body, bytes, json } from './wire.js';

const STORE_EVENTS = 50;
const STORE_LENGTH = 1e5;
const STORE_AGE = 864e5; // 24 h
const LINGER = 1000; // ms an event waits for company
const ALOFT = 6e4; // bytes; browsers refuse keepalive beyond 64 KiB in flight, of all scripts of the page together
const PATIENCE = 15e3; // ms for an answer
const GIVE_UP = 3; // network failures in a row

/** @type {Item[]} */
let queue = [];
let timer = 0;
let quietUntil = 0;
let tries = 0;
let failures = 0;
let aloft = 0;

/** @type {typeof fetch} */
let pageFetch;
/** @type {(key: string, setting?: string | null, kind?: string, count?: number) => void} */
let hear;

/**
 * The pause before the next try, in ms: 2 s doubled each time, at most 5 minutes, spread so that pages do not come back together.
 * @param {number} before  tries that failed
 * @param {number} chance  0..1
 */
export const backoff = (before, chance) => Math.min(2e3 * 2 ** before, 3e5) * (0.5 + chance / 2);

/** What may travel together, bounded. @param {Item[]} items */
export function batches(items) {
  /** @type {Record<string, Item[]>} */
  const open = {};
  /** @type {Item[][]} */
  const done = [];
  for (const item of items) {
    let batch = open[item.key];
    if (!batch || batch.length >= BATCH_EVENTS || bytes([...batch, item].map((one) => one.text).join()) > BATCH_BYTES) {
      done.push((batch = open[item.key] = []));
    }
    batch.push(item);
  }
  return done;
}

/** Leaves the youngest on the device, within the bounds. An id begins with its time, so that ids can be compared for age. */
function trim() {
  let room = STORE_LENGTH;
  const oldest = QUEUE + uuid7(Date.now() - STORE_AGE);
  keys(QUEUE)
    .reverse()
    .forEach((name, place) => {
      room -= recall(name).length;
      if (place >= STORE_EVENTS || room < 0 || name < oldest) keep(name);
    });
}

/** Forgets items for good. @param {Item[]} items */
const drop = (items) => {
  queue = queue.filter((item) => !items.includes(item));
  items.forEach((item) => item.kept && keep(QUEUE + item.id));
};

/** @param {Item[]} batch @returns {[to: string, body: string]} */
const pack = (batch) => {
  const [to, ...rest] = batch[0].key.split(' ');
  return [to, body(rest.join(' '), Date.now(), batch.map((item) => item.text))];
};

/** @param {Item[]} batch */
const beacon = (batch) => safely(() => navigator.sendBeacon(...pack(batch)));

/**
 * Sends a batch. The page may have put anything in fetch's place: what throws, hangs or answers junk is followed by a plain request.
 * @param {Item[]} batch
 */
function launch(batch) {
  const [to, text] = pack(batch);
  const size = text.length; // an estimate will do
  let open = true;
  batch.forEach((item) => (item.flying = true));
  aloft += size;

  /** @param {number} [status] @param {(name: string) => string | null} [header] */
  const land = (status, header) => {
    if (!open) return;
    open = false;
    aloft -= size;
    batch.forEach((item) => (item.flying = false));
    settle(batch, String(status), header);
  };
  const plainly = () =>
    safely(() => {
      const request = new XMLHttpRequest();
      request.onload = () => safely(() => land(request.status, (name) => request.getResponseHeader(name)));
      request.onerror = () => safely(land);
      request.open('POST', to);
      request.send(text);
    });
  later(land, PATIENCE);
  new Promise((done) => done(pageFetch(to, { method: 'POST', body: text, keepalive: aloft < ALOFT, credentials: 'omit' })))
    .then((/** @type {any} */ { status, headers }) => land(status.toFixed(), (name) => headers.get(name)))
    .catch(plainly);
}

/**
 * What the collector's answer means (DESIGN 4.3).
 * @param {Item[]} batch
 * @param {string} status  'undefined' where none came
 * @param {(name: string) => string | null} [header]
 */
function settle(batch, status, header) {
  const [{ key }] = batch;
  const half = batch.length >> 1;
  hear(key, header?.('X-Webleads-Consent'));
  if (/^2/.test(status)) {
    tries = failures = 0;
    drop(batch);
  } else if (half && status === '413') {
    launch(batch.slice(0, half));
    launch(batch.slice(half));
  } else if (/40[03]|413/.test(status)) {
    drop(batch);
    // A report of a loss that is lost itself is let go.
    const count = batch.filter((item) => !/"error"/.test(item.text)).length;
    if (count) hear(key, '', status, count);
  } else if (Date.now() >= quietUntil) {
    // Several batches that fail together are one failure.
    quietUntil = Date.now() + (Number(header?.('Retry-After')) * 1000 || backoff(tries++, Math.random()));
    if (!/429|503/.test(status) && ++failures >= GIVE_UP) beacon(batch);
    flush();
  }
}

/**
 * Sends all that waits; during a pause, when the pause is over.
 * @param {boolean} [leaving]  the page is being hidden: the last chance, by beacon
 */
export function flush(leaving) {
  const pause = quietUntil - Date.now();
  clearTimeout(timer);
  timer = 0;
  if (!leaving && (failures >= GIVE_UP || pause > 0)) {
    if (failures < GIVE_UP) timer = later(flush, pause);
    return;
  }
  for (const batch of batches(queue.filter((item) => !item.flying && !(leaving && item.gone)))) {
    if (!leaving || !beacon(batch)) launch(batch);
    else if (batch[0].kept) batch.forEach((item) => (item.gone = true));
    else drop(batch);
  }
}

/**
 * Takes an event in.
 * @param {Item} item
 * @param {boolean} [urgent]  may not wait for company
 */
export function put(item, urgent) {
  queue.push(item);
  if (item.kept) {
    keep(QUEUE + item.id, json([item.key, item.text]));
    trim();
  }
  if (urgent) flush();
  else timer = timer || later(flush, LINGER);
}

/** A new page view: an address that could not be reached gets another chance. */
export const resume = () => {
  failures = 0;
};

/** The visitor has left: nothing of theirs waits any longer, but for the word that they did. */
export const forget = () => {
  queue = queue.filter((item) => !item.kept || /"denied"/.test(item.text));
  queue.forEach((item) => (item.kept = false));
};

/** Takes up what an earlier page could not send. Leads mode only. */
export const takeUp = () => {
  trim();
  keys(QUEUE).forEach((name) =>
    safely(() => {
      const id = name.slice(QUEUE.length);
      const [key, text] = JSON.parse(recall(name));
      if (!queue.some((item) => item.id === id)) queue.push({ id, key, text, kept: true });
    }),
  );
};

/**
 * Opens the way out.
 * @param {typeof hear} listener  is told the collector's own word on a site's setting, and of losses
 */
export const open = (listener) => {
  hear = listener;
  pageFetch = window.fetch;
};
