/** Which pages were seen, how long, how deep, and which contacts were clicked. */

import { later } from './device.js';
import { listen, watch } from './listen.js';
import { cleanText } from './secrets.js';
import { emit, here, moved, viewed } from './track.js';
import { TEXT_LENGTH, URL_LENGTH, click, cut, engage } from './wire.js';

const LEAST = 1000; // ms of attention worth telling
const SETTLE = 50; // ms a router may take until its last pushState of one move

let since = 0; // when attention began, 0 while there is none
let attention = 0;
let depth = 0;
let told = 0;
let moving = 0; // moves of the router that have not settled
let spot = ''; // the browser's own address at the last view; the page's may be made up
let routes = false;

/** Counts attention up to now. */
function count() {
  const now = performance.now();
  if (since) attention += now - since;
  since = document.visibilityState === 'visible' && document.hasFocus() ? now : 0;
}

function measure() {
  const { scrollHeight } = document.documentElement;
  depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / scrollHeight) * 100) || 0));
}

/** Tells of the attention since the last time. */
export function pause() {
  count();
  if (attention < LEAST && depth <= told) return;
  emit(engage(Math.round(attention), depth));
  attention = 0;
  told = depth;
}

/** @param {string} url @param {string} referrer @param {string} nav */
export function arrive(url, referrer, nav) {
  if (here) pause();
  else count();
  depth = 0;
  spot = place();
  viewed(url, referrer, nav);
  measure();
  told = depth;
}

/** The browser's address, without what makes no other page. */
const place = () => location.href.replace(routes ? '' : /#.*/, '');

/** Looks, as soon as the router is done, whether this is another page. */
function route() {
  moving++;
  later(() => {
    moving--;
    if (place() !== spot) arrive(location.href, here, 'route');
  }, SETTLE);
}

/** Calls back once the page is before somebody's eyes. @param {(prerendered: boolean) => void} ready */
export function whenShown(ready) {
  const page = /** @type {Document & {prerendering?: boolean}} */ (document);
  const prerendered = !!page.prerendering;
  let done = false;
  const look = () => {
    if (done || page.prerendering || page.visibilityState === 'hidden') return;
    done = true;
    ready(prerendered);
  };
  listen(page, 'prerenderingchange visibilitychange', look);
  look();
}

/** @param {Event} event */
function clicked(event) {
  const link = /** @type {Element} */ (event.composedPath()[0]).closest('a[href]');
  const href = link?.getAttribute('href')?.trim() || '';
  // The site's own number or address; what a mailto would put into the mail is nobody's business.
  const [, address, scheme] = /^((tel|mailto):[^?]*)/i.exec(href) || [];
  if (!link || !address) return;
  const kind = /tel/i.test(scheme) ? 'phone' : 'email';
  emit(click(kind, cut(address, TEXT_LENGTH), cut(cleanText((link.textContent || '').trim()))), true);
}

/**
 * Watches the page from now on.
 * @param {boolean} prerendered
 * @param {boolean} hash  routes live behind the `#`
 */
export function watchVisits(prerendered, hash) {
  routes = hash;
  watch(history, 'pushState', route);
  // A query that is replaced while someone types is the same page.
  watch(history, 'replaceState', () => {
    if (moving) return;
    spot = place();
    moved(location.href);
  });
  listen(window, 'popstate hashchange', route);
  listen(window, 'focus blur visibilitychange', count);
  listen(window, 'scroll', measure);
  listen(window, 'click', clicked);
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  arrive(location.href, cut(document.referrer, URL_LENGTH), prerendered ? 'prerender' : entry?.type === 'reload' ? 'reload' : 'load');
}
