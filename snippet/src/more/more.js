/** The second file: what only some pages need. It is given the first file's `core`. */

import { judge } from '../words.js';

/** @param {import('../core.js').Core} core */
export default (core) => {
  core.judge_ = judge;
};
