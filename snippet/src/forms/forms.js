/** The second file: forms. It comes as soon as a page has a field; without it nothing of a form leaves. */

import { meet } from '../shared.js';
import { leaveForms, watchViews } from './funnel.js';
import { closePresses } from './presses.js';
import { watchRequests } from './results.js';
import { watchWindow } from './roots.js';
import { closeForms, conclude, sent, submitted } from './sent.js';

/** @param {import('../core.js').Core} core  the first file's */
export default (core) => {
  meet(core);
  Object.assign(core, {
    conclude_: conclude,
    submitted_: submitted,
    close_: () => {
      closePresses();
      closeForms();
      leaveForms();
    },
  });
  watchRequests();
  watchWindow(window);
  watchViews();
  // What was sent while this file was on its way, if its page is still here.
  core.early_.forEach((/** @type {any} */ event) => sent(event.target, 'submit', event));
};
