/** Other programs on the page: they may come later than this file does, and one in another's place. */

import { listen, safely } from '../shared.js';

const page = /** @type {any} */ (window);

/**
 * Meets a program as soon as it is there.
 * @param {string} name  of the page's variable that holds it
 * @param {(program: any) => void} work  for each that is found there
 */
export const meetProgram = (name, work) => {
  /** @type {any} */
  let known;
  const look = () => {
    if (known !== (known = page[name])) work(known);
  };
  safely(look);
  listen(window, 'load focusin click submit', look);
};
