/** `#webleads-own`: somebody's own visits do not count, in this browser, until `#webleads-own=off`. Asked for by whoever sits there. */

import { OWN, keep, recall } from '../device.js';
import { sites } from '../shared.js';

/** Does what the address asks for; on a device that keeps nothing, for this page. @returns {boolean}  whether this visit is one's own */
export function heed() {
  const [wish, off] = /^#webleads-own(=off)?$/.exec(location.hash) || [];
  if (wish) keep(OWN, off ? '' : '1');
  const own = wish ? !off : !!recall(OWN);
  if (own) sites.length = 0;
  return own;
}
