/** How much a submission may say (DESIGN 4.3). */

import { bytes, cut, json } from '../shared.js';
import { AREA_LENGTH, FORM_BYTES, FORM_FIELDS } from '../wire.js';

/** @typedef {import('../wire.js').Field} Field */

/**
 * Shortens a submission to its bounds, the longest first; words around a value give way before the value.
 * @param {Field[]} fields
 */
export function fit(fields) {
  fields = fields.slice(0, FORM_FIELDS);
  for (let most = AREA_LENGTH; bytes([json(fields)]) > FORM_BYTES; most /= 2) {
    if (most < 1) fields.splice(30); // too long by their names alone, of which there may be 600 B a field
    for (const field of fields) {
      for (const key of /** @type {const} */ (['label', 'hint', 'text'])) if (field[key]) field[key] = cut(field[key], most / 9);
      if (/** @type {string} */ (field.value)?.length > most) {
        field.value = cut(field.value, most);
        field.cut = 1;
      }
    }
  }
  return fields;
}
