/** What the first file lends to the others when they come: its `core`, and its helpers, which nobody has to load twice. */

/** @type {import('./core.js').Core} */
export let first;
/** @type {typeof import('./elements.js').ask} */
export let ask;
/** @type {typeof import('./elements.js').attribute} */
export let attribute;
/** @type {typeof import('./wire.js').bytes} */
export let bytes;
/** @type {typeof import('./wire.js').cut} */
export let cut;
/** @type {typeof import('./wire.js').json} */
export let json;
/** @type {typeof import('./listen.js').later} */
export let later;
/** @type {typeof import('./listen.js').listen} */
export let listen;
/** @type {typeof import('./listen.js').safely} */
export let safely;
/** @type {typeof import('./listen.js').watch} */
export let watch;

/** @param {import('./core.js').Core} core */
export const meet = (core) => {
  [ask, attribute, bytes, cut, json, later, listen, safely, watch] = (first = core).lent_;
};
