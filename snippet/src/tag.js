/** The tag: reads the page's wishes, puts the rooms together and opens the one global, the function `webleads`. */

import { clicked } from './clicks.js';
import { readConfig, siteNumber } from './config.js';
import { changed, decide, wake } from './consent.js';
import { coming, core, summon } from './core.js';
import { readCookie } from './device.js';
import { lent } from './lent.js';
import { listen, safely, watch } from './listen.js';
import { flush, resume } from './send.js';
import { add, emit, here, open, renew, resolve, settle } from './track.js';
import { arrive, isHidden, pause, watchVisits, whenShown } from './visits.js';
import { custom, error, identify } from './wire.js';

/**
 * @typedef {import('./config.js').Config} Config
 * @typedef {any[]} Command  as the page called the global
 */

const page = /** @type {any} */ (window);

/** The visitor's decision. @param {string} state @param {string} how @param {unknown} [text] */
const hear = (state, how, text) => decide(state, how, text) && settle(true);

/** @type {Record<string, (...given: any[]) => void>} */
const COMMANDS = {
  event: (name, props) => emit(custom(name, props)),
  identify: (traits) => emit(identify(traits)),
  form: (name, fields) => summon(1).then(() => core.submitted_?.(name, fields)),
  consent: (state, text) => hear(state, 'api', text),
  reset: renew,
  view: (url) => arrive((url && resolve(url)) || location.href, here, 'route'),
  mydata: () => summon(1).then(() => core.mydata_?.()),
};

/** Whether there is something on the page for the fourth file. */
const signs = () =>
  /fill|domains|leads-/.test(Object.keys(core.data_) + location.hash) || page.tarteaucitron || page.__tcfapi || page.Cookiebot || page._axcb;

/** @param {Command} command */
const run = ([name, ...given]) => safely(() => COMMANDS[name](...given));

/** Another tab, or this one before it slept, may have decided; the collector knows already. */
const catchUp = () => changed() && settle(false);

/** Tells what is left to tell. */
function part() {
  pause();
  flush(true);
}

/** What was sent before the second file came: it reads and judges the forms as soon as it is there. @type {Event[]} */
const early = [];

/** Watches how the page lives, ends and comes back. */
function watchPage() {
  // A field, or a frame that may hold one. What comes later is met when somebody comes to it.
  const look = () => {
    if (signs()) summon(2);
    if (document.querySelector('input,select,textarea,iframe')) summon(0);
  };
  look();
  listen(window, 'DOMContentLoaded load focusin click hashchange', look);
  // Somebody writes in a field that the page does not show: it stands in a shadow.
  listen(window, 'input', () => summon(0));
  listen(window, 'submit', (event) => core.sent_ || early.push(event));
  listen(window, 'click auxclick', clicked);
  listen(window, 'storage', catchUp);
  listen(window, 'visibilitychange', () => isHidden() && part());
  listen(window, 'pagehide', () => {
    if (core.close_) core.close_();
    else if (early[0]) emit(error('early', early.length));
    part();
  });
  listen(window, 'online', () => {
    resume();
    flush();
  });
  listen(window, 'pageshow', (event) => {
    if (!event.persisted) return;
    catchUp();
    arrive(location.href, here, 'bfcache');
  });
}

/**
 * @param {Config} config
 * @param {DOMStringMap} data  the script's `data-` attributes
 * @param {Command[]} waiting  what the page called before
 */
function start(config, data, waiting) {
  let shown = false;
  /** @type {Record<number, 1>} */
  const loaded = {};
  /** @param {unknown} given @param {Config} [wishes] */
  const join = (given, wishes = config) => {
    const id = siteNumber(given);
    if (id && !loaded[id]) add(id, wishes);
    loaded[id] = 1;
    if (shown) settle();
  };
  const ids = (page.webleads_site_ids = page.webleads_site_ids || []);
  const joinAll = () => ids.forEach((/** @type {unknown} */ id) => join(id));
  /** @param {unknown[]} command */
  page.webleads = (...command) => {
    if (shown) run(command);
    else waiting.push(command);
  };
  Object.assign(page.webleads, { loaded: coming, join });
  join(data.site);
  joinAll();
  watch(ids, 'push', joinAll);

  const begin = (/** @type {boolean} */ prerendered) => {
    // Decisions before the first view, so that it is seen in their mode; all else after it, in order.
    waiting.forEach((command) => command[0] === 'consent' && run(command));
    settle();
    watchVisits(prerendered);
    watchPage();
    shown = true;
    waiting.forEach((command) => command[0] === 'consent' || run(command));
  };
  Object.assign(core, {
    data_: data,
    early_: early,
    hear_: hear,
    lent_: lent,
  });
  whenShown((prerendered) => {
    open();
    // A withdrawal must carry the visitor whom it is about, so what an earlier page kept goes first.
    if (wake() && readCookie()) settle();
    // What the owner asks for, and other programs on the page, may change the very first view: they are heard first.
    if (signs()) summon(2).then(() => safely(() => begin(prerendered)));
    else begin(prerendered);
  });
}

safely(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript || document.querySelector('script[data-site]'));
  const config = readConfig(script.dataset, (core.home_ = script.src.replace(/(\w)\/.*/, '$1')));
  const earlier = page.webleads;
  // Loaded twice, or both tags on a page: the first one is at work already and takes what is new.
  if (earlier?.join) earlier.join(script.dataset.site, config);
  else start(config, script.dataset, [...(earlier?.q || [])]);
});
