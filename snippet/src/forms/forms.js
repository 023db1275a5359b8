/** The second file: forms. It comes as soon as a page has a field; without it nothing of a form leaves. */

import { listen, meet, summon } from '../shared.js';
import { fit } from './bounds.js';
import { controls, guard, inspect, isForm, reaches, snapshot } from './fields.js';
import { leaveForms, watchViews } from './funnel.js';
import { answers, isShown, isWrong, requests, watchRequests } from './results.js';
import { watchWindow } from './roots.js';
import { closeForms, conclude, sent, shown } from './sent.js';

const page = /** @type {any} */ (window);
const VENDORS =
  '[src*=hsforms],[src*=hubspot],[src*=typeform],[src*="tally.so"],[src*=calendly],.kb-form,[class*=forminator],[novalidate],[data-page],[data-fs-form],form [type=button],form [role=button]';

/** @param {import('../core.js').Core} core  the first file's */
export default (core) => {
  meet(core);
  Object.assign(core, {
    conclude_: conclude,
    explain_: inspect,
    fit_: fit,
    guard_: guard,
    views_: [],
    controls_: controls,
    isForm_: isForm,
    reaches_: reaches,
    snapshot_: snapshot,
    answers_: answers,
    isShown_: isShown,
    isWrong_: isWrong,
    requests_: requests,
    sent_: sent,
    shown_: shown,
    close_: () => {
      core.release_?.();
      closeForms();
      leaveForms();
    },
  });
  // Plug-ins, vendors and programs that judge fields themselves (`novalidate`) have their own ways of saying what became of a form.
  const look = () => (page.jQuery || page.htmx || page.Turbo || page.formspree || document.querySelector(VENDORS)) && summon(2);
  look();
  listen(window, 'load focusin click', look);
  watchRequests();
  watchWindow(window);
  watchViews();
  for (const event of core.early_) sent(event.target, 'submit', event);
};
