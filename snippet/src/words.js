/**
 * What the words around a field say about its value. The collector repeats these patterns (collector/domain/secrets.py, where the
 * longer comments are). Words are cut to their stems. No lookbehind: Safari before 16.4 would refuse the whole file.
 *
 * @typedef {import('./secrets.js').Reason} Reason
 */

/** Read over lower-case words without accents, `;` around each text; the first that matches names the reason. @type {[Reason, RegExp][]} */
const WORDS = [
  ['name', /captcha|csrf|\b(token|(wp)?nonce)|honey ?p|anti ?(spam|bot|rob)|spam ?(schutz|pr|ch|fra)|human ?(v|ch|q)|re human|recopie|combien fon|how much is|;verif\w*( (num\w*|im\w*|word))? ?;|;validation( du formulaire)? ?;|secur\w* ch|sicherheits ?(fra|abf|u)|\b(ente?re?z?|(re)?type|saisi\w*|tape[rz]?) (in )?(the|les?) ((?!zip|post|pro|cou|gift|dis|area|dial|num)\w+ ){0,2}(letter|lettre|char|caract|code(?! (p|re|sms))|numbers|digit|chiffre|word|mot )/],
  ['password', /passw|\bpwd|mot ?de ?pass|\bmdp|pass ?(phrase|code)|[; ]pass ?;|contrase|kennwort|secret(e|s)?\b|secur\w* (q|a|k)/],
  ['id-number', /secu\w* soc|social ?sec|\b(ssn|nir|[cd]ni)\b|national ?(id\b|ins)|d ident|ident\w* (card|n)|ausweis|passe?port|reisep|pasap|permis de cond|(titre|carte) de sej|driv\w* (s )?lic|vitale|(n|num\w*|ref\w*) fiscal|tax ?(id|n|pay)|steuer ?(id|n)|codice f/],
  ['card', /card ?(h|own|t|n[ou]|cod|exp|ver|sec|cv)|(credit|debit|payment|on|the) ?card|carte (banc|bleue|de (cre|pai))|\b(n|num\w*|nom|titulaire) ([dsl]\w* )*carte(?! (de )?[fvgp])|;titulaire ?;|kredit|tarjeta|\b(cvv|ccv|csc\b)|;cvc2? ?;|(rd|de) cvc|cvc (cod|nu)|cryptogram|\bcc ?(\w+ )?(n|exp|c[sv]|t|mo|y)|expir|;exp ?[;dmy]|;mm ?(yy|aa)|ablauf|caduc|scaden|\biban|bank ?acc|compte banc/],
  ['otp', /\b(t?otp|2fa|mfa)\b|one ?time|;(digit|chiffre|ziffer) \d|;pin ?;|\bcode (?!p)([\w ]{0,9} )?(sms|veri|vali|confirm|recu|secu)|(veri\w*|sms|secu\w*|sicherheits|confirm\w*|auth\w*) ?code|usage unique|einmal/],
];
const SPECIAL =
  /\bsante|health\b|medica|maladi|handicap|disabilit|allergi|religi|syndi(cal|cat(?! .*cop)|qu)|trade union|(opinion|parti|conviction)s? poli|political|ethni|sexu|casier j|criminal|enfant|child|\bcv\b|curriculum|; ?resume ?;|motivation|cover ?letter|salair|salarial|salary\b/;
/** Struck before the words are read: what follows a negation, a branch of trade, a count of children. */
const INNOCENT =
  /\b(ne|pas|not|never|sans|without|nicht) [^;]*|(secteur|assurance|mutuelle|profession\w*|etabl\w*) (de )?sante|(as [a-z ]{0,20}|country of )passport|\bn\w* (of |d )?(enfant|child)/g;

/** Words by which no field is told from another. */
const GENERIC = /\b(input|fields?|text|data|form|items?|meta|wpforms|element|control|value|answer|entry|id|off|on|false)\d*\b/g;
const ADDRESS = /^[\w.+-]+@[\w.-]+\.[a-z]{2,}$/i;
const PHONE = /^\W?[+0](\W?\W?\d){8,12}$/;

/** Nothing but numbers and words for any field. @param {string} all */
export const isUnnamed = (all) => !/\b[a-z]{2,}\d?\d?\b|[\u0400-\ud7ff]/.test(all.replace(GENERIC, ''));

/**
 * The reason that the words around a field give, if any.
 * @param {string} type  in lower case, as the DOM gives it
 * @param {string} all  the words (`words` in secrets.js) of autocomplete, name, id, label and hint
 * @param {string} own  those that are the question's own: name without the form's, label, and the hint where it is the question
 * @param {string} value
 * @param {(all: string) => Reason | undefined} [far]  of more/words.js; until it is there, what other scripts say is withheld
 * @returns {Reason|undefined}
 */
export const told = (type, all, own, value, far) => {
  const address = ADDRESS.test(value);
  // an e-mail field is none of these, whatever its form is called ("password_reset_email")
  if (type == 'email' || (address && /mail|courriel/.test(all))) return;
  // of what nobody named nothing is known but its look
  if (value && !address && !PHONE.test(value) && (/^s.l/.test(type) ? /^\d/.test(value) : /^(text(?!a)|tel|num|sea)/.test(type)) && isUnnamed(all)) return 'name';
  if (type != 'textarea') {
    all = all.replace(INNOCENT, '');
    for (const [reason, pattern] of WORDS) if (pattern.test(all)) return reason;
    const strange = far ? far(all) : /[^ -~]/.test(all) ? 'name' : undefined;
    if (strange) return strange;
  }
  if (SPECIAL.test(own.replace(INNOCENT, ''))) return 'special';
};
