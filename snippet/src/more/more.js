/** The third file: what the owner asks for, other programs on the page, and what a grant needs. It is given the first file's `core`. */

import { SECRET, readCookie, recall } from '../device.js';
import { holdsNumber } from '../numbers.js';
import { meet } from '../shared.js';
import { watchDomains } from './domains.js';
import { watchFill } from './fill.js';
import { watchManagers } from './managers.js';
import { watchOverlay } from './overlay.js';
import { watchPlugins } from './plugins.js';
import { closePresses, watchPresses } from './presses.js';
import { confirm } from './proof.js';
import { watchVendors } from './vendors.js';
import { besideCard, far } from './words.js';

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
    /** The visitor's own page. The secret stays behind the `#`, which no browser sends. */
    mydata_: () => location.assign(core.home_ + '/me' + (recall(SECRET) && `#${readCookie()}.${recall(SECRET)}`)),
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
