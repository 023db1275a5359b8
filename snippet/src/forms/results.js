/**
 * What became of a form that was sent, by signs that every page shows.
 *
 * @typedef {import('./sent.js').Attempt} Attempt
 */

import { ask, first, safely, sites } from '../shared.js';
import { controls, isForm, reaches } from './fields.js';

const OBSERVED = 10000; // ms

/** What the page asked of its server. @type {any[]} */
export const requests = [];
/** @type {PerformanceObserver | undefined} */
let observer;

/**
 * What became of a submission whose page is still there.
 * @param {boolean} over  the page went elsewhere, or it has been long enough
 * @param {boolean | 0} gone  the form is no longer to be seen
 * @param {boolean | 0} twin  but another one is in its place
 * @param {boolean} reset
 * @param {boolean} bad  every answer was a refusal
 * @param {boolean} wrong  the form shows an error
 * @returns {[result: string, by: string] | undefined}  nothing: look again later
 */
export const verdict = (over, gone, twin, reset, bad, wrong) =>
  over || (twin && !reset && !bad && !wrong)
    ? ['unknown', 'none']
    : reset
      ? ['confirmed', 'reset']
      : gone && !twin
        ? ['confirmed', 'gone']
        : bad
          ? ['failed', 'response']
          : wrong
            ? ['failed', 'node']
            : undefined;

/** @param {Element} form */
export const isShown = (form) => !!ask(form, 'getClientRects')[0];

/** How many forms are to be seen in a document or a shadow. @param {any} root */
export const countForms = (root) => [...root.querySelectorAll('form')].filter(isShown).length;

/** The page by its address; a fragment is no other page. */
export const place = () => location.pathname + location.search;

/**
 * The page's own requests since a sending: to its own domain, or where the form goes.
 * @param {{start_: number, action_: string}} attempt
 * @returns {any[]}
 */
export function answers({ start_, action_ }) {
  observer?.takeRecords().forEach((one) => requests.push(one));
  const own = location.hostname.replace(/.*\.(?=.*\.)/, '');
  return requests.filter(
    ({ startTime, name, initiatorType }) =>
      startTime >= start_ &&
      /^(fetch|xml)/.test(initiatorType) &&
      (name.includes(own) || (action_ && name.startsWith(action_))) &&
      !sites.some((/** @type {any} */ site) => name.endsWith(site.endpoint_)),
  );
}

/** A form that shows an error, by itself or by the browser's word. @param {Element} form @param {boolean} [asked]  its server was asked */
export const isWrong = (form, asked) => !!ask(form, 'querySelector', '[aria-invalid=true]' + (asked ? '' : ',:invalid,[role=alert]:not(:empty)'));

/** What can be said of a form now. @param {Attempt} attempt @returns {[result: string, by: string] | undefined} */
export function look(attempt) {
  const { form_, event_ } = attempt;
  const heard = answers(attempt);
  const fields = controls(form_);
  const gone = attempt.count_ && !(isShown(form_) && fields[0]);
  const said = first.node_?.(form_);
  if (said) return [said, 'node'];
  return verdict(
    place() !== attempt.path_ || Date.now() - attempt.at_ > OBSERVED,
    gone,
    gone && isForm(form_) && countForms(attempt.root_) >= attempt.count_,
    !!attempt.reset_ || (!!heard[0] && attempt.fields_.some(reaches) && !fields.some(reaches)),
    !!heard[0] && heard.every(({ responseStatus }) => responseStatus > 399),
    (!event_ || event_.defaultPrevented) && isWrong(form_, !!heard[0]),
  );
}

/** Watches what a page asks of its server. The page's own fetch and XHR stay untouched. */
export const watchRequests = () =>
  safely(() => {
    observer = new PerformanceObserver((list) => requests.push(...list.getEntries()));
    observer.observe({ type: 'resource', buffered: true });
  });
