/**
 * What may leave a page. The collector repeats this rule (collector/domain/secrets.py, where the longer comments are);
 * tests/wire/secrets.json and tests/wire/urls.json hold both to the same answers.
 * Every visitor loads every byte. No lookbehind: Safari before 16.4 would refuse the whole file.
 *
 * @typedef {{name?: string, id?: string, label?: string, hint?: string, type?: string, autocomplete?: string, value?: string|null}} Field
 * @typedef {'password'|'card'|'otp'|'id-number'|'hidden'|'file'|'special'|'name'|'value'} Reason
 */

import { told } from './words.js';

/**
 * Lower-case words without accents, camelCase opened, `;` around each text.
 * @param {(string|undefined)[]} texts
 */
export const words = (...texts) =>
  `;${texts.join(';')};`
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z\d;\u0400-\u1fff\u3040-\ud7ff]+/g, ' ')
    .slice(0, 1200);

/** What may be a card's, an account's or a person's number. Which are the third file knows (numbers.js); until it is there none leaves. @param {string} value */
export const isLong = (value) => /[1-9]([\s.-]?\d){12}|[a-z]{2}\d\d([\s-]?\w{4}){2}|\d{3}-\d\d-\d{4}/i.test(value);

/** Their values are not even looked at. */
export const SEALED = /^(password|hidden|file)$/;

/**
 * Why a field's value must stay on the page, or undefined where it may leave. Kept on purpose: birthdays, gender, BIC, company numbers
 * (SIREN, SIRET, VAT). The reason `optout` is an attribute's, so the caller's.
 * @param {Field} field `type` in lower case, as the DOM gives it
 * @param {{far_?: (all: string) => Reason | undefined, number_?: (value: string) => boolean, home_?: string}} [more]  what the third file brings, where it is there
 * @returns {Reason|undefined}
 */
export const withheld = ({ name = '', id, label, hint, type = '', autocomplete, value }, { far_, number_ = isLong } = {}) =>
  SEALED.test(type)
    ? /** @type {Reason} */ (type)
    : told(
        type,
        words(autocomplete, name, id, label, hint),
        // a form's name ("devis_sante[nom]") or a section's legend says nothing of a text field; a question's legend does of its boxes
        words(name.replace(/^.*\[(?=\w)/, ''), label, label && !/radio|checkbox/.test(type) ? '' : hint),
        value || '',
        far_,
      ) || (number_(value || '') ? 'value' : undefined);

/**
 * A title, or any short text: each e-mail, phone number (9 digits or more that are no dates) and token (24 characters or more in which letters,
 * digits and cases alternate more than in a slug) in it becomes "~".
 * @param {string} text
 * @returns {string}
 */
export const cleanText = (text) =>
  text
    .replace(/[^\s,;:()<>"]+/g, (word) => (/[^@]@[^@~]+\.[a-z]{2}/i.test(word) ? '~' : word))
    .replace(/[\w+-]{24,}/g, (run) => {
      const turns = (run.match(/\d(?=[a-zA-Z])|[a-zA-Z](?=\d)|[a-z](?=[A-Z][a-z]?[A-Z\d])|[A-Z](?=[A-Z][a-z])/g) || '').length;
      return turns > 4 && turns * 8 > run.length ? '~' : run;
    })
    .replace(/[+(]?\d(?:[\s.()/+-]{0,3}\d){8,}/g, (run) =>
      /^\+|\b\d{3}\D+\d{3}\b/.test(run) ||
      run.replace(/\b([0-3]?\d\D)?([01]?\d\D)?(19|20)\d\d(\d{4})?\b(\D[01]?\d\b)?(\D[0-3]?\d\b)?/g, '').replace(/\D/g, '')[8]
        ? '~'
        : run,
    );

/** A piece of a URL, or "~" where it tells who someone is; percent signs are read through, doubled ones too (unescape never throws). @param {string} piece */
const mask = (piece) => {
  const text = unescape(unescape(piece));
  return cleanText(text) == text ? piece : '~';
};

/**
 * A URL as it may leave: `utm_*` and, with `clicks`, click ids have values (the collector knows more that a site keeps); the other values, the fragment and
 * telling parts of the path are "~". An app's referrer (android-app:) is cut to its name; any scheme but http(s) gives "". At most 2,048.
 * @param {string} url whole, or a path
 * @param {boolean} [clicks]
 * @returns {string}
 */
export const cleanUrl = (url, clicks = false) => {
  url = url.replace(/[\0- ]+/g, '');
  // what was cut in two is not known any more
  if (url.length > 2048) url = url.slice(0, 2047).replace(/[^/?&=#]*$/, '~');
  const [, scheme = '', host = '', path, query, hash] = /** @type {string[]} */ (
    /^([a-z][a-z\d+.-]*:)?(\/\/[^/?#]*)?([^?#]*)\??([^#]*)(#[^])?/i.exec(url)
  );
  const origin = scheme + host.replace(/^[^]*@/, '//');
  if (scheme && !/^https?:$/i.test(scheme)) return /-app:$/i.test(scheme) ? origin : '';
  const shown = query.replace(
    /([^&=]*)(=?)([^&]*)/g,
    (_, name, equals, value) =>
      mask(name) +
      equals +
      // click ids are tokens by nature
      (clicks && /^(\w?\w?clid|gclsrc|[gw]braid|msclkid|li_fat_id|rdt_cid|epik|igshid|sccid|_kx)$/i.test(name)
        ? value
        : /^utm_/i.test(name)
          ? mask(value)
          : value && '~'),
  );
  return origin + path.split('/').map(mask).join('/') + (shown && '?' + shown) + (hash ? '#~' : '');
};
