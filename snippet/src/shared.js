/** What the first file lends to the others when they come: its `core`, and its helpers, which nobody has to load twice. */

/** @type {import('./core.js').Core} */
export let first;
/** @type {typeof import('./elements.js').ask} */
export let ask;
/** @type {typeof import('./elements.js').attribute} */
export let attribute;
/** @type {typeof import('./wire.js').bytes} */
export let bytes;
/** @type {typeof import('./secrets.js').cleanUrl} */
export let cleanUrl;
/** @type {typeof import('./wire.js').cut} */
export let cut;
/** @type {typeof import('./track.js').emit} */
export let emit;
/** @type {typeof import('./wire.js').json} */
export let json;
/** @type {typeof import('./listen.js').later} */
export let later;
/** @type {typeof import('./listen.js').listen} */
export let listen;
/** @type {typeof import('./track.js').resolve} */
export let resolve;
/** @type {typeof import('./listen.js').safely} */
export let safely;
/** @type {typeof import('./track.js').sites} */
export let sites;
/** @type {typeof import('./track.js').statement} */
export let statement;
/** @type {typeof import('./core.js').summon} */
export let summon;
/** @type {typeof import('./track.js').tell} */
export let tell;
/** @type {typeof import('./listen.js').watch} */
export let watch;

/** @param {import('./core.js').Core} core */
export const meet = (core) => {
  [ask, attribute, bytes, cleanUrl, cut, emit, json, later, listen, resolve, safely, sites, summon, watch, statement, tell] = /** @type {any} */ (
    (first = core).lent_
  );
};
