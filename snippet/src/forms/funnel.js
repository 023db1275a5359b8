/**
 * The steps of a form, without any value: seen, begun, refused by the browser, left.
 *
 * @typedef {{key_?: string, begun_?: boolean, sent_?: boolean, field_?: string, wrong_: string[]}} State
 *   key_: none for a form that is none of our business; field_: touched last; wrong_: fields that the browser refused
 */

import { ask, attribute, emit, later, listen } from '../shared.js';
import { formStep } from '../wire.js';
import { snapshot } from './fields.js';

const PAUSE = 500; // ms

/** @type {Map<Element, State>} */
const states = new Map();

/** @param {State} state @param {string} step @param {string} [field] @param {string} [reason] */
const tell = (state, step, field, reason) => state.key_ && emit(formStep(step, state.key_, field, reason));

/** @param {Element} field */
const nameOf = (field) => attribute(field, 'name') || attribute(field, 'id');

/**
 * Somebody is at a form, and in one of its fields.
 * @param {Element} form
 * @param {Element} [field]
 * @returns {State}
 */
export function touch(form, field) {
  let state = states.get(form);
  if (!state) {
    states.set(form, (state = { key_: snapshot(form)?.key_, wrong_: [] }));
    tell(state, 'view');
  }
  if (field) {
    state.field_ = nameOf(field);
    if (!state.begun_) tell(state, 'start', state.field_);
    state.begun_ = true;
  }
  return state;
}

/** The browser itself refuses a field. Pages ask at every key; each field is told once. @param {any} field */
export function invalid(field) {
  const state = field.form && touch(field.form);
  const name = nameOf(field);
  if (!state || state.wrong_.includes(name)) return;
  state.wrong_.push(name);
  for (const reason in field.validity) if (field.validity[reason]) return tell(state, 'invalid', name, reason);
}

/** The page goes away: what was begun and not sent is left. */
export const leaveForms = () =>
  states.forEach((state) => {
    if (state.begun_ && !state.sent_) tell(state, 'abandon', state.field_);
    state.sent_ = true;
  });

let waiting = 0;

/** Looks which forms are before somebody's eyes. */
function scan() {
  waiting = 0;
  document.querySelectorAll('form').forEach((form) => {
    const { top, bottom } = ask(form, 'getBoundingClientRect');
    if (top < innerHeight && bottom > 0 && bottom > top) touch(form);
  });
}

/** Watches which forms come into view. */
export function watchViews() {
  const look = () => {
    waiting = waiting || later(scan, PAUSE);
  };
  listen(window, 'load scroll click focusin resize', look);
  look();
}
