/**
 * Where the files meet. The first file runs alone; what it finds a sign of, it asks another file for:
 * `forms` where a page has a field, `signs` where it has a consent manager, a plug-in, a vendor's form, or a wish of its owner's (DESIGN 4.1),
 * `more` for what seldom happens.
 * Names that end in `_` are the tag's own: the build makes them one letter, the same in all files.
 *
 * @typedef {{home_?: string, seen_?: (event: any) => void, [more: string]: any}} Core
 *   home_: the collector's origin; seen_: is shown every event; the rest: what the files use of one another
 */

/** @type {Core} */
export const core = {};

/** The build writes a hash of the other files' bytes over this text: their place behind it makes a name. */
const FILES = '/js/__WEBLEADS_FILES__';

/** What was asked for; the page finds it in `webleads.loaded`. @type {Promise<void>[]} */
export const coming = [];

/**
 * Loads another file, once. Never fails: what it would have decided stays as it is without it.
 * @param {0 | 1 | 2} which  0: forms, 1: more, 2: signs
 * @returns {Promise<void>}
 */
export const summon = (which) =>
  (coming[which] = coming[which] || import(core.home_ + FILES + which).then((file) => file.default(core)).catch(() => {}));
