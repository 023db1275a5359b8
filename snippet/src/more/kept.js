/**
 * A sending that a page kept to itself: its own `confirm` was answered with no, its own rule was not met, or its question stands there
 * still. Of that no event tells; but nobody was asked anything, and the form stands there as it was.
 *
 * @typedef {import('../forms/sent.js').Attempt} Attempt
 */

import { emit, first, json, later, sites } from '../shared.js';
import { formResult } from '../wire.js';

const ASKING = 1e4; // ms in which a page asks its server
const PATIENCE = 6e4; // ms in which it may answer
const GLANCE = 500; // ms between two looks

/**
 * The answer to a page, by whatever can carry a form (an address with a query: a script, a picture), to what it asked after a sending.
 * @param {Attempt} attempt
 */
const answer = ({ start_ }) =>
  first.requests_.find(
    (/** @type {any} */ { startTime, name, initiatorType }) =>
      startTime >= start_ &&
      startTime < start_ + ASKING &&
      (/\?/.test(name) || /^(fetch|xml|beacon|iframe)/.test(initiatorType)) &&
      !sites.some(({ endpoint_ }) => name.replace(/\/id$/, '') === endpoint_),
  );

/** A slow server answers after all. @param {Attempt} attempt */
const wait = (attempt) =>
  later(() => {
    const heard = answer(attempt);
    if (heard) heard.responseStatus > 399 || emit(formResult(attempt, 'confirmed', 'response'));
    else if (Date.now() - attempt.at_ < PATIENCE) wait(attempt);
  }, GLANCE);

/**
 * What can be said of an attempt, when its time is over, that showed no sign. A browser that tells of no request at all, a page that is
 * in a frame or behind another window (where a message or a mail is being written) leave it open.
 * @param {Attempt} attempt
 * @returns {[result: string, by: string] | undefined}
 */
export function kept(attempt) {
  const { form_, event_, how_, at_, path_, values_ } = attempt;
  if (
    how_ !== 'submit' ||
    !event_?.defaultPrevented ||
    Date.now() - at_ < ASKING ||
    path_ !== location.pathname + location.search ||
    form_.ownerDocument !== document ||
    !document.hasFocus() ||
    !first.isShown_(form_) ||
    !first.requests_[0] ||
    answer(attempt) ||
    json(first.snapshot_(form_)?.fields_) !== values_
  )
    return;
  wait(attempt);
  return ['failed', 'none'];
}
