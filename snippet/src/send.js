/**
 * The way out: events wait here until the collector says that it has them. At least once from here, exactly once there:
 * every event carries its id, so sending again is harmless.
 *
 * @typedef {{id_: string, key_: string, text_: string, kept_?: boolean, flying_?: boolean}} Item
 *   key_: address, line end, head of the batch: equal keys may travel together (a third line keeps one apart); text_: the event as
 *   JSON; kept_: on the device too (leads mode); flying_: on its way, or given to a beacon, which answers nothing
 */

import { QUEUE, keep, keys, recall } from './device.js';
import { uuid7 } from './identity.js';
import { later, safely } from './listen.js';
import { BATCH_BYTES, BATCH_EVENTS, body, bytes } from './wire.js';

const STORE_EVENTS = 50;
const STORE_LENGTH = 1e5;
const STORE_AGE = 864e5; // 24 h
const LINGER = 1000; // ms an event waits for company
const ALOFT = 6e4; // bytes; browsers refuse keepalive beyond 64 KiB in flight, of all scripts of the page together
const PATIENCE = 15e3; // ms for an answer
const GIVE_UP = 3; // failures, the last one without any answer
const FOR_GOOD = 1e15; // ms

const pageFetch = globalThis.fetch;

/** @type {Item[]} */
let queue = [];
let timer = 0;
let quietUntil = 0;
let tries = 0;
let aloft = 0;

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
    let batch = open[item.key_];
    if (!batch || batch.length >= BATCH_EVENTS || bytes([...batch, item].map((one) => one.text_)) > BATCH_BYTES)
      done.push((batch = open[item.key_] = []));
    batch.push(item);
  }
  return done;
}

/**
 * Leaves the youngest on the device, within the bounds. An id begins with its time, so that ids can be compared for age.
 * @param {(id: string, kept: string) => void} [visit]  is shown what stays
 */
const trim = (visit) => {
  let room = STORE_LENGTH;
  keys(QUEUE)
    .reverse()
    .forEach((name, place) => {
      const kept = recall(name);
      room -= kept.length;
      if (place >= STORE_EVENTS || room < 0 || name < QUEUE + uuid7(Date.now() - STORE_AGE)) keep(name);
      else visit?.(name.slice(QUEUE.length), kept);
    });
};

/** Forgets items for good. @param {Item[]} items */
const drop = (items) => {
  queue = queue.filter((item) => !items.includes(item));
  items.forEach((item) => item.kept_ && keep(QUEUE + item.id_));
};

/**
 * Sends a batch. The page may have put anything in fetch's place: what throws, hangs or answers junk is followed by a beacon.
 * What the collector's answers mean stands in DESIGN 4.3.
 * @param {Item[]} batch
 * @param {boolean} [leaving]  the page is being hidden: by beacon. It may say yes and be forbidden by a policy all the same.
 */
function launch(batch, leaving) {
  const [{ key_, kept_ }] = batch;
  const [to, shared] = key_.split('\n');
  const text = body(shared, Date.now(), batch.map((item) => item.text_)); // prettier-ignore
  const half = batch.length >> 1;
  let landed = 0;
  const beacon = () => safely(() => navigator.sendBeacon(to, text));

  /** @param {any} [status] @param {Headers} [headers] */
  const land = (status, headers) => {
    if (landed++) return;
    aloft -= text.length; // an estimate will do
    batch.forEach((item) => (item.flying_ = false));
    hear(key_, headers?.get('X-Webleads-Consent'));
    if (/^2/.test(status)) {
      tries = 0;
      drop(batch);
    } else if (half && status === 413) {
      launch(batch.slice(0, half));
      launch(batch.slice(half));
    } else if (/40[03]|413/.test(status)) {
      drop(batch);
      // A report of a loss that is lost itself is let go.
      if (!/"error"/.test(text)) hear(key_, '', String(status), batch.length);
    } else if (Date.now() >= quietUntil) {
      // Several batches that fail together are one failure.
      quietUntil =
        Date.now() +
        (/** @type {any} */ (headers?.get('Retry-After')) * 1000 || (++tries < GIVE_UP || status ? backoff(tries - 1, Math.random()) : FOR_GOOD));
      flush();
    }
  };

  batch.forEach((item) => (item.flying_ = true));
  if (leaving && beacon()) return kept_ || drop(batch);
  aloft += text.length;
  later(land, PATIENCE);
  new Promise((done) => done(pageFetch(to, { method: 'POST', body: text, keepalive: aloft < ALOFT, credentials: 'omit' })))
    .then((/** @type {any} */ { status, headers }) => land(status.toFixed() && status, headers))
    .catch(() => land(beacon() && ''));
}

/**
 * Sends all that waits; during a pause, when the pause is over.
 * @param {boolean} [leaving]  the last chance
 */
export function flush(leaving) {
  const pause = leaving ? 0 : quietUntil - Date.now();
  clearTimeout(timer);
  timer = pause > 0 && pause < FOR_GOOD / 2 ? later(flush, pause) : 0;
  if (pause <= 0) batches(queue.filter((item) => !item.flying_)).forEach((batch) => launch(batch, leaving));
}

/**
 * Takes an event in.
 * @param {Item} item
 * @param {boolean} [urgent]  may not wait for company
 */
export function put(item, urgent) {
  queue.push(item);
  if (item.kept_) {
    keep(QUEUE + item.id_, item.key_ + '\n' + item.text_);
    trim();
  }
  if (urgent) flush();
  else timer = timer || later(flush, LINGER);
}

/** A new page view, or the network is back: an address that could not be reached gets another chance. */
export const resume = () => {
  if (quietUntil > FOR_GOOD / 2) tries = quietUntil = 0;
};

/** The visitor has left: nothing of theirs waits any longer, but for the word that they did. */
export const forget = () => {
  queue = queue.filter((item) => !item.kept_ || /"denied"/.test(item.text_));
  queue.forEach((item) => (item.kept_ = false));
};

/** Takes up what an earlier page could not send. Leads mode only. */
export const takeUp = () =>
  trim((id_, kept) => {
    const [to, shared, text_] = kept.split('\n');
    if (text_ && !queue.some((item) => item.id_ === id_)) queue.push({ id_, key_: to + '\n' + shared, text_, kept_: true });
  });

/**
 * Opens the way out.
 * @param {typeof hear} listener  is told the collector's own word on a site's setting, and of losses
 */
export const open = (listener) => {
  hear = listener;
};
