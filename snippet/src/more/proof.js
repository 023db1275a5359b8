/** The grant, told to the collector with the proof of being the visitor. */

import { SECRET, keep, recall } from '../device.js';
import { hex, random } from '../identity.js';
import { safely, sites, statement, tell } from '../shared.js';

/**
 * The SHA-256 (hex) of the secret that opens the visitor's page; the secret itself stays on the device.
 * It is kept only when its hash is about to leave: a page that closes before that must begin again.
 * @param {() => boolean} wanted  asked after the wait: consent may be gone by then
 * @returns {Promise<string>}  empty in an insecure context (no `crypto.subtle`), on a device that keeps nothing, or unwanted
 */
async function proof(wanted) {
  const secret = recall(SECRET) || hex(random(16));
  const hash = crypto.subtle && (await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)));
  if (wanted()) keep(SECRET, secret);
  return hash && recall(SECRET) ? hex(new Uint8Array(hash)) : '';
}

/**
 * Asks a collector of the page's own site to set the cookie itself: what a script sets, Safari forgets after 7 days.
 * Which domain is whose the collector knows better (publicsuffix.org); here it is only not asked in vain.
 */
function keepLonger() {
  const own = location.hostname.split('.').slice(-2).join('.');
  for (const { endpoint_, id_, visitor_ } of sites) {
    const [, host = ''] = /\/\/([^/:]+)/.exec(endpoint_) || [];
    if (visitor_ && /\./.test(own) && host.endsWith(own))
      navigator.sendBeacon(endpoint_ + '/id', `{"v":1,"site":${id_},"visitor":"${visitor_}","consent":"granted","events":[]}`);
  }
}

/** Tells of the grant as soon as its proof is computed. @param {number} at  when it was given, ms */
export function confirm(at) {
  const known = () => sites.filter((/** @type {any} */ site) => site.visitor_);
  /** @param {string} [hash] */
  const say = (hash) =>
    safely(() => known().forEach((/** @type {any} */ site) => tell(site, statement('granted', hash), true, at)));
  proof(() => !!known()[0]).then(say, () => say());
  safely(keepLonger);
}
