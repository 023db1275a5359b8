/**
 * What may leave a page. The collector repeats this rule (collector/domain/secrets.py, where the longer comments are);
 * tests/wire/secrets.json and tests/wire/urls.json hold both to the same answers.
 * Every visitor loads every byte, so words are cut to their stems. No lookbehind: Safari before 16.4 would refuse the whole file.
 *
 * @typedef {{name?: string, id?: string, label?: string, hint?: string, type?: string, autocomplete?: string, value?: string|null}} Field
 * @typedef {'password'|'card'|'otp'|'id-number'|'hidden'|'file'|'special'|'name'|'value'} Reason
 */

/** Read over lower-case words without accents, `;` around each text; the first that matches names the reason. @type {[Reason, RegExp][]} */
const WORDS = [
  ['name', /captcha|csrf|\b(token|(wp)?nonce)|honey ?p|anti ?(spam|bot)|human ?v|re human|recopie|combien fon|how much is/],
  ['password', /passw|\bpwd|mot ?de ?pass|\bmdp|pass ?(phrase|code)|[; ]pass ?;|contrase|kennwort|secret(e|s)?\b|security (q|a)/],
  [
    'id-number',
    /secu\w* soc|social ?sec|\b(ssn|nir|[cd]ni)\b|national ?(id\b|ins)|d ident|ident\w* (card|n)|ausweis|passe?port|reisep|pasap|permis de cond|(titre|carte) de sej|driv\w* (s )?lic|vitale|(n|num\w*|ref\w*) fiscal|tax ?(id|n|pay)|steuer ?(id|n)|codice f/,
  ],
  [
    'card',
    /card ?(h|own|t|n[ou]|cod|exp|ver|sec|cv)|(credit|debit|payment|on|the) ?card|carte (banc|bleue|de (cre|pai))|\b(n|num\w*|nom|titulaire) ([dsl]\w* )*carte(?! (de )?[fvgp])|kredit|tarjeta|\b(cvv|ccv|csc\b)|;cvc2? ?;|(rd|de) cvc|cvc (cod|nu)|cryptogram|\bcc ?(\w+ )?(n|exp|c[sv]|t|mo|y)|expir|;exp ?[;dmy]|;mm (yy|aa)|ablauf|caduc|scaden|\biban|bank ?acc|compte banc/,
  ],
  ['otp', /\b(t?otp|2fa|mfa)\b|one ?time|\bcode (?!p)([\w ]{0,9} )?(sms|veri|vali|confirm|recu|secu)|(veri\w*|sms|secu\w*|confirm\w*|auth\w*) ?code|usage unique|einmal/],
];
const SPECIAL =
  /\bsante|health\b|medica|maladi|handicap|disabilit|allergi|religi|syndi(cal|cat(?! .*cop)|qu)|trade union|(opinion|parti|conviction)s? poli|political|ethni|sexu|casier j|criminal|enfant|child|\bcv\b|curriculum|; ?resume ?;|motivation|cover ?letter|salair|salarial|salary\b/;
/** Struck before the words are read: what follows a negation, a branch of trade, a count of children. */
const INNOCENT =
  /\b(ne|pas|not|never|sans|without|nicht) [^;]*|(secteur|assurance|mutuelle|profession\w*|etabl\w*) (de )?sante|\bn\w* (of |d )?(enfant|child)/g;

/** @param {(string|undefined)[]} texts */
const words = (...texts) =>
  `;${texts.join(';')};`
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z\d;]+/g, ' ')
    .slice(0, 1200)
    .replace(INNOCENT, '');

/** @param {string} digits */
const luhn = (digits) => {
  let sum = 0;
  [...digits].reverse().forEach((digit, i) => (sum += i % 2 ? (+digit * 2) % 9 || +digit : +digit));
  return sum % 10 < 1;
};

/** The remainder of an IBAN by 97. @param {string} text */
const rest = (text) => {
  let left = 0;
  for (const char of text.slice(4) + text.slice(0, 4)) left = +`${left}${parseInt(char, 36)}` % 97;
  return left;
};

/** Does a typed text hold a payment card, an IBAN, a French or an American social-security number? @param {string} value */
const holdsNumber = (value) =>
  /\b[0-8]\d\d-\d\d-\d{4}\b/.test(value) ||
  [...value.matchAll(/(?:\b|\D)(?=(\d(?:[\s.-]?\d){12,18}|[a-z]{2}\d\d(?:[\s-]?[a-z\d]{4}){2,7}(?:[\s-]?[a-z\d]{1,3})?))/gi)].some(([, run]) => {
    let text = '';
    // a number ends where a group ends: a CVC or a word may follow
    return run.split(/\W/).some(
      (group) => (
        (text += group),
        (/^\d{4}/.test(run) &&
          /^(4\d{12}(\d{3}){0,2}|(2[2-7]|35|[56]\d)\d{14}(\d{3})?|3[47]\d{13}|3[0689]\d{12})$/.test(text) &&
          luhn(text) &&
          // a French SIRET passes too, but so does the SIREN that it starts with
          (text.length != 14 || !luhn(text.slice(0, 9)))) ||
          (/^[12]\d{14}$/.test(text) && (+text.slice(0, 13) + +text.slice(13)) % 97 < 1) ||
          (/^[a-z].{14}/i.test(text) && rest(text) == 1)
      ),
    );
  });

/**
 * Why a field's value must stay on the page, or undefined where it may leave. Kept on purpose: birthdays, gender, BIC, company numbers
 * (SIREN, SIRET, VAT). The reason `optout` is an attribute's, so the caller's.
 * @param {Field} field `type` in lower case, as the DOM gives it
 * @returns {Reason|undefined}
 */
export const withheld = ({ name = '', id, label, hint, type = '', autocomplete, value }) => {
  if (/^(password|hidden|file)$/.test(type)) return /** @type {Reason} */ (type);
  // an e-mail field is none of these, whatever its form is called ("password_reset_email")
  if (type != 'email') {
    if (type != 'textarea') for (const [reason, pattern] of WORDS) if (pattern.test(words(autocomplete, name, id, label, hint))) return reason;
    // a form's name ("devis_sante[nom]") or a section's legend says nothing of a text field; a question's legend does of its boxes
    if (SPECIAL.test(words(name.replace(/^.*\[(?=\w)/, ''), label, label && !/radio|checkbox/.test(type) ? '' : hint))) return 'special';
  }
  return holdsNumber(value || '') ? 'value' : undefined;
};

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
 * A URL as it may be kept: `utm_*`, the parameters in `kept` and, with `clicks`, click ids have values; the other values, the fragment and
 * telling parts of the path are "~". An app's referrer (android-app:) is cut to its name; any scheme but http(s) gives "". At most 2,048.
 * @param {string} url whole, or a path
 * @param {readonly string[]} [kept]
 * @param {boolean} [clicks]
 * @returns {string}
 */
export const cleanUrl = (url, kept = [], clicks = false) => {
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
      // click ids are tokens by nature, and what the owner keeps is theirs to judge
      (kept.includes(name) || (clicks && /^(\w?\w?clid|gclsrc|[gw]braid|msclkid|li_fat_id|rdt_cid|epik|igshid|sccid|_kx)$/i.test(name))
        ? value
        : /^utm_/i.test(name)
          ? mask(value)
          : value && '~'),
  );
  return origin + path.split('/').map(mask).join('/') + (shown && '?' + shown) + (hash ? '#~' : '');
};
