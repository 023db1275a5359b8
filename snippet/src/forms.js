/**
 * Forms that are sent: one submission each, and what became of it as far as a page shows that to everybody.
 *
 * @typedef {{
 *   form: HTMLFormElement, key: string, at: number, values: string, invalid: number, url: string, submission: object,
 *   event?: SubmitEvent, byScript?: boolean, stays: boolean, reset?: boolean, ended?: boolean,
 * }} Attempt
 *   values: what was sent, as text; invalid: fields marked as wrong when it was sent; stays: its answer goes to another window
 */

import { attribute, controls, guard, snapshot } from './fields.js';
import { safely } from './device.js';
import { listen, watch } from './listen.js';
import { emit } from './track.js';
import { FORM_FIELDS, LABEL_LENGTH, cut, fit, formResult, formSubmit } from './wire.js';

const SAME = 3000; // ms in which the same values of the same form are one submission
const OBSERVED = 10000; // ms
const GLANCE = 250; // ms between two looks
const AT_ONCE = 30; // ms: a reset within the page's own handler says nothing of success

/** @type {Attempt[]} */
let attempts = [];

/**
 * What became of a submission whose page is still there.
 * @param {{age: number, moved: boolean, invalid: boolean, reset: boolean, gone: boolean, twin: boolean}} signs
 *   moved: the page went elsewhere; invalid: fields were marked as wrong since; twin: the form came back in another element
 * @returns {[result: string, by: string] | undefined}  nothing: look again later
 */
export function verdict({ age, moved, invalid, reset, gone, twin }) {
  if (moved) return ['unknown', 'none'];
  if (invalid) return ['failed', 'node'];
  if (reset) return ['confirmed', 'reset'];
  if (gone && !twin) return ['confirmed', 'gone'];
  if (gone || age >= OBSERVED) return ['unknown', 'none'];
}

/** How many fields the page marks as wrong. @param {HTMLFormElement} form */
const marked = (form) => controls(form).filter((control) => attribute(control, 'aria-invalid') === 'true').length;

/** @param {HTMLFormElement} form */
const values = (form) => JSON.stringify((snapshot(form) || {}).fields);

/** @param {Attempt} attempt @param {string} result @param {string} by */
function end(attempt, result, by) {
  attempt.ended = true;
  if (result === 'failed') attempt.at = 0; // the next try is another submission
  emit(formResult(attempt.submission, result, by));
}

/** @param {Attempt} attempt */
function look(attempt) {
  if (attempt.ended) return;
  const { form, key, url } = attempt;
  const gone = !document.contains(form);
  const found = verdict({
    age: Date.now() - attempt.at,
    moved: place() !== url,
    // Wrong fields that were wrong before, or whose form was emptied since, say nothing of this submission.
    invalid: !gone && marked(form) > attempt.invalid && values(form) === attempt.values,
    reset: !!attempt.reset,
    gone,
    twin: gone && Array.from(document.forms).some((other) => (snapshot(other) || {}).key === key),
  });
  if (found) end(attempt, ...found);
  else setTimeout(() => safely(() => look(attempt)), GLANCE);
}

/** The page by its address; a fragment is no other page. */
const place = () => location.href.replace(/#.*/s, '');

/**
 * Whether the answer goes elsewhere, so that this page's end is not the form's doing.
 * @param {HTMLFormElement} form @param {Element | null | undefined} button
 */
const stays = (form, button) =>
  !/^(_self|_top|_parent)?$/i.test((button && attribute(button, 'formtarget')) || attribute(form, 'target')) ||
  /^dialog$/i.test(attribute(form, 'method'));

/**
 * A form is being sent.
 * @param {unknown} form
 * @param {SubmitEvent} [event]  none when a script calls `form.submit()`
 */
function sent(form, event) {
  if (!(form instanceof HTMLFormElement)) return;
  const button = event && event.submitter;
  const taken = snapshot(form, button);
  if (!taken) return;
  const { key, action, fields } = taken;
  const at = Date.now();
  const text = JSON.stringify(fields);
  attempts = attempts.filter((one) => at - one.at < SAME || !one.ended);
  // A script that sends the form goes on with what the visitor began, whatever it changed in between.
  const same = attempts.find((one) => one.key === key && at - one.at < SAME && (one.values === text || (!event && one.event)));
  if (same) {
    same.byScript = !event;
    same.event = event || same.event;
    return;
  }
  const attempt = {
    form, key, at, event, values: text, invalid: marked(form), url: place(), submission: {}, byScript: !event, stays: stays(form, button),
  }; // prettier-ignore
  attempts.push(attempt);
  emit(formSubmit(key, attempt.submission, event ? 'submit' : 'script', action, fields), true);
  setTimeout(() => safely(() => look(attempt)), GLANCE);
}

/** The page goes away: a form that was sent natively is why, one that a script handles is not. */
export function closeForms() {
  for (const attempt of attempts) {
    if (attempt.ended) continue;
    if (!attempt.stays && (attempt.byScript || !(attempt.event && attempt.event.defaultPrevented))) end(attempt, 'confirmed', 'navigation');
    else end(attempt, 'unknown', 'none');
  }
}

/**
 * A submission that the page itself describes.
 * @param {unknown} name  the form's
 * @param {unknown} given  name → value
 */
export function submitted(name, given) {
  const fields = Object.entries(Object(given))
    .slice(0, FORM_FIELDS)
    .map(([key, value]) => guard({ name: cut(key, LABEL_LENGTH), type: 'text', value: String(value) }));
  emit(formSubmit(cut(name, LABEL_LENGTH), {}, 'api', '', fit(fields)), true);
}

/** Watches every form of the page, those to come too. */
export function watchForms() {
  listen(window, 'submit', (event) => sent(event.target, event));
  watch(HTMLFormElement.prototype, 'submit', 'before', (form) => sent(form));
  listen(window, 'reset', (event) => {
    for (const attempt of attempts) if (attempt.form === event.target && Date.now() - attempt.at > AT_ONCE) attempt.reset = true;
  });
}
