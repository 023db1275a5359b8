/**
 * The sites of this page and the facts about it: what happened becomes one event a site, in that site's mode.
 *
 * A site is in audience mode until consent: no visitor, nothing on the device, and a page id of its own, so that no row from
 * before consent can be joined with one from after it.
 *
 * @typedef {import('./config.js').Config} Config
 * @typedef {import('./wire.js').Data} Data
 * @typedef {Config & {id_: number, page_?: string, n_: number, visitor_: string, key_: string, shown_?: boolean}} Site
 *   visitor_: '' in audience mode; key_: where its batches go and what they share; shown_: a view of this page was sent
 */

import { isSetting } from './config.js';
import * as consent from './consent.js';
import { core, summon } from './core.js';
import { OURS, OWN, keep, recall } from './device.js';
import { enter, leave, token, uuid7 } from './identity.js';
import { safely } from './listen.js';
import { cleanText, cleanUrl } from './secrets.js';
import * as send from './send.js';
import { TAG, TEXT_LENGTH, consent as consentEvent, cut, error, head, json, view } from './wire.js';

/** @type {Site[]} */
export const sites = [];

/** The page as the page's own router means it. */
export let here = '';
/** The view of it. @type {Data} */
let scene;

/** An address without its query and fragment. @param {string} url */
export const bare = (url) => url.replace(/[?#].*/, '');

/** A whole URL as the page resolves it, or ''. `URL` is no help: old pages have a variable of that name. @param {string} url */
export const resolve = (url) => {
  const link = document.createElement('a');
  link.href = url;
  return link.host && link.href;
};

/** @param {boolean} leads */
const context = (leads) => ({
  ...(leads && {
    screen: screen.width + 'x' + screen.height,
    viewport: innerWidth + 'x' + innerHeight,
    zone: safely(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
  }),
  language: navigator.language,
  tag: TAG,
  automated: /** @type {0 | 1} */ (+navigator.webdriver || 0),
});

/**
 * @param {Site} site
 * @param {Data} data
 * @param {boolean} [urgent]
 * @param {number} [at]  when it happened, if not now
 */
export function tell(site, data, urgent, at = Date.now()) {
  const leads = !!site.visitor_;
  const id = uuid7(at);
  // What is said in a form may not be joined with anything in audience mode: no page, no place in it, no company.
  const alone = !leads && /^form/.test(data.type);
  // One id a site and mode: two accounts, or one before and after consent, must not find each other's rows by a shared one.
  const sending = data.submission;
  const address = here || location.href;
  // Another tab may have said that this browser's visits do not count.
  if (recall(OWN) || (!leads && (site.setting_ === 'off' || data.type === 'identify'))) return;
  if (data.type === 'form_result' && !sending[site.key_]) return;
  const event = {
    id,
    at,
    ...data,
    ...(!alone && { page: site.page_, n: site.n_++ }),
    url: cleanUrl(alone ? bare(address) : address, leads),
    referrer: data.referrer && cleanUrl(data.referrer, leads),
    submission: sending && (sending[site.key_] = sending[site.key_] || uuid7(at)),
  };
  core.seen_?.(event);
  send.put({ id_: id, key_: site.key_ + (alone ? '\n' + (sending ? id : '') : ''), text_: json(event), kept_: leads }, urgent);
}

/**
 * Tells of a fact for every site.
 * @param {Data} data
 * @param {boolean} [urgent]  leaves at once
 */
export const emit = (data, urgent) => sites.forEach((site) => tell(site, data, urgent));

/** Begins a page for a site. @param {Site} site */
const turn = (site) => {
  site.page_ = token();
  site.n_ = 0;
};

/** @param {Site} site */
function show(site) {
  if (!here) return;
  tell(site, { ...scene, again: site.shown_ ? 1 : undefined });
  site.shown_ = !!site.visitor_ || site.setting_ !== 'off';
}

/**
 * A page was seen.
 * @param {string} url
 * @param {string} from  the page before
 * @param {string} how  load | route | bfcache | prerender | reload
 */
export function viewed(url, from, how) {
  here = url;
  scene = view(from, cleanText(cut(document.title, TEXT_LENGTH)), how);
  send.resume();
  for (const site of sites) {
    site.shown_ = false;
    turn(site);
    show(site);
  }
}

/** The address changed without a new page. @param {string} url */
export const moved = (url) => {
  here = url;
};

/** @param {string} state @param {string} [hash] */
export const statement = (state, hash) =>
  consentEvent(state, consent.way, consent.wording, cut(document.documentElement.lang) || navigator.language, hash);

/** Whether any site knows the visitor. */
const inLeads = () => sites.some((site) => site.visitor_);

/**
 * Puts every site into the mode that consent now gives it.
 * @param {boolean} [news]  true: the visitor has just decided; false: another tab has told the collector
 */
export function settle(news) {
  let fresh = false;
  for (const site of sites) {
    const state = consent.state(site.setting_);
    const was = site.visitor_;
    if (state === 'granted') {
      consent.remember();
      const [id, unheard] = enter();
      site.visitor_ = id;
      fresh = fresh || unheard;
    } else {
      if (was && news) tell(site, statement('denied'), true); // the last batch with the id
      site.visitor_ = '';
    }
    site.key_ = site.endpoint_ + '\n' + head(site.id_, site.visitor_, state, context(!!site.visitor_));
    if (site.page_ && was === site.visitor_) continue;
    turn(site);
    if (site.visitor_) send.takeUp();
    if (!was) show(site);
  }
  if (inLeads()) {
    const at = Date.now();
    // The collector hears of the grant, with its proof.
    if (news ?? fresh) summon(1).then(() => core.confirm_?.(at));
  } else if (sites[0] || news) clear();
}

/** Nothing of the visitor stays. */
function clear() {
  send.forget();
  leave();
}

/** Somebody else sits at the device from now on: another visitor, the same consent. */
export function renew() {
  if (!inLeads()) return;
  send.flush();
  for (const site of sites) site.visitor_ = '';
  clear();
  settle();
}

/** Adds a site of this page; somebody's own visits have none, so nobody is told of them. @param {number} id_ @param {Config} config */
export const add = (id_, config) =>
  recall(OWN) ||
  sites.push({ ...config, setting_: (!config.stated_ && recall(OURS + id_)) || config.setting_, id_, n_: 0, visitor_: '', key_: '' });

/** Opens the way out. */
export const open = () =>
  send.open((key, setting, kind, count) => {
    for (const site of sites) {
      if (!key.includes(`"site":${site.id_},`)) continue;
      if (kind) tell(site, error(kind, /** @type {number} */ (count)));
      // The first answer tells a page that could not say it itself which setting its site has.
      if (site.stated_ || !isSetting(setting)) continue;
      site.stated_ = true;
      site.setting_ = /** @type {string} */ (setting);
      settle();
      if (site.visitor_) keep(OURS + site.id_, site.setting_);
    }
  });
