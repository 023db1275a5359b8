/** Submissions that the page itself, or a vendor's frame, describes. */

import { cut, emit, first, summon } from '../shared.js';
import { formSubmit } from '../wire.js';

/**
 * Tells of one, as soon as the second file is there to judge its fields.
 * @param {unknown} name  the form's
 * @param {any} given  name → value
 * @param {string} [how]  api | embed
 * @returns {Promise<object | void>}  the submission; nothing where that file did not come
 */
export const submitted = (name, given, how = 'api') =>
  summon(0).then(() => {
    if (!first.guard_) return;
    const fields = Object.keys(given || {}).map((key) => first.guard_({ name: cut(key), type: 'text', value: String(given[key]) }));
    const submission = {};
    emit(formSubmit(cut(name), submission, how, undefined, first.fit_(fields)), true);
    return submission;
  });
