/** Which pages were seen, how long and how deep. */

import { core } from './core.js';
import { later, listen, watch } from './listen.js';
import { emit, here, moved, viewed } from './track.js';
import { URL_LENGTH, cut, engage } from './wire.js';

const LEAST = 3000; // ms of attention worth telling a second time
const SETTLE = 50; // ms a router may take until its last pushState of one move

let since = 0; // when attention began, 0 while there is none
let attention = 0;
let depth = 0; // px
let told = 0; // percent, -1: nothing yet
let moving = 0; // moves of the router that have not settled
let spot = ''; // the browser's own address at the last view; the page's may be made up

/** Counts attention up to now. */
function count() {
  const now = performance.now();
  if (since) attention += now - since;
  since = !isHidden() && document.hasFocus() ? now : 0;
}

const measure = () => {
  depth = Math.max(depth, scrollY + innerHeight);
};

/** Tells of the attention since the last time. A page may have grown since it was scrolled. */
export function pause() {
  count();
  const percent = Math.min(100, Math.round((depth / document.documentElement.scrollHeight) * 100) || 0);
  if (attention < (told < 0 ? 1 : LEAST) && percent <= told) return;
  emit(engage(Math.round(attention), percent));
  attention = 0;
  told = percent;
}

/** @param {string} url @param {string} referrer @param {string} nav */
export function arrive(url, referrer, nav) {
  if (here) pause();
  else count();
  depth = 0;
  told = -1;
  spot = place();
  viewed(url, referrer, nav);
  measure();
}

/** The browser's address, without what makes no other page: the `#` is one where routes live behind it (`data-hash`). */
const place = () => location.href.replace(core.data_.hash == null ? /#.*/ : '', '');

/** Looks, as soon as the router is done, whether this is another page. */
function route() {
  moving++;
  later(() => {
    moving--;
    if (place() !== spot) arrive(location.href, here, 'route');
  }, SETTLE);
}

/** Whether nobody can see the page. */
export const isHidden = () => document.visibilityState === 'hidden';

/** Calls back once the page is before somebody's eyes. @param {(prerendered: boolean) => void} ready */
export function whenShown(ready) {
  const page = /** @type {Document & {prerendering?: boolean}} */ (document);
  const prerendered = !!page.prerendering;
  let wait = true;
  const look = () => {
    if (wait && !page.prerendering && !isHidden()) ready((wait = false) || prerendered);
  };
  listen(page, 'prerenderingchange visibilitychange', look);
  look();
}

/** Watches the page from now on. @param {boolean} prerendered */
export function watchVisits(prerendered) {
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
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  arrive(location.href, cut(document.referrer, URL_LENGTH), prerendered ? 'prerender' : entry?.type === 'reload' ? 'reload' : 'load');
}
