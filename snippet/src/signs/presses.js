/**
 * Sendings of which no event tells: a press of a button, then a request. It is held back until it is sure: a press may open the next
 * step, close a window, or meet an error.
 *
 * @typedef {import('../forms/sent.js').Attempt} Attempt
 * @typedef {Pick<Attempt, 'form_' | 'at_' | 'start_' | 'action_'> & {taken_: import('../forms/fields.js').Snapshot, touched_?: boolean, gone_?: number}} Press
 *   touched_: somebody went on in the form; gone_: when it was no longer to be seen, by the page's own clock
 */

import { ask, first, later, listen } from '../shared.js';

const GLANCE = 250; // ms between two looks
const SETTLED = 1500; // ms in which a form that was sent may still show a next step or an error
const HELD = 5000; // ms in which a press leads to a request, or to nothing
const LEVELS = 12; // between a button and the piece of page that holds its fields
const BUTTON = 'button,a,input,[role=button],[onclick],[class*=btn],[class*=button]';
const BUTTONS = 'button,[type=submit],[type=button],[role=button],[onclick],[class*=btn]';
const NAMED = 'data-webleads-form';
const FIELD = 'input:not([type=button],[type=submit],[type=image]),select,textarea';

/** @type {Press | undefined} */
let held;

/**
 * What stands for the form of a button: its form, or the nearest piece of page in which somebody can be reached, with the fields around
 * it that have no button of their own; where the owner has named a piece (`data-webleads-form`), that one and no more.
 * @param {any} node
 */
function scope(node) {
  let found = (node.closest('button,input') || node).form;
  if (found) return found;
  let [count, buttons] = [0, 1];
  for (let level = 0; node?.matches && level < LEVELS; level++, node = node.parentNode) {
    const named = node.hasAttribute(NAMED);
    if (first.isForm_(node)) return node;
    // The whole page stands for one form after another: no piece is widened to it.
    if (found && (node === document.body || (!named && found.hasAttribute(NAMED)))) break;
    const fields = first.controls_(node);
    const near = node.querySelectorAll(BUTTONS).length;
    if (found ? named || (near <= buttons && fields[count]) : (node === document.body || near || fields[1]) && fields.some(first.reaches_))
      [found, count, buttons] = [node, fields.length, Math.max(near, 1)];
  }
  return found;
}

/** The press was a sending, if the form has not said so itself. @param {Press} press */
function conclude(press) {
  held = undefined;
  if (!((first.shown_.get(press.form_) || 0) >= press.start_)) first.sent_(press.form_, 'click', null, press.taken_);
}

/** What was asked of a server since a press. What began after its form had gone belongs to something else. @param {Press} press @returns {any[]} */
const heardOf = (press) => first.answers_(press).filter((/** @type {any} */ { startTime }) => !(startTime > /** @type {any} */ (press.gone_)));

/** @param {Press} press */
const watchOver = (press) =>
  later(() => {
    if (held !== press) return;
    const age = Date.now() - press.at_;
    const over = !first.isShown_(press.form_) || !first.controls_(press.form_).some(first.reaches_);
    if (over) press.gone_ = press.gone_ || performance.now();
    const heard = heardOf(press);
    if (heard[0] && (over || (age > SETTLED && !press.touched_ && !first.isWrong_(press.form_)))) {
      if (over || heard.some((/** @type {any} */ { responseStatus }) => !(responseStatus > 399))) conclude(press);
      else held = undefined;
    } else if (age > HELD || (first.shown_.get(press.form_) || 0) >= press.start_) held = undefined;
    else watchOver(press);
  }, GLANCE);

/** Somebody pressed a button, or Enter in a field. @param {any} event */
function pressed(event) {
  const [node] = event.composedPath();
  const field = node.matches(FIELD);
  if (event.key ? event.key !== 'Enter' || !field : field || !node.closest(BUTTON)) return;
  const form = scope(node);
  const taken_ = form && first.snapshot_(form);
  if (!taken_ || !taken_.fields_.some(first.reaches_)) return;
  held = { form_: form, taken_, action_: taken_.action_, at_: Date.now(), start_: performance.now() };
  watchOver(held);
}

/** The page goes away with a press that was answered: that was a sending. */
export const closePresses = () => {
  if (held && heardOf(held)[0] && !first.isWrong_(held.form_)) conclude(held);
};

/** Watches presses. @param {EventTarget} view  a window */
export function watchPresses(view) {
  listen(view, 'click keydown', pressed);
  listen(view, 'focusin', (event) => {
    const [node] = event.composedPath();
    if (held && node.matches(FIELD) && ask(held.form_, 'contains', node)) held.touched_ = true;
  });
}
