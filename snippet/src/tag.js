/** The tag: reads the page's wishes, puts the rooms together and opens the one global, the function `webleads`. */

import { readConfig, siteNumber } from './config.js';
import { awake, changed, decide } from './consent.js';
import { CONSENT, readCookie, resolve, safely } from './device.js';
import { closeForms, submitted, watchForms } from './forms.js';
import { listen, watch } from './listen.js';
import { flush } from './send.js';
import { add, emit, here, open, renew, settle } from './track.js';
import { arrive, pause, watchVisits, whenShown } from './visits.js';
import { custom, identify } from './wire.js';

/**
 * @typedef {import('./config.js').Config} Config
 * @typedef {any[]} Command  as the page called the global
 */

const page = /** @type {any} */ (window);

/** @type {Record<string, (...given: any[]) => void>} */
const COMMANDS = {
  event: (name, props) => emit(custom(name, props)),
  identify: (traits) => emit(identify(traits)),
  form: submitted,
  consent: (state, text) => hear(state, 'api', text),
  reset: renew,
  view: (url) => arrive((url && resolve(url)) || location.href, here, 'route'),
};

/** The visitor's decision. @param {string} state @param {string} how @param {unknown} [text] */
const hear = (state, how, text) => decide(state, how, text) && settle(true);

/** What the consent manager says: true, false, or nothing yet. */
function askManager() {
  const verdict = page.tarteaucitron?.state?.getplus;
  if (verdict === !!verdict) hear(verdict ? 'granted' : 'denied', 'tarteaucitron');
}

/** Another tab, or this one before it slept, may have decided; the collector knows already. */
const catchUp = () => changed() && settle(false);

/** @param {Command} command */
const run = ([...command]) => safely(() => COMMANDS[command.shift()](...command));

/** @param {Command} command */
const isDecision = (command) => command[0] === 'consent';

/** Tells what is left to tell. */
function part() {
  pause();
  flush(true);
}

/** Watches how the page lives, ends and comes back. */
function watchPage() {
  watchForms();
  // The manager has set its state when it says so.
  listen(document, 'getplus_allowed getplus_disallowed', askManager);
  listen(window, 'storage', ({ key }) => (key || CONSENT) === CONSENT && catchUp());
  listen(window, 'visibilitychange', () => document.visibilityState === 'hidden' && part());
  listen(window, 'pagehide', () => {
    closeForms();
    part();
  });
  listen(window, 'pageshow', (event) => {
    if (!event.persisted) return;
    catchUp();
    arrive(location.href, here, 'bfcache');
  });
}

/**
 * @param {Config} config
 * @param {unknown} first  the script's own site
 * @param {Command[]} waiting  what the page called before
 */
function start(config, first, waiting) {
  let shown = false;
  /** @type {Record<number, 1>} */
  const loaded = {};
  /** @param {unknown} given @param {Config} [wishes] */
  const join = (given, wishes = config) => {
    const id = siteNumber(given);
    if (id && !loaded[id]) add(id, wishes);
    loaded[id] = 1;
    if (!shown) return;
    settle();
    askManager();
  };
  const ids = (page.webleads_site_ids = page.webleads_site_ids || []);
  const joinAll = () => ids.forEach((/** @type {unknown} */ id) => join(id));
  /** @param {unknown[]} command */
  page.webleads = (...command) => {
    if (shown) run(command);
    else waiting.push(command);
  };
  Object.assign(page.webleads, { loaded, join });
  join(first);
  joinAll();
  watch(ids, 'push', joinAll);

  whenShown((prerendered) => {
    open();
    // A withdrawal must carry the visitor whom it is about, so what an earlier page kept goes first.
    if (awake() && readCookie()) settle();
    // Decisions before the first view, so that it is seen in their mode; all else after it, in order.
    askManager();
    waiting.filter(isDecision).forEach(run);
    settle();
    watchPage();
    watchVisits(prerendered, config.hash);
    shown = true;
    waiting.filter((command) => !isDecision(command)).forEach(run);
  });
}

safely(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript || document.querySelector('script[data-site]'));
  const config = readConfig((name) => script.getAttribute(name), script.src);
  const site = script.getAttribute('data-site');
  const earlier = page.webleads;
  // Loaded twice, or both tags on a page: the first one is at work already and takes what is new.
  if (earlier?.join) earlier.join(site, config);
  else start(config, site, [...(earlier?.q || [])]);
});
