/**
 * Who said what about tracking. Three voices, loudest first: the visitor on this site (the page's call, the consent manager
 * tarteaucitron, or what was kept from then), the visitor's browser (GPC, DNT), the page on the visitor's behalf (its setting).
 */

import { CONSENT, keep, recall } from './device.js';
import { LABEL_LENGTH, cut } from './wire.js';

/** @type {'' | 'granted' | 'denied'} */
let said = '';
let how = 'tag';
let version = '';
let held = '';

/**
 * The state of consent of one site.
 * @param {string} explicit  granted | denied | ''
 * @param {boolean} refusing  GPC or DNT
 * @param {string} setting  required | granted | off
 */
export const judge = (explicit, refusing, setting) =>
  explicit || (refusing ? 'denied' : setting === 'granted' ? 'granted' : 'unset');

/** Whether this browser refuses for its user. */
const refusing = () => {
  const { globalPrivacyControl: gpc, doNotTrack: dnt } = /** @type {Navigator & {globalPrivacyControl?: boolean}} */ (navigator);
  return gpc === true || dnt === '1';
};

/** @param {string} setting @returns {string} granted | denied | unset */
export const state = (setting) => judge(said, refusing(), setting);

/** By which way the grant came: api | tag | tarteaucitron. */
export const way = () => how;

/** Which wording was agreed to, where the page told. */
export const wording = () => version;

/**
 * The visitor decides. Nothing but a grant is remembered, by `remember`.
 * @param {unknown} decision  anything but granted and denied is ignored
 * @param {string} by  api | tarteaucitron
 * @param {unknown} [text]  the version of the text that was shown
 * @returns {boolean}  whether this is news
 */
export function decide(decision, by, text) {
  if ((decision !== 'granted' && decision !== 'denied') || decision === said) return false;
  said = decision;
  how = by;
  version = cut(text, LABEL_LENGTH);
  return true;
}

/** Keeps the grant for the next page, with its kind. Leads mode only. */
export const remember = () => {
  const kind = said || 'tag';
  if (recall(CONSENT) !== kind) keep(CONSENT, kind);
  held = recall(CONSENT);
};

/** Whether the device says something else than this page knows: another tab has decided. */
export function changed() {
  const kept = recall(CONSENT);
  if (kept === 'granted') return decide('granted', how);
  return !!held && !kept && decide('denied', how);
}

/**
 * Takes up what an earlier page kept.
 * @returns {string}  granted | tag | ''
 */
export function awake() {
  const kept = recall(CONSENT);
  if (kept === 'granted') said = kept;
  return kept;
}

/** What the consent manager of the page says, where there is one: true, false or nothing yet. */
export const verdict = () => {
  const manager = /** @type {any} */ (window).tarteaucitron;
  return manager && manager.state && manager.state.getplus;
};
