/**
 * The steps of a form, without any value: seen, begun, left.
 *
 * @typedef {{key_?: string, begun_?: boolean, sent_?: boolean, field_?: string, wrong_?: string[]}} State
 *   key_: none for a form that is none of our business; field_: touched last; wrong_: fields that the browser refused
 */

import { summon } from './core.js';
import { ask, attribute, snapshot } from './fields.js';
import { later, listen } from './listen.js';
import { emit } from './track.js';
import { formStep } from './wire.js';

const PAUSE = 500; // ms

/** @type {Map<Element, State>} */
const states = new Map();

/** @param {State} state @param {string} step @param {string} [field] @param {string} [reason] */
export const tell = (state, step, field, reason) => state.key_ && emit(formStep(step, state.key_, field, reason));

/**
 * Somebody is at a form, and in one of its fields.
 * @param {Element} form
 * @param {Element} [field]
 * @returns {State}
 */
export function touch(form, field) {
  let state = states.get(form);
  if (!state) {
    states.set(form, (state = { key_: snapshot(form)?.key_ }));
    tell(state, 'view');
  }
  if (field) {
    state.field_ = attribute(field, 'name') || attribute(field, 'id');
    if (!state.begun_) tell(state, 'start', state.field_);
    state.begun_ = true;
  }
  return state;
}

/** The page goes away: what was begun and not sent is left. */
export const leaveForms = () =>
  states.forEach((state) => {
    if (state.begun_ && !state.sent_) tell(state, 'abandon', state.field_);
    state.sent_ = true;
  });

let waiting = 0;

/** Looks which forms are before somebody's eyes. */
const scan = () => {
  waiting = 0;
  document.querySelectorAll('form').forEach((form) => {
    const { top, bottom } = ask(form, 'getBoundingClientRect');
    if (bottom > Math.max(top, 0) && top < innerHeight) touch(form);
  });
};

/** Watches which forms come into view, and who begins one. */
export const watchViews = () =>
  listen(window, 'load scroll click focusin resize', (event) => {
    const [field] = event.composedPath();
    waiting = waiting || later(scan, PAUSE);
    if (event.type !== 'focusin' || !/^(input|select|textarea)$/.test(field.localName)) return;
    if (field.form) touch(field.form, field);
    // A field without a form, or in a shadow of which no `submit` comes out.
    if (!field.form || field !== event.target) summon();
  });
