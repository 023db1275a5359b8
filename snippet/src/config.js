/**
 * What the page says about its sites: the script's attributes and the heritage array.
 *
 * @typedef {{endpoint: string, setting: string, stated: boolean, hash: boolean}} Config
 *   setting: required | granted | off; stated: the page said so itself; hash: routes live behind the `#`
 */

/** Whether a text is a setting of consent. @param {string | null | undefined} text */
export const isSetting = (text) => /^(required|granted|off)$/.test(text || '');

/** A site's number, or 0: a string of digits is one too. @param {unknown} given */
export const siteNumber = (given) => (/^\d{1,15}$/.test(String(given)) ? Number(given) : 0);

/** The collector writes its own setting over this text when it serves the script (DESIGN 4.1). */
const baked = '__WEBLEADS_CONSENT__';

/**
 * @param {(name: string) => string | null} attribute  the script's
 * @param {string} source  the script's address
 * @param {string} [served]  what the collector baked in
 * @returns {Config}
 */
export function readConfig(attribute, source, served = baked) {
  const consent = attribute('data-consent');
  const endpoint = attribute('data-endpoint') || '/in';
  const stated = isSetting(consent);
  return {
    endpoint: (/^(\w+:)?\/\//.test(endpoint) ? '' : source.replace(/(\w\/).*/, '$1').slice(0, -1)) + endpoint,
    setting: /** @type {string} */ (stated ? consent : isSetting(served) ? served : 'required'),
    stated,
    hash: attribute('data-hash') != null,
  };
}
