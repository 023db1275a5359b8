/**
 * What an element says of itself. A form's own properties are never trusted: a field called `action`, `id` or `closest` stands in
 * their place (clobbering), so everything is asked of the prototypes.
 */

/** Asks an element by its prototype's method. @param {any} element @param {string} method @param {...any} given */
export const ask = (element, method, ...given) => /** @type {any} */ (Element.prototype)[method].apply(element, given);

/** @param {Element} element @param {string} name @returns {string} */
export const attribute = (element, name) => ask(element, 'getAttribute', name) || '';
