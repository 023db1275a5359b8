/**
 * Who said what about tracking. Three voices, loudest first: the visitor on this site (the page's call, a consent manager, or what
 * was kept from then), the visitor's browser (GPC, DNT), the page on the visitor's behalf (its setting).
 */

import { core } from './core.js';
import { CONSENT, keep, recall } from './device.js';
import { cut } from './wire.js';

/** What the visitor said on this site: granted | denied | '' */
let said = '';
let held = '';
/** By which way: api | tag | the consent manager's name. */
export let way = 'tag';
/** The version of the text that was shown, where the page told. */
export let wording = '';

/**
 * The state of consent of one site: granted | denied | unset. An owner may have written `data-dnt="ignored"`; GPC is always heard.
 * @param {string} setting  required | granted | off
 * @param {any} [browser]
 */
export const state = (setting, browser = navigator) =>
  said ||
  // Do Not Track is '1': more than 0, and no more than 1
  (browser.globalPrivacyControl || browser.doNotTrack > +!!core.data_.dnt ? 'denied' : setting === 'granted' ? setting : 'unset');

/**
 * The visitor decides. Nothing but a grant is remembered, by `remember`.
 * @param {any} decision  anything but granted and denied is ignored
 * @param {string} by  api, or the consent manager's name
 * @param {unknown} [text]  the version of the text that was shown
 * @returns {boolean}  whether this is news
 */
export function decide(decision, by, text) {
  if (!/^(granted|denied)$/.test(decision) || decision === said) return false;
  said = decision;
  way = by;
  wording = cut(text);
  return true;
}

/** Keeps the grant for the next page, with its kind. Leads mode only. */
export function remember() {
  keep(CONSENT, said || 'tag');
  held = recall(CONSENT);
}

/** Takes up what an earlier page kept: granted | tag | '' */
export const wake = () => {
  held = recall(CONSENT);
  if (held === 'granted') said = held;
  return held;
};

/** Whether the device says something else than this page knows: another tab has decided. */
export const changed = () => decide(recall(CONSENT) || (held && 'denied'), way);
