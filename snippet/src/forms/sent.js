/**
 * Forms that are sent: one submission each.
 *
 * @typedef {import('./fields.js').Snapshot} Snapshot
 * @typedef {Snapshot & {
 *   form_: Element, values_: string, at_: number, start_: number, path_: string, root_: any, count_: number, stays_: boolean,
 *   event_?: SubmitEvent, how_: string, reset_?: boolean, ended_?: string,
 * }} Attempt
 *   form_: or the piece of page that stands for one; values_: what was sent, as text; start_: at_ by the page's own clock; path_: of the
 *   page; root_: the form's document or shadow; count_: forms to be seen there, 0 if this one was not; stays_: its answer goes to
 *   another window; event_: of the visitor's sending; how_: in the end; ended_: its result
 */

import { ask, attribute, emit, first, json, later, listen, summon, watch } from '../shared.js';
import { formResult, formSubmit } from '../wire.js';
import { aim, snapshot } from './fields.js';
import { invalid, touch } from './funnel.js';
import { countForms, isShown, look, place } from './results.js';

const SAME = 6e4; // ms in which the same values of the same form are one submission
const GLANCE = 250; // ms between two looks
const AT_ONCE = 30; // ms: a reset within the page's own handler says nothing of success

/** The newest first. @type {Attempt[]} */
let attempts = [];

/** When a form was last sent by a sign of its own. @type {WeakMap<Element, number>} */
export const shown = new WeakMap();

/** @param {Attempt} attempt @param {string} result @param {string} by */
function end(attempt, result, by) {
  if (!attempt.ended_) emit(formResult(attempt, (attempt.ended_ = result), by));
}

/**
 * Something outside says what became of the newest attempt at a form, or at any within or around an element.
 * @param {any} element  none: of the page
 * @param {string} result  confirmed | failed
 * @param {string} by  event | node
 */
export function conclude(element, result, by) {
  const found = attempts.find(({ form_ }) => !element?.contains || element.contains(form_) || ask(form_, 'contains', element));
  if (found) end(found, result, by);
}

/** Looks, until it is over, what became of an attempt. @param {Attempt} attempt */
const watchOver = (attempt) =>
  later(() => {
    const found = attempt.ended_ ? undefined : look(attempt);
    // Of what gave no sign the third file tells whether the page kept it to itself.
    if (found?.[1] === 'none') summon(1).then(() => end(attempt, .../** @type {[string, string]} */ (first.kept_?.(attempt) || found)));
    else if (found) end(attempt, ...found);
    else if (!attempt.ended_) watchOver(attempt);
  }, GLANCE);

/**
 * A form is being sent.
 * @param {Element} form
 * @param {string} how  submit | script | click
 * @param {SubmitEvent | null} [event]
 * @param {Snapshot} [taken]
 */
export function sent(form, how, event, taken = snapshot(form, event)) {
  if (!taken) return;
  if (how !== 'click') shown.set(form, performance.now());
  const values_ = json(taken.fields_);
  const at_ = Date.now();
  attempts = attempts.filter((one) => at_ - one.at_ < SAME);
  // A script that sends the form goes on with what the visitor began, whatever it changed in between.
  let attempt = attempts.find(
    (one) => one.key_ === taken.key_ && one.ended_ !== 'failed' && (one.values_ === values_ || (how === 'script' && one.event_)),
  );
  if (!attempt) {
    const root_ = ask(form, 'getRootNode');
    attempt = {
      ...taken,
      form_: form,
      values_,
      at_,
      start_: event?.timeStamp || performance.now(),
      path_: place(),
      root_,
      count_: isShown(form) ? countForms(root_) || 1 : 0,
      stays_: !/^(_(self|top|parent))?$/i.test(aim(form, event, 'target')) || /dialog/i.test(attribute(form, 'method')),
      how_: how,
    };
    // Sent again with other values: whatever becomes of the form now says nothing of the sending before. Other fields: that was a step.
    const names = taken.fields_.map(({ name }) => name).join();
    for (const one of attempts)
      if (one.form_ === form) end(one, one.fields_.map(({ name }) => name).join() === names ? 'unknown' : 'failed', 'none');
    attempts.unshift(attempt);
    touch(form).sent_ = true;
    emit(formSubmit(taken.key_, attempt, how, taken.action_, taken.fields_), true);
    watchOver(attempt);
  }
  attempt.event_ = event || attempt.event_;
  attempt.how_ = how;
}

/** The page goes away: a form that was sent natively is why, one that a script handles is not. */
export const closeForms = () =>
  attempts.forEach((attempt) =>
    !attempt.stays_ && (attempt.how_ === 'script' || attempt.event_?.defaultPrevented === false)
      ? end(attempt, 'confirmed', 'navigation')
      : end(attempt, 'unknown', 'none'),
  );

/** Watches every form of a document or a shadow, those to come too. @param {any} root  a window, or a shadow */
export function watchForms(root) {
  listen(root, 'submit', (event) => {
    const name = attribute(event.target, 'data-webleads-event');
    sent(event.target, 'submit', event);
    if (name) /** @type {any} */ (window).webleads('event', name);
  });
  listen(root, 'reset', ({ target }) => {
    for (const attempt of attempts) if (attempt.form_ === target && Date.now() - attempt.at_ > AT_ONCE) attempt.reset_ = true;
  });
  listen(root, 'invalid', ({ target }) => invalid(target));
  if (root.HTMLFormElement) watch(root.HTMLFormElement.prototype, 'submit', (form) => sent(form, 'script'));
}
