/** The first file, as the other files see it: they are given its `core` when they come. */

/** @type {import('./core.js').Core} */
export let first;

/** @param {import('./core.js').Core} core */
export const meet = (core) => {
  first = core;
};
