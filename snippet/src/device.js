/** What the tag keeps on the visitor's device, and the only place that touches it. A device that refuses is survived. */

import { safely } from './listen.js';

export const OURS = 'webleads_'; // and a site's number: its setting, where the collector had to tell
export const CONSENT = OURS + 'consent'; // granted: said by the visitor on this site; tag: said by the page for them
export const OWN = 'webleads-own'; // this browser's visits do not count: its user said so
export const SECRET = OURS + 'secret';
export const QUEUE = OURS + 'q_'; // and an event's id: one entry an event, so that tabs never write over each other

const LIFE = 34128e3; // 13 months in seconds, the French regulator's bound for such a cookie

/** @param {string} key */
export const recall = (key) => safely(() => localStorage.getItem(key)) || '';

/** Keeps a text, or nothing at all where there is none. @param {string} key @param {string} [text] */
export const keep = (key, text) => safely(() => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));

/** Our keys that begin so, in order. @param {string} [start] @returns {string[]} */
export const keys = (start = OURS) => safely(() => Object.keys(localStorage).filter((key) => key.startsWith(start)).sort()) || [];

/** The visitor's id, or '' where the cookie is missing, blocked or of another make. */
export const readCookie = () => safely(() => /** @type {any} */ (/\b_jsuid=([\w-]{22})(;|$)/.exec(document.cookie))[1]) || '';

/**
 * Writes the visitor's cookie on the widest domain that the browser allows, or deletes it where there is no id.
 * Consent managers know the name from the old tag.
 * @param {string} id
 */
export const writeCookie = (id) =>
  safely(() => {
    const names = location.hostname.split('.');
    // From the last two names inwards; a public suffix is refused. An address of digits has no domain: Firefox tells the page of each try.
    for (let first = +names[3] >= 0 ? 0 : names.length - 1; first-- > -1 && readCookie() !== id; )
      document.cookie = `_jsuid=${id};path=/;max-age=${id ? LIFE : 0};samesite=lax${location.protocol > 'https' ? ';secure' : ''}${
        first < 0 ? '' : ';domain=' + names.slice(first).join('.')
      }`;
  });

/** Leaves nothing of ours behind. Writes nothing on a device that holds nothing. */
export function wipe() {
  keys().forEach((key) => keep(key));
  if (readCookie()) writeCookie('');
}
