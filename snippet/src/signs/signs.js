/**
 * The fourth file, for pages that show a sign of it: other programs (plug-ins, vendors' forms, consent managers), buttons that send without a
 * form, and what the owner asks for. It is given the first file's `core`.
 */

import { first, listen, meet, summon } from '../shared.js';
import { watchDomains } from './domains.js';
import { watchFill } from './fill.js';
import { watchManagers } from './managers.js';
import { heed } from './own.js';
import { watchPlugins } from './plugins.js';
import { closePresses, watchPresses } from './presses.js';
import { watchVendors } from './vendors.js';

/** @param {import('../core.js').Core} core  the first file's @returns {Promise<void> | undefined}  what the first view waits for */
export default (core) => {
  meet(core);
  const { domains, fill } = core.data_;
  /** @type {Promise<void> | undefined} */
  let ready;
  const look = () => {
    const own = heed();
    if (/^#webleads-/.test(location.hash)) ready = summon(1).then(() => first.overlay_?.(own));
    return own;
  };
  listen(window, 'hashchange', look);
  if (look()) return ready;
  Object.assign(core, { release_: closePresses, presses_: watchPresses });
  if (domains) watchDomains(domains);
  watchManagers();
  watchVendors();
  watchPlugins();
  core.views_?.forEach(watchPresses);
  if (fill != null) watchFill();
  return ready;
};
