/**
 * The third file, for what seldom happens: what a grant needs, the visitor's own page, which long numbers are secrets, the words of languages
 * further away, sendings that a page kept to itself, and what an owner is shown. It is given the first file's `core`.
 */

import { siteNumber } from '../config.js';
import { SECRET, readCookie, recall } from '../device.js';
import { holdsNumber } from '../numbers.js';
import { first, meet } from '../shared.js';
import { kept } from './kept.js';
import { watchOverlay } from './overlay.js';
import { confirm } from './proof.js';
import { submitted } from './submitted.js';
import { besideCard, far } from './words.js';

/**
 * The visitor's own page, in a new tab. The secret goes in the body of a request: an address is logged and remembered. A form's `submit`
 * fires no event, so nothing of it is captured.
 */
function openMine() {
  const form = document.createElement('form');
  const key = document.createElement('input');
  form.action = first.home_ + '/me';
  form.method = 'post';
  form.target = '_blank';
  key.name = 'key';
  // of one's own visits there are no sites, but the page knows
  key.value = [[first.data_.site, .../** @type {any} */ (window).webleads_site_ids].find(siteNumber), readCookie(), recall(SECRET)].join();
  form.append(key);
  document.documentElement.append(form);
  HTMLFormElement.prototype.submit.call(form);
  form.remove();
}

/** @param {import('../core.js').Core} core  the first file's */
export default (core) => {
  meet(core);
  Object.assign(core, {
    beside_: besideCard,
    confirm_: confirm,
    far_: far,
    kept_: kept,
    mydata_: openMine,
    number_: holdsNumber,
    overlay_: watchOverlay,
    submitted_: submitted,
  });
};
