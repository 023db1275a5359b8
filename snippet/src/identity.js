/** The random names of things: events, pages, visitors. */

import { core } from './core.js';
import { CONSENT, SECRET, keep, readCookie, recall, wipe, writeCookie } from './device.js';

/** @param {number} count */
export const random = (count) => crypto.getRandomValues(new Uint8Array(count));

/** No `Array.from` in the tag: old libraries replace it by one that takes no function. @param {Iterable<number>} bytes */
export const hex = (bytes) => [...bytes].map((byte) => (byte + 256).toString(16).slice(1)).join('');

/** A random name of 22 signs of base64url. */
export const token = () => btoa(String.fromCharCode(...random(18))).slice(0, 22).replace(/\W/g, '-');

/**
 * A UUIDv7 (RFC 9562, 5.7) with one of the four variants. `crypto.randomUUID` is no help: it wants a secure context and makes version 4.
 * @param {number} now  ms; 11 hexadecimal digits from 2004 to 2527, and of no other year an id is taken
 * @param {Iterable<number>} [noise]  9 random bytes
 */
export const uuid7 = (now, noise = random(9)) =>
  ('0' + now.toString(16) + hex(noise)).replace(/(.{8})(.{4})(...)(...)/, '$1-$2-7$3-8$4-');

let visitor = '';

/**
 * The visitor of this browser, made at the first call. Leads mode only.
 * @returns {[id: string, fresh: boolean]} fresh: the collector has not yet been told of this visitor's consent
 */
export function enter() {
  const known = readCookie();
  const fresh = !visitor && !(known && (recall(SECRET) || !recall(CONSENT)));
  visitor = known || visitor || core.offered_?.() || token();
  if (!known) writeCookie(visitor);
  return [visitor, fresh];
}

/** Forgets the visitor, here and on the device. */
export function leave() {
  visitor = '';
  wipe();
}
