/**
 * Forms that are sent: one submission each. What becomes of it on a page that stays is looked after by the second file
 * (more/results.js), which such a page is the sign for; so is a sending that shows neither by the event nor by the method `submit`.
 *
 * @typedef {import('./fields.js').Snapshot} Snapshot
 * @typedef {Snapshot & {
 *   form_: Element, values_: string, at_: number, start_: number, shown_: boolean, count_: number, stays_: boolean,
 *   event_?: SubmitEvent, how_: string, reset_?: boolean, ended_?: string,
 * }} Attempt
 *   form_: or the piece of page that stands for one; values_: what was sent, as text; start_: at_ by the page's own clock;
 *   shown_: it was to be seen; count_: forms on the page; stays_: its answer goes to another window; event_: of the visitor's sending;
 *   how_: in the end; ended_: its result
 */

import { core, summon } from './core.js';
import { ask, attribute, guard, snapshot } from './fields.js';
import { touch } from './funnel.js';
import { later, listen, watch } from './listen.js';
import { emit } from './track.js';
import { custom, cut, fit, formResult, formSubmit, json } from './wire.js';

const SAME = 6e4; // ms in which the same values of the same form are one submission
const AT_ONCE = 30; // ms: a reset within the page's own handler says nothing of success

/** The newest first. @type {Attempt[]} */
let attempts = [];

/** @param {Attempt} attempt @param {string} result @param {string} by */
export function end(attempt, result, by) {
  if (!attempt.ended_) emit(formResult(attempt, (attempt.ended_ = result), by));
}

/**
 * A form is being sent.
 * @param {Element} form
 * @param {string} how  submit | script | click
 * @param {SubmitEvent} [event]
 * @param {Snapshot} [taken]
 */
export function sent(form, how, event, taken = snapshot(form, event?.submitter)) {
  if (!taken) return;
  const button = event?.submitter;
  const values_ = json(taken.fields_);
  const at_ = Date.now();
  attempts = attempts.filter((one) => at_ - one.at_ < SAME);
  // A script that sends the form goes on with what the visitor began, whatever it changed in between.
  let attempt = attempts.find(
    (one) => one.key_ === taken.key_ && one.ended_ !== 'failed' && (one.values_ === values_ || (how === 'script' && one.event_)),
  );
  if (!attempt) {
    attempt = {
      ...taken,
      form_: form,
      values_,
      at_,
      start_: performance.now(),
      shown_: !!ask(form, 'getClientRects')[0],
      count_: document.querySelectorAll('form').length,
      stays_: !/^(_(self|top|parent))?$/i.test((button && attribute(button, 'formtarget')) || attribute(form, 'target')),
      how_: how,
    };
    // Sent again with other values: whatever becomes of the form now says nothing of the sending before.
    attempts.forEach((one) => one.form_ === form && end(one, 'unknown', 'none'));
    attempts.unshift(attempt);
    touch(form).sent_ = true;
    emit(formSubmit(taken.key_, attempt, how, taken.action_, taken.fields_), true);
    later(() => summon().then(() => core.watch_?.(attempt)), AT_ONCE);
  }
  attempt.event_ = event || attempt.event_;
  attempt.how_ = how;
}

/** The page goes away: a form that was sent natively is why, one that a script handles is not. */
export const closeForms = () =>
  attempts.forEach((attempt) =>
    attempt.stays_ || (attempt.how_ !== 'script' && (!attempt.event_ || attempt.event_.defaultPrevented))
      ? end(attempt, 'unknown', 'none')
      : end(attempt, 'confirmed', 'navigation'),
  );

/**
 * A submission that the page itself describes.
 * @param {unknown} name  the form's
 * @param {any} given  name → value
 * @param {string} [how]
 */
export const submitted = (name, given, how = 'api') =>
  emit(
    formSubmit(
      cut(name),
      {},
      how,
      undefined,
      fit(Object.keys(given || {}).map((key) => guard({ name: cut(key), type: 'text', value: String(given[key]) }))),
    ),
    true,
  );

/** Watches every form of a document or a shadow, those to come too. @param {any} root  a window, or a shadow */
export function watchForms(root) {
  listen(root, 'submit', (event) => {
    const name = attribute(event.target, 'data-webleads-event');
    sent(event.target, 'submit', event);
    if (name) emit(custom(name));
  });
  listen(root, 'reset', ({ target }) =>
    attempts.forEach((attempt) => {
      if (attempt.form_ === target && Date.now() - attempt.at_ > AT_ONCE) attempt.reset_ = true;
    }),
  );
  listen(root, 'invalid', ({ target }) => summon().then(() => core.invalid_?.(target)));
  if (root.HTMLFormElement) watch(root.HTMLFormElement.prototype, 'submit', (form) => sent(form, 'script'));
}
