/**
 * Forms that are sent: one submission each, and what became of it as far as a page shows that to everybody.
 *
 * @typedef {{
 *   form: HTMLFormElement, key: string, at: number, values: string, path: string, stays: boolean,
 *   event?: SubmitEvent, script?: boolean, reset?: boolean, ended?: boolean,
 * }} Attempt
 *   values: what was sent, as text; stays: its answer goes to another window;
 *   event: of the visitor's sending; script: a script sent it (in the end)
 */

import { later } from './device.js';
import { attribute, guard, snapshot } from './fields.js';
import { listen, watch } from './listen.js';
import { emit } from './track.js';
import { FORM_FIELDS, cut, fit, formResult, formSubmit, json } from './wire.js';

const SAME = 3000; // ms in which the same values of the same form are one submission
const OBSERVED = 10000; // ms
const GLANCE = 250; // ms between two looks
const AT_ONCE = 30; // ms: a reset within the page's own handler says nothing of success

/** @type {Attempt[]} */
let attempts = [];

/**
 * What became of a submission whose page is still there.
 * @param {number} age  ms
 * @param {boolean} moved  the page went elsewhere
 * @param {boolean} gone  the form is no longer on the page
 * @param {boolean} twin  but came back in another element
 * @param {boolean} [reset]
 * @returns {[result: string, by: string] | undefined}  nothing: look again later
 */
export function verdict(age, moved, gone, twin, reset) {
  if (moved || (gone && twin) || age > OBSERVED) return ['unknown', 'none'];
  if (reset || gone) return ['confirmed', reset ? 'reset' : 'gone'];
}

/** @param {Attempt} attempt @param {string} result @param {string} by */
function end(attempt, result, by) {
  if (attempt.ended) return;
  attempt.ended = true;
  emit(formResult(attempt, result, by));
}

/** The page by its address; a fragment is no other page. */
const place = () => location.pathname + location.search;

/** @param {Attempt} attempt */
const watchOver = (attempt) => later(() => look(attempt), GLANCE);

/** @param {Attempt} attempt */
function look(attempt) {
  const { form, key, path } = attempt;
  const gone = !document.contains(form);
  const twin = gone && [...document.forms].some((other) => snapshot(other)?.key === key);
  const found = verdict(Date.now() - attempt.at, place() !== path, gone, twin, attempt.reset);
  if (found) end(attempt, ...found);
  else if (!attempt.ended) watchOver(attempt);
}

/**
 * A form is being sent.
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} [event]  none when a script calls `form.submit()`
 */
function sent(form, event) {
  const button = event?.submitter;
  const taken = form instanceof HTMLFormElement && snapshot(form, button);
  if (!taken) return;
  const { key, action, fields } = taken;
  const values = json(fields);
  const at = Date.now();
  attempts = attempts.filter((one) => !one.ended || at - one.at < SAME);
  // A script that sends the form goes on with what the visitor began, whatever it changed in between.
  let attempt = attempts.find((one) => one.key === key && at - one.at < SAME && (one.values === values || (!event && one.event)));
  if (!attempt) {
    const target = (button && attribute(button, 'formtarget')) || attribute(form, 'target');
    const stays = !/^(_self|_top|_parent)?$/i.test(target) || /dialog/i.test(attribute(form, 'method'));
    attempt = { form, key, at, values, path: place(), stays };
    // Sent again with other values: whatever becomes of the form now says nothing of the sending before.
    attempts.forEach((one) => one.form === form && end(one, 'unknown', 'none'));
    attempts.push(attempt);
    emit(formSubmit(key, attempt, event ? 'submit' : 'script', action, fields), true);
    watchOver(attempt);
  }
  attempt.event = event || attempt.event;
  attempt.script = !event;
}

/** The page goes away: a form that was sent natively is why, one that a script handles is not. */
export const closeForms = () =>
  attempts.forEach((attempt) =>
    attempt.stays || (!attempt.script && attempt.event?.defaultPrevented)
      ? end(attempt, 'unknown', 'none')
      : end(attempt, 'confirmed', 'navigation'),
  );

/**
 * A submission that the page itself describes.
 * @param {unknown} name  the form's
 * @param {any} given  name → value
 */
export const submitted = (name, given) =>
  emit(
    formSubmit(
      cut(name),
      {},
      'api',
      undefined,
      fit(
        Object.entries(given || {})
          .slice(0, FORM_FIELDS)
          .map(([key, value]) => guard({ name: cut(key), type: 'text', value: String(value) })),
      ),
    ),
    true,
  );

/** Watches every form of the page, those to come too. */
export function watchForms() {
  listen(window, 'submit', (event) => sent(event.target, event));
  watch(HTMLFormElement.prototype, 'submit', sent, true);
  listen(window, 'reset', ({ target }) =>
    attempts.forEach((attempt) => {
      if (attempt.form === target && Date.now() - attempt.at > AT_ONCE) attempt.reset = true;
    }),
  );
}
