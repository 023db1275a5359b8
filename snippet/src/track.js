/**
 * The sites of this page and the facts about it: what happened becomes one event a site, in that site's mode.
 *
 * A site is in audience mode until consent: no visitor, nothing on the device, and a page id of its own, so that no row from
 * before consent can be joined with one from after it.
 *
 * @typedef {import('./config.js').Config} Config
 * @typedef {import('./wire.js').Data} Data
 * @typedef {Config & {id: number, page: string, n: number, visitor: string, head: string, seen: boolean}} Site
 *   visitor: '' in audience mode; head: the shared part of its batches; seen: a view of this page was sent
 */

import { SETTING } from './config.js';
import * as consent from './consent.js';
import { enter, leave, renew as newVisitor, proof, token, uuid7 } from './identity.js';
import { cleanText, cleanUrl } from './secrets.js';
import * as send from './send.js';
import { LABEL_LENGTH, TAG, URL_LENGTH, VALUE_LENGTH, cut, head, consent as consentEvent, error, view } from './wire.js';

/** @type {Site[]} */
const sites = [];

/** The page as the page's own router means it. */
let here = '';
/** @type {Parameters<typeof view> | undefined} */
let lastView;

/** A form's data travels under these types; in audience mode they may not be joined with anything. */
const FORM = /^form/;

/** An address without its query and fragment. @param {string} url */
const bare = (url) => url.replace(/[?#].*/s, '');

/** @param {string} url @param {boolean} leads */
export const tidy = (url, leads) => cut(cleanUrl(url, [], leads), URL_LENGTH);

/** @param {boolean} leads */
const context = (leads) => ({
  ...(leads && {
    screen: `${screen.width}x${screen.height}`,
    viewport: `${innerWidth}x${innerHeight}`,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }),
  language: navigator.language,
  tag: TAG,
  automated: /** @type {0 | 1} */ (navigator.webdriver ? 1 : 0),
});

/**
 * @param {Site} site
 * @param {Data} data
 * @param {boolean} [urgent]
 */
function emitFor(site, data, urgent) {
  const leads = !!site.visitor;
  if (!leads && (site.setting === 'off' || data.type === 'identify')) return;
  const alone = !leads && FORM.test(String(data.type));
  const now = Date.now();
  /** @type {any} */
  const event = { id: uuid7(now), at: now, url: tidy(alone ? bare(here) : here, leads), ...data };
  if (!alone) {
    event.page = site.page;
    event.n = site.n++;
  }
  if (event.referrer) event.referrer = tidy(event.referrer, leads);
  if (event.title) event.title = cut(cleanText(event.title), VALUE_LENGTH);
  // One id a site: two accounts must not find each other's rows by a shared one.
  if (event.submission) event.submission = event.submission[site.id] = event.submission[site.id] || uuid7(now);
  send.put({ to: site.endpoint, site: site.id, head: site.head, event, alone, kept: leads }, urgent);
}

/**
 * Tells every site.
 * @param {Data} data
 * @param {boolean} [urgent]  leaves at once
 */
export const emit = (data, urgent) => sites.forEach((site) => emitFor(site, data, urgent));

/** Begins a page for a site. @param {Site} site */
const turn = (site) => {
  site.page = token();
  site.n = 0;
};

/** @param {Site} site @param {boolean} again */
function show(site, again) {
  if (!lastView) return;
  emitFor(site, view(lastView[0], lastView[1], lastView[2], again));
  site.seen = true;
}

/**
 * A page was seen.
 * @param {string} url
 * @param {string} referrer
 * @param {string} nav  load | route | bfcache | prerender | reload
 */
export function viewed(url, referrer, nav) {
  here = url;
  lastView = [referrer, document.title, nav];
  send.resume();
  for (const site of sites) {
    turn(site);
    show(site, false);
  }
}

/** The address of the page that is being seen. */
export const whereabouts = () => here;

/** The address changed without a new page. @param {string} url */
export const moved = (url) => {
  here = url;
};

/** The language of the page that asked. */
const language = () => cut(document.documentElement.lang || navigator.language, LABEL_LENGTH);

/** @param {string} state @param {string} [hash] */
const statement = (state, hash) => consentEvent(state, consent.way(), language(), consent.wording(), hash);

/** Tells the collector of the grant, with the proof as soon as it is computed. */
async function confirm() {
  const at = Date.now();
  const hash = await proof(inLeads);
  for (const site of sites) if (site.visitor) emitFor(site, { ...statement('granted', hash), at }, true);
}

/** Whether any site knows the visitor. */
const inLeads = () => sites.some((site) => site.visitor);

/**
 * Puts one site into the mode that consent now gives it.
 * @param {Site} site
 * @param {boolean} [tell]  a withdrawal goes to the collector
 * @returns {boolean}  whether the collector has yet to hear of this visitor's consent
 */
function settleSite(site, tell) {
  const state = consent.state(site.setting);
  const was = site.visitor;
  let fresh = false;
  if (state === 'granted') {
    consent.remember();
    ({ id: site.visitor, fresh } = enter());
  } else if (was) {
    if (tell) emitFor(site, statement('denied'), true); // the last batch with the id
    site.visitor = '';
  }
  site.head = head(site.id, site.visitor || null, state, context(!!site.visitor));
  if (!site.visitor === !was) return fresh;
  turn(site);
  if (was) return false;
  send.takeUp();
  show(site, site.seen);
  return fresh;
}

/**
 * Puts every site into the mode that consent now gives it.
 * @param {boolean} [news]  the visitor has just decided, in this tab
 */
export function settle(news) {
  const fresh = sites.map((site) => settleSite(site, news)).some(Boolean);
  if (!sites.length) return;
  if (!inLeads()) {
    send.forget();
    leave();
  } else if (fresh || news) confirm().catch(() => {});
}

/**
 * Adds a site of this page; one that is there already is left alone.
 * @param {number} id
 * @param {Config} config
 */
export function add(id, config) {
  sites.push({ ...config, id, page: '', n: 0, visitor: '', head: '', seen: false });
}

/** Somebody else sits at the device from now on. */
export function renew() {
  if (!inLeads()) return;
  send.flush();
  send.forget();
  newVisitor();
  for (const site of sites) site.visitor = '';
  settle();
}

/** The first answer tells a page that could not say it itself which setting its site has. @param {number} id @param {string} setting */
function learn(id, setting) {
  const site = sites.find((one) => one.id === id);
  if (!site || site.stated) return;
  site.stated = true;
  if (site.setting === setting || !SETTING.test(setting)) return;
  site.setting = setting;
  settle();
}

/** Opens the way out. */
export const open = () =>
  send.open(learn, (id, kind, count) => sites.filter((site) => site.id === id).forEach((site) => emitFor(site, error(kind, count))));
