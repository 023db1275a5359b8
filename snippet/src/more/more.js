/** The third file: what the owner asks for, other programs on the page, and what a grant needs. It is given the first file's `core`. */

import { meet } from '../shared.js';
import { confirm } from './proof.js';

/** @param {import('../core.js').Core} core */
export default (core) => {
  meet(core);
  Object.assign(core, { confirm_: confirm });
};
