/**
 * Where the two files meet. The first file runs alone; what it finds a sign of, it asks the second for (DESIGN 4.1).
 * Names that end in `_` are the tag's own: the build makes them one letter, the same in both files.
 *
 * @typedef {{judge_?: import('./secrets.js').Judge, seen_?: (event: any) => void, [more: string]: any}} Core
 *   judge_: decides on what is suspect; seen_: is shown every event; the rest: what the second file uses of the first
 */

/** @type {Core} */
export const core = {};

/** The build writes the name of the second file over this text: the hash of its bytes. */
const MORE = './js/__WEBLEADS_MORE__';

/** @type {Promise<void> | undefined} */
let coming;

/** Loads the second file, once. Never fails: what it would have decided stays withheld then. @returns {Promise<void>} */
export const summon = () =>
  (coming = coming || import(MORE).then((more) => more.default(core)).catch(() => {}));
