/** The third file: what the owner asks for, other programs on the page, and what a grant needs. It is given the first file's `core`. */

import { SECRET, readCookie, recall } from '../device.js';
import { holdsNumber } from '../numbers.js';
import { first, meet } from '../shared.js';
import { watchDomains } from './domains.js';
import { watchFill } from './fill.js';
import { watchManagers } from './managers.js';
import { watchOverlay } from './overlay.js';
import { watchPlugins } from './plugins.js';
import { closePresses, watchPresses } from './presses.js';
import { confirm } from './proof.js';
import { watchVendors } from './vendors.js';
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
  key.value = [first.sites_[0].id_, readCookie(), recall(SECRET)].join();
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
    number_: holdsNumber,
    release_: closePresses,
    presses_: watchPresses,
    mydata_: openMine,
  });
  const { domains, fill } = core.data_;
  if (domains) watchDomains(domains);
  watchManagers();
  watchVendors();
  watchPlugins();
  core.views_?.forEach(watchPresses);
  if (fill != null) watchFill();
  if (/^#webleads-debug/.test(location.hash)) watchOverlay();
};
