/**
 * One visitor on several domains of one owner (`data-domains`): a link to another of them carries the visitor's id, for 60 seconds,
 * once, with consent only; the page that is come to takes it only from such a link, and out of the address bar at once.
 */

import { OURS, keep, readCookie, recall } from '../device.js';
import { first, later, listen, sites } from '../shared.js';

const NAME = '_webleads';
const LIFE = 60000; // ms
const USED = OURS + 'used';

/** Whether a host is one of a list's, or of its subdomains. @param {string} host @param {string[]} domains */
export const isOwn = (host, domains) => domains.some((domain) => host === domain || host.endsWith('.' + domain));

/**
 * The visitor that a parameter names.
 * @param {string} text
 * @param {number} now  ms
 * @returns {string}  '' where it is none, or too old
 */
export function named(text, now) {
  const [, id = '', time = ''] = /^([\w-]{22})\.(\w{1,11})$/.exec(text) || [];
  const age = now - parseInt(time, 36);
  return age > -LIFE && age < LIFE ? id : '';
}

/** Takes the id out of the address, and offers it where all holds. @param {string[]} domains */
function arrive(domains) {
  const [whole, given] = new RegExp(`[?&]${NAME}=([\\w.-]*)`).exec(location.search) || [];
  if (!whole) return;
  const rest = location.search.replace(whole, '').replace(/^&/, '?');
  history.replaceState(history.state, '', location.pathname + rest + location.hash);
  const from = document.createElement('a');
  from.href = document.referrer;
  const id = named(given, Date.now());
  if (!id || !document.referrer || !isOwn(from.hostname, domains) || readCookie() || recall(USED) === given) return;
  first.offered_ = () => {
    keep(USED, given);
    return id;
  };
}

/** @param {MouseEvent} event @param {string[]} domains */
function leave(event, domains) {
  const link = /** @type {any} */ (event.composedPath()[0]).closest('a[href]');
  const { visitor_ } = sites.find((/** @type {any} */ site) => site.visitor_) || {};
  if (!link || !visitor_ || link.hostname === location.hostname || !isOwn(link.hostname, domains)) return;
  const given = link.getAttribute('href');
  link.search += (link.search ? '&' : '?') + `${NAME}=${visitor_}.${Date.now().toString(36)}`;
  // The way is taken when this event is over; the next click has its own time.
  later(() => link.setAttribute('href', given), 0);
}

/** @param {string} list  the attribute */
export function watchDomains(list) {
  const domains = list.toLowerCase().split(/[\s,]+/).filter(Boolean);
  arrive(domains);
  listen(window, 'click auxclick', (event) => leave(event, domains));
}
