/** The tag: reads the page's wishes, puts the rooms together and opens the one global, the function `webleads`. */

import { clicked } from './clicks.js';
import { readConfig, siteNumber } from './config.js';
import { awake, changed, decide } from './consent.js';
import { core, summon } from './core.js';
import { CONSENT, readCookie } from './device.js';
import { closeForms, end, sent, submitted, watchForms } from './forms.js';
import { leaveForms, watchViews } from './funnel.js';
import { listen, safely, watch } from './listen.js';
import { flush, resume } from './send.js';
import { add, emit, here, open, renew, resolve, settle } from './track.js';
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
  form: (name, fields) => submitted(name, fields),
  consent: (state, text) => hear(state, 'api', text),
  reset: renew,
  view: (url) => arrive((url && resolve(url)) || location.href, here, 'route'),
};

/** The visitor's decision. @param {string} state @param {string} how @param {unknown} [text] */
const hear = (state, how, text) => decide(state, how, text) && settle(true);

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
  watchForms(window);
  watchViews();
  listen(window, 'click auxclick', clicked);
  listen(window, 'storage', ({ key }) => (key || CONSENT) === CONSENT && catchUp());
  listen(window, 'visibilitychange', () => document.hidden && part());
  listen(window, 'pagehide', () => {
    closeForms();
    leaveForms();
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
  Object.assign(page.webleads, { loaded, join });
  join(data.site);
  joinAll();
  watch(ids, 'push', joinAll);

  const begin = (/** @type {boolean} */ prerendered) => {
    open();
    // A withdrawal must carry the visitor whom it is about, so what an earlier page kept goes first.
    if (awake() && readCookie()) settle();
    // Decisions before the first view, so that it is seen in their mode; all else after it, in order.
    core.begin_?.();
    waiting.filter(isDecision).forEach(run);
    settle();
    watchPage();
    watchVisits(prerendered, data.hash != null);
    shown = true;
    waiting.filter((command) => !isDecision(command)).forEach(run);
  };
  Object.assign(core, { data_: data, emit_: emit, end_: end, hear_: hear, listen_: listen, submitted_: submitted });
  whenShown((prerendered) => {
    // What is asked for, or another program on the page, may change the very first view: it is heard first.
    if (data.fill != null || data.domains || page.tarteaucitron || page.__tcfapi || page.Cookiebot || page._axcb || /debug/.test(location.hash))
      summon().then(() => safely(() => begin(prerendered)));
    else begin(prerendered);
  });
}

safely(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript || document.querySelector('script[data-site]'));
  const config = readConfig(script.dataset, script.src);
  const earlier = page.webleads;
  // Loaded twice, or both tags on a page: the first one is at work already and takes what is new.
  if (earlier?.join) earlier.join(script.dataset.site, config);
  else start(config, script.dataset, [...(earlier?.q || [])]);
});
