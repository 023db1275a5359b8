/** Numbers that are a secret wherever they are typed: which of the long ones are (secrets.js). Of the third file. */

/** No `reduce` in the tag: old libraries replace it by one that takes no function. @param {string} digits */
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
export const holdsNumber = (value) =>
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
