/** The tag: reads the page's wishes, puts the rooms together and opens the one global, the function `webleads`. */

import { readConfig, siteNumber } from './config.js';
import * as consent from './consent.js';
import { CONSENT, safely } from './device.js';
import { closeForms, submitted, watchForms } from './forms.js';
import { listen, watch } from './listen.js';
import { flush } from './send.js';
import { add, emit, open, renew, settle, whereabouts } from './track.js';
import { arrive, pause, watchVisits, whenShown } from './visits.js';
import { custom, identify } from './wire.js';

/**
 * @typedef {import('./config.js').Config} Config
 * @typedef {unknown[]} Command  as the page called the global
 */

const page = /** @type {any} */ (window);

/** @type {Record<string, (...given: any[]) => void>} */
const COMMANDS = {
  event: (name, props) => emit(custom(name, props)),
  identify: (traits) => emit(identify(traits)),
  form: submitted,
  consent: (state, text) => decide(state, 'api', text),
  reset: renew,
  view: (url) => arrive(new URL(url || '', location.href).href, whereabouts(), 'route'),
};

/** @param {unknown} state @param {string} how @param {unknown} [text] */
function decide(state, how, text) {
  if (consent.decide(state, how, text)) settle(true);
}

/** What the consent manager says now. */
function askManager() {
  const verdict = consent.verdict();
  if (typeof verdict === 'boolean') decide(verdict ? 'granted' : 'denied', 'tarteaucitron');
}

/** Another tab, or this one before it slept, may have decided; the collector knows already. */
function catchUp() {
  if (consent.changed()) settle();
}

/** @param {ArrayLike<unknown>} command */
const run = (command) => {
  const [name, ...given] = Array.from(command);
  if (Object.keys(COMMANDS).includes(String(name))) safely(() => COMMANDS[String(name)](...given));
};

/** Watches how the page lives, ends and comes back. */
function watchPage() {
  watchForms();
  listen(document, 'getplus_allowed getplus_disallowed', (event) => decide(/_al/.test(event.type) ? 'granted' : 'denied', 'tarteaucitron'));
  listen(window, 'storage', ({ key }) => {
    if (!key || key === CONSENT) catchUp();
  });
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState !== 'hidden') return;
    pause();
    flush(true);
  });
  listen(window, 'pagehide', () => {
    closeForms();
    pause();
    flush(true);
  });
  listen(window, 'pageshow', (event) => {
    if (!event.persisted) return;
    catchUp();
    arrive(location.href, whereabouts(), 'bfcache');
  });
}

/**
 * @param {Config} config
 * @param {unknown} first  the script's own site
 * @param {ArrayLike<unknown>[]} waiting  what the page called before
 */
function start(config, first, waiting) {
  let shown = false;
  /** @type {Record<number, 1>} */
  const loaded = {};
  /** @param {unknown} given @param {Config} [wishes] */
  const join = (given, wishes = config) => {
    const id = siteNumber(given);
    if (id && !loaded[id]) add(id, wishes);
    if (id) loaded[id] = 1;
    if (shown) settle(), askManager();
  };
  const ids = (page.webleads_site_ids = page.webleads_site_ids || []);
  const joinAll = () => Array.from(ids).forEach((id) => join(id));

  page.webleads = function () {
    if (shown) run(arguments);
    else waiting.push(arguments);
  };
  Object.assign(page.webleads, { loaded, join, q: waiting });
  join(first);
  joinAll();
  watch(ids, 'push', 'after', joinAll);

  whenShown((prerendered) => {
    open();
    // A withdrawal must carry the visitor whom it is about, so what is kept goes first.
    if (consent.awake()) settle();
    askManager();
    // Decisions before the first view, so that it is seen in their mode; all else after it, in order.
    waiting.filter(isDecision).forEach(run);
    settle();
    watchPage();
    watchVisits(prerendered, config.hash);
    shown = true;
    waiting.splice(0).filter((command) => !isDecision(command)).forEach(run);
  });
}

/** @param {ArrayLike<unknown>} command */
const isDecision = (command) => command[0] === 'consent';

safely(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript || document.querySelector('script[data-site]'));
  if (!script || !script.src) return;
  const config = readConfig((name) => script.getAttribute(name), script.src);
  const site = script.getAttribute('data-site');
  const earlier = page.webleads || {};
  // Loaded twice, or both tags on a page: the first one is at work already and takes what is new.
  if (earlier.join) earlier.join(site, config);
  else start(config, site, Array.from(earlier.q || []));
});
