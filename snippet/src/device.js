/** What the tag keeps on the visitor's device, and the only place that touches it. A device that refuses is survived. */

export const CONSENT = 'webleads_consent'; // granted: said by the visitor on this site; tag: said by the page for them
export const SECRET = 'webleads_secret';
export const QUEUE = 'webleads_queue';

const COOKIE = '_jsuid'; // the heritage name: consent managers already know to delete it
const MONTHS_13 = 395 * 86400; // seconds; the French regulator's bound for an audience cookie

/**
 * Runs `work`; whatever it throws stays here.
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
export function safely(work) {
  try {
    return work();
  } catch (refused) {
    return;
  }
}

/** @param {string} key */
export const recall = (key) => safely(() => localStorage.getItem(key)) || '';

/** Keeps a text under a key, or nothing at all where it is empty. @param {string} key @param {string} [text] */
export const keep = (key, text) => safely(() => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));

/** The visitor's id, or '' where the cookie is missing, blocked or of another make. */
export const readCookie = () => (/(?:^|; ?)_jsuid=([\w-]{22})(?:;|$)/.exec(safely(() => document.cookie) || '') || ['', ''])[1];

/** Writes the visitor's cookie, or deletes it where there is no id. @param {string} [id] */
export const writeCookie = (id) =>
  safely(() => {
    const secure = location.protocol === 'https:' ? ';Secure' : '';
    document.cookie = `${COOKIE}=${id || ''};Path=/;Max-Age=${id ? MONTHS_13 : 0};SameSite=Lax${secure}`;
  });

/** Leaves nothing of ours behind. Writes nothing on a device that holds nothing. */
export function wipe() {
  for (const key of [CONSENT, SECRET, QUEUE]) if (recall(key)) keep(key);
  if (safely(() => document.cookie.includes(`${COOKIE}=`))) writeCookie();
}
