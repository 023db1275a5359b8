/** Which pages were seen, how long, how deep, and which contacts were clicked. */

import { listen, watch } from './listen.js';
import { cleanText } from './secrets.js';
import { emit, moved, viewed, whereabouts } from './track.js';
import { LABEL_LENGTH, VALUE_LENGTH, click, cut, engage } from './wire.js';

const LEAST = 1000; // ms of attention worth telling
const SETTLE = 50; // ms a router may take until its last pushState of one move

/** @type {Record<string, string>} */
const KINDS = { tel: 'phone', mailto: 'email' };

let since = 0; // when attention began, 0 while there is none
let attention = 0;
let depth = 0;
let told = 0;
let routes = false;
let spot = ''; // the browser's own address at the last view; the page's may be made up
let moving = 0; // moves of the router that have not settled

const looking = () => document.visibilityState === 'visible' && document.hasFocus();

/** Counts attention up to now. */
function count() {
  const now = performance.now();
  if (since) attention += now - since;
  since = looking() ? now : 0;
}

function measure() {
  const { scrollHeight } = document.documentElement;
  depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / (scrollHeight || 1)) * 100)));
}

/** Tells of the attention since the last time. */
export function pause() {
  count();
  if (attention < LEAST && depth <= told) return;
  emit(engage(Math.round(attention), depth));
  attention = 0;
  told = depth;
}

/** What makes an address another page. @param {string} url */
const place = (url) => (routes ? url : url.replace(/#.*/s, ''));

/** @param {string} url @param {string} referrer @param {string} nav */
export function arrive(url, referrer, nav) {
  if (whereabouts()) pause();
  depth = told = 0;
  spot = location.href;
  viewed(url, referrer, nav);
  measure();
}

function route() {
  moving++;
  setTimeout(() => {
    const { href } = location;
    moving--;
    if (place(href) !== place(spot)) arrive(href, whereabouts(), 'route');
  }, SETTLE);
}

/** Calls back once the page is really before somebody's eyes. @param {(prerendered: boolean) => void} ready */
export function whenShown(ready) {
  const { prerendering } = /** @type {Document & {prerendering?: boolean}} */ (document);
  let done = false;
  const look = () => {
    if (done || /** @type {any} */ (document).prerendering || document.visibilityState === 'hidden') return;
    done = true;
    ready(!!prerendering);
  };
  listen(document, 'prerenderingchange visibilitychange', look);
  look();
}

/** How the browser came here. @returns {string} */
const reason = () => {
  const [entry] = performance.getEntriesByType('navigation');
  return entry && /** @type {PerformanceNavigationTiming} */ (entry).type === 'reload' ? 'reload' : 'load';
};

/** @param {Event} event */
function clicked(event) {
  const target = /** @type {Element} */ (event.composedPath()[0]);
  const link = target.closest && target.closest('a[href]');
  const href = link && link.getAttribute('href');
  const [, scheme] = /^\s*(tel|mailto):/i.exec(href || '') || [];
  if (!link || !href || !scheme) return;
  // The site's own number or address; what a mailto would put into the mail is nobody's business.
  const address = cut(href.trim().split('?')[0], VALUE_LENGTH);
  emit(click(KINDS[scheme.toLowerCase()], address, cut(cleanText((link.textContent || '').trim()), LABEL_LENGTH)), true);
}

/**
 * Watches the page from now on.
 * @param {boolean} prerendered
 * @param {boolean} hash  routes live behind the `#`
 */
export function watchVisits(prerendered, hash) {
  routes = hash;
  watch(history, 'pushState', 'after', route);
  // A query that is replaced while someone types is the same page.
  watch(history, 'replaceState', 'after', () => {
    if (!moving) moved((spot = location.href));
  });
  listen(window, 'popstate hashchange', route);
  listen(window, 'focus blur', count);
  listen(document, 'visibilitychange', count);
  listen(window, 'scroll', measure);
  listen(window, 'click', clicked);
  arrive(location.href, document.referrer, prerendered ? 'prerender' : reason());
}
