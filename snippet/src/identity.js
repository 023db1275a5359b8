/** The random names of things: events, pages, visitors, and the proof of being one. */

import { CONSENT, QUEUE, SECRET, keep, readCookie, recall, wipe, writeCookie } from './device.js';

/** @param {number} count @returns {Uint8Array<ArrayBuffer>} */
const random = (count) => crypto.getRandomValues(new Uint8Array(count));

/** base64url without padding. @param {Uint8Array} data */
export const base64url = (data) =>
  btoa(String.fromCharCode(...data)).replace(/[+/=]/g, (sign) => (sign === '+' ? '-' : sign === '/' ? '_' : ''));

/** 128 random bits in 22 signs. */
export const token = () => base64url(random(16));

/**
 * A UUIDv7 (RFC 9562, 5.7). `crypto.randomUUID` is no help: it wants a secure context and makes version 4.
 * @param {number} now  ms
 * @param {Uint8Array} [noise]  16 random bytes
 */
export function uuid7(now, noise = random(16)) {
  for (let place = 5, rest = now; place >= 0; place--, rest = Math.floor(rest / 256)) noise[place] = rest;
  noise[6] = (noise[6] & 15) | 112;
  noise[8] = (noise[8] & 63) | 128;
  const hex = Array.from(noise, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

let visitor = '';

/**
 * The visitor of this browser, made at the first call. Leads mode only.
 * @returns {{id: string, fresh: boolean}} fresh: the collector has not yet been told of this visitor's consent
 */
export function enter() {
  const known = readCookie();
  const fresh = known ? !!recall(CONSENT) && !recall(SECRET) : !visitor;
  visitor = known || visitor || token();
  if (!known) writeCookie(visitor);
  return { id: visitor, fresh };
}

/** Forgets the visitor, here and on the device. */
export function leave() {
  visitor = '';
  wipe();
}

/** Another person may sit here now: the next `enter` makes another visitor, consent stays. */
export function renew() {
  visitor = '';
  keep(SECRET);
  keep(QUEUE);
  writeCookie();
}

/**
 * The SHA-256 (base64url) of the secret that opens the visitor's page; the secret itself stays on the device.
 * It is kept only when its hash is about to leave: a page that closes before that must begin again.
 * @param {() => boolean} wanted  asked after the wait: consent may be gone by then
 * @returns {Promise<string>}  empty in an insecure context (no `crypto.subtle`), on a device that keeps nothing, or unwanted
 */
export async function proof(wanted) {
  const secret = recall(SECRET) || token();
  const hash = crypto.subtle ? await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)) : '';
  if (!wanted()) return '';
  keep(SECRET, secret);
  return hash && recall(SECRET) === secret ? base64url(new Uint8Array(hash)) : '';
}
