/**
 * The way out: events wait here until the collector says that it has them. At least once from here, exactly once there:
 * every event carries its id, so sending again is harmless.
 *
 * @typedef {import('./wire.js').Event} Event
 * @typedef {{to: string, head: string, event: Event, site: number, alone?: boolean, kept?: boolean, gone?: boolean}} Item
 *   alone: a form in audience mode, never beside anything else; kept: on the device too (leads mode); gone: given to a beacon,
 *   which answers nothing
 * @typedef {{status: number, wait: number, consent: string}} Answer  wait: ms, 0 where the collector names none
 */

import { QUEUE, keep, recall, safely } from './device.js';
import { BATCH_BYTES, BATCH_EVENTS, body, bytes } from './wire.js';

const STORE_EVENTS = 50;
const STORE_LENGTH = 100000;
const STORE_AGE = 864e5; // 24 h
const LINGER = 1000; // ms an event waits for company
const ALOFT = 60000; // bytes; browsers refuse keepalive beyond 64 KiB in flight, of all scripts of the page together
const PATIENCE = 15000; // ms for an answer
const GIVE_UP = 3; // network failures in a row

/** @type {Item[]} */
let queue = [];
/** @type {Set<Item>} */
const flying = new Set();
let timer = 0;
let quietUntil = 0;
let tries = 0;
let failures = 0;
let aloft = 0;

/** @type {(site: number, consent: string) => void} */
let answered;
/** @type {(site: number, kind: string, count: number) => void} */
let lost;
/** @type {typeof fetch} */
let pageFetch;

/**
 * The pause before the next try, in ms: 2 s doubled each time, at most 5 minutes, spread so that pages do not come back together.
 * @param {number} before  tries that failed
 * @param {number} chance  0..1
 */
export const backoff = (before, chance) => Math.min(2000 * 2 ** before, 300000) * (0.5 + chance / 2);

/**
 * What may travel together: same address, same head, bounded; a lone event has no company but its like.
 * @param {Item[]} items
 * @returns {Item[][]}
 */
export function batches(items) {
  /** @type {Map<string, {items: Item[], size: number}>} */
  const open = new Map();
  /** @type {Item[][]} */
  const done = [];
  for (const item of items) {
    const key = [item.to, item.head, item.alone].join();
    const size = bytes(JSON.stringify(item.event)) + 1;
    let batch = open.get(key);
    if (!batch || batch.items.length >= BATCH_EVENTS || batch.size + size > BATCH_BYTES) {
      batch = { items: [], size: bytes(item.head) + 50 };
      open.set(key, batch);
      done.push(batch.items);
    }
    batch.items.push(item);
    batch.size += size;
  }
  return done;
}

/**
 * What the device keeps: the youngest, within its bounds.
 * @param {Item[]} items  oldest first
 * @param {number} now
 */
export function trim(items, now) {
  let room = STORE_LENGTH;
  return items
    .filter((item) => now - item.event.at < STORE_AGE)
    .slice(-STORE_EVENTS)
    .reverse()
    .filter((item) => (room -= JSON.stringify(item).length) > 0)
    .reverse();
}

/** @returns {Item[]} */
const stored = () => safely(() => [].concat(JSON.parse(recall(QUEUE) || '[]'))) || [];

/** @param {Item[]} items */
const store = (items) => keep(QUEUE, items.length ? JSON.stringify(trim(items, Date.now())) : '');

/** Forgets items for good. @param {Item[]} items */
function drop(items) {
  queue = queue.filter((item) => !items.includes(item));
  if (!items.some((item) => item.kept)) return;
  const ids = items.map((item) => item.event.id);
  store(stored().filter((item) => !ids.includes(item.event.id)));
}

/**
 * @param {number} status
 * @param {(name: string) => string | null} header
 * @returns {Answer}
 */
const answer = (status, header) => ({
  status,
  wait: Number(header('Retry-After')) * 1000 || 0,
  consent: header('X-Webleads-Consent') || '',
});

/**
 * The page may have put anything in fetch's place: what throws, hangs or answers junk is a failure like another.
 * @param {string} to @param {string} text @returns {Promise<Answer>}
 */
const byFetch = (to, text) =>
  new Promise((done, fail) => {
    const size = bytes(text);
    aloft += size;
    const land = () => {
      aloft -= size;
    };
    setTimeout(fail, PATIENCE);
    pageFetch(to, { method: 'POST', body: text, keepalive: aloft < ALOFT, credentials: 'omit' })
      .then((response) => (response.status ? done(answer(response.status, (name) => response.headers.get(name))) : fail()))
      .catch(fail)
      .then(land);
  });

/** @param {string} to @param {string} text @returns {Promise<Answer>} */
const byRequest = (to, text) =>
  new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', to);
    request.timeout = PATIENCE;
    request.onload = () => done(answer(request.status, (name) => request.getResponseHeader(name)));
    request.onerror = request.ontimeout = fail;
    request.send(text);
  });

/** @param {Item[]} batch */
const text = (batch) => body(batch[0].head, Date.now(), batch.map((item) => item.event));

/** @param {string} to @param {string} what */
const byBeacon = (to, what) => safely(() => navigator.sendBeacon(to, what));

/** @param {Item[]} batch */
function launch(batch) {
  const { to } = batch[0];
  const what = text(batch);
  batch.forEach((item) => flying.add(item));
  byFetch(to, what)
    .catch(() => byRequest(to, what))
    .catch(() => ({ status: 0, wait: 0, consent: '' }))
    .then((got) => {
      batch.forEach((item) => flying.delete(item));
      land(batch, got);
    });
}

/** @param {Item[]} batch @param {Answer} got */
function land(batch, got) {
  const { status } = got;
  if (got.consent) answered(batch[0].site, got.consent);
  if (status >= 200 && status < 300) {
    tries = failures = 0;
    drop(batch);
  } else if (status === 413 && batch.length > 1) {
    launch(batch.slice(0, batch.length >> 1));
    launch(batch.slice(batch.length >> 1));
  } else if (status === 413 || status === 400 || status === 403) {
    drop(batch);
    const count = batch.filter((item) => item.event.type !== 'error').length; // a lost report of a loss is let go
    if (count) lost(batch[0].site, String(status), count);
  } else if (Date.now() >= quietUntil) {
    // Several batches that fail together are one failure.
    quietUntil = Date.now() + (got.wait || backoff(tries++, Math.random()));
    if (status !== 429 && status !== 503) failures++;
    if (failures === GIVE_UP) byBeacon(batch[0].to, text(batch));
    flush();
  }
}

/**
 * Sends all that waits; during a pause, when the pause is over.
 * @param {boolean} [leaving]  the page is being hidden: the last chance, by beacon
 */
export function flush(leaving) {
  clearTimeout(timer);
  timer = 0;
  const pause = quietUntil - Date.now();
  if (!leaving && failures >= GIVE_UP) return;
  if (!leaving && pause > 0) {
    timer = window.setTimeout(flush, pause);
    return;
  }
  for (const batch of batches(queue.filter((item) => !flying.has(item) && !(leaving && item.gone)))) {
    if (!leaving || !byBeacon(batch[0].to, text(batch))) launch(batch);
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
  if (item.kept) store(stored().concat(/** @type {any} */ (item)));
  if (urgent) flush();
  else if (!timer) timer = window.setTimeout(flush, LINGER);
}

/** A new page view: an address that could not be reached gets another chance. */
export const resume = () => {
  failures = 0;
};

/** Consent is gone: nothing of the visitor is sent again but the withdrawal itself. */
export const forget = () => {
  queue = queue.filter((item) => !item.kept || item.event.type === 'consent');
  queue.forEach((item) => (item.kept = false));
};

/** Takes up what an earlier page could not send. Leads mode only. */
export const takeUp = () => {
  const ids = queue.map((item) => item.event.id);
  queue = trim(stored(), Date.now())
    .filter((item) => !ids.includes(item.event.id))
    .map((item) => ({ ...item, gone: false }))
    .concat(queue);
};

/**
 * @param {typeof answered} onAnswer  the setting of the site, as the collector says it
 * @param {typeof lost} onLoss
 */
export function open(onAnswer, onLoss) {
  answered = onAnswer;
  lost = onLoss;
  pageFetch = window.fetch;
}
