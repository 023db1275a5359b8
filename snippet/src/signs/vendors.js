/** Vendors' forms in frames of their own: nothing can be read there, but they say themselves that they were sent. */

import { emit, first, listen, safely, summon } from '../shared.js';
import { formResult } from '../wire.js';

const TWICE = 3000; // ms in which a vendor that says it again means the same

/** @type {Record<string, number>} */
const told = {};

/** @param {string} name @param {any} [values] */
function submitted(name, values) {
  const now = Date.now();
  if (now - (told[name] || 0) > TWICE)
    summon(1)
      .then(() => first.submitted_?.(name, values, 'embed'))
      .then((submission) => submission && emit(formResult(submission, 'confirmed', 'event'), true));
  told[name] = now;
}

/** @param {any} list  of `{name, value}` */
const pairs = (list) => Object.fromEntries(list.map((/** @type {any} */ { name, value }) => [name, value]));

/** What each vendor says, by the origin that it must say it from. @type {[RegExp, (said: any) => void][]} */
const VENDORS = [
  [
    /\.(hubspot|hsforms|hubspotusercontent\w*|hs-sites)\.(com|net)$/,
    ({ type, eventName, id, data }) => {
      if (type === 'hsFormCallback' && eventName === 'onFormSubmitted')
        submitted('hubspot-' + id, Array.isArray(data) ? pairs(data) : data?.submissionValues);
    },
  ],
  [/\.typeform\.com$/, ({ type, formId }) => type === 'form-submit' && submitted('typeform-' + formId)],
  [
    /^https:\/\/tally\.so$/,
    ({ event, payload }) => {
      if (event === 'Tally.FormSubmitted')
        submitted(
          'tally-' + payload.formId,
          pairs((payload.fields || []).map((/** @type {any} */ { title, answer }) => ({ name: title, value: answer?.value }))),
        );
    },
  ],
  [/^https:\/\/calendly\.com$/, ({ event }) => event === 'calendly.event_scheduled' && submitted('calendly')],
];

/** Listens to the vendors. HubSpot's form on the page itself is a form of the page: it only says how it ended. */
export const watchVendors = () =>
  listen(window, 'message', ({ origin, data }) => {
    const said = typeof data === 'string' ? safely(() => JSON.parse(data)) : data;
    if (!said) return;
    if (origin === location.origin && said.type === 'hsFormCallback' && said.eventName === 'onFormSubmitted')
      first.conclude_?.(document.querySelector(`form[data-form-id="${said.id}"],form`), 'confirmed', 'event');
    for (const [from, hear] of VENDORS) if (/^https:/.test(origin) && from.test(origin)) hear(said);
  });
