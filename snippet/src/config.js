/**
 * What the page says about its sites: the script's attributes and the heritage array.
 *
 * @typedef {{endpoint_: string, setting_: string, stated_: boolean}} Config
 *   setting_: required | granted | off (anything else: required); stated_: the page said so itself
 */

/** Whether a text is a setting of consent. @param {string | null | undefined} text */
export const isSetting = (text) => /^(required|granted|off)$/.test(/** @type {string} */ (text));

/** A site's number, or 0: a string of digits is one too. @param {any} given */
export const siteNumber = (given) => (/^\d{1,15}$/.test(given) ? +given : 0);

/** The collector writes its own setting over this text when it serves the script (DESIGN 4.1). */
const baked = '__WEBLEADS_CONSENT__';

/**
 * @param {DOMStringMap} data  the script's `data-` attributes
 * @param {string} home  the script's origin
 * @param {string} [served]  what the collector baked in
 * @returns {Config}
 */
export function readConfig({ consent, endpoint = '/in' }, home, served = baked) {
  const stated_ = isSetting(consent);
  return {
    endpoint_: (/^(\w+:)?\/\//.test(endpoint) ? '' : home) + endpoint,
    // Anything else than granted and off is as good as required.
    setting_: /** @type {string} */ (stated_ ? consent : served),
    stated_,
  };
}
