/**
 * What the words around a field say in the languages that are further away than ../words.js, and what stands beside a card's number.
 * Without this file a field with words in another script is withheld, and so is all but contacts beside a card.
 * The collector repeats these rules (collector/domain/secrets.py).
 *
 * @typedef {import('../secrets.js').Reason} Reason
 */

import { isUnnamed } from '../words.js';

/** @type {[Reason, RegExp][]} */
const WORDS = [
  ['name', /tarkist|przepis|sikkerhetssp|kontroll ?fra|\b(digit|escrib|ingres|inser|introdu)\w+ (il?|e?l?[ao]s?|le) (\w+ )?(cara|letra|letter|codic|codig|numeri|numeros|palabra)|zeichen (ein|ab|aus|im|wie|oben)|(введ|въвед)\S* [^;]{0,30}(код|символ|цифр|слов|числа)|проверочн|защитн|(ты|вы) человек|робот|(с|на) (картин|изобр|рисун)|;обновить ?;|случаин\S* вопрос|文字を入|文字を半|画像認|画像の|图片|圖片/],
  ['password', /\bsenha|palavra p|wachtw|\bhaslo|heslo|jelszo|\bsifre|salasan|losenord|adgangsk|passord|\bse[cg]reta\b|geheim|парол|секретн|秘密の|密[码碼]|スワー|비밀번호/],
  ['id-number', /\b(cpf|bsn|pesel)\b|tc kimlik|rodne c|person ?nummer|fodsels ?num|паспорт|снилс|身[份分][证證]|护照|護照|マイナン|주민등록/],
  ['card', /cartao|carta di|kaart ?(num|h)|kort ?(num|inn|hav)|validade|vervald|utlop|(номер|владел\S*) карт|срок д|信用卡|卡[号號]|持卡|有效期|有効期限|カート\u3099|카드/],
  ['otp', /bestatig\w* ?code|codig?o (d[ei] )?(seg|ver|con|val|sic)|onay kod|смс|код (из|под)|[验驗][证證][码碼]|校验|確認コ|認証コ|인증번호/],
];

/** The reason that the words of a field give, if any. @param {string} all @returns {Reason | undefined} */
export const far = (all) => WORDS.find(([, pattern]) => pattern.test(all))?.[0];

/** What may stand in the row of a card's number. */
const BESIDE = /\b(nom|prenom|name|holder|titul\w*|given|family|first|last|month|mois|monat|mes|year|annee|jahr|ano|mm|yy|aa|date|type|brand|visa)\b|name ?;/;

/**
 * Which fields of a form belong to a card by where they stand: its holder, its month and year, right before or behind its number.
 * @param {(string|undefined)[]} reasons  of each field
 * @param {string[]} all  the words of each field
 * @returns {boolean[]}
 */
export const besideCard = (reasons, all) => {
  const found = reasons.map(() => false);
  for (const step of [1, -1]) {
    let near = false;
    for (let place = step < 0 ? reasons.length - 1 : 0; place in reasons; place += step)
      if (reasons[place]) near = reasons[place] == 'card' || near;
      else if (near) near = found[place] = found[place] || BESIDE.test(all[place]) || isUnnamed(all[place]);
  }
  return found;
};
