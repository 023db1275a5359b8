/**
 * What stands in a form: its fields as the wire wants them, and its name. A form's own properties are never trusted: a field
 * called `action`, `id` or `elements` stands in their place (clobbering), so everything is asked of the prototypes.
 *
 * @typedef {import('./wire.js').Field} Field
 * @typedef {Omit<HTMLInputElement, 'type'> & {type: string, selectedOptions?: HTMLCollectionOf<HTMLOptionElement>}} Control
 */

import { resolve } from './device.js';
import { cleanUrl, withheld } from './secrets.js';
import { told } from './words.js';
import { AREA_LENGTH, TEXT_LENGTH, cut, fit } from './wire.js';

const IGNORE = '[data-webleads-ignore]';
const UNREAD = /^(password|hidden|file)$/; // their values are not even looked at
const TYPED = /^(text|email|tel|url|number|search|password)/;
const CONTACT = /mail|courriel|phone|t[eé]l|mobile|nom\b|name|contact|message|comment|question|demande/i;
const SEARCH = /^(q|s|search|query|recherche)$/i;
const GENERATED = /\d{7}|(?=[a-f]*\d)[\da-f]{8}|^[:«_]/i;
const MARGIN = 40; // longer than a card number: what is cut in two is not known any more

/** @param {Element} element @param {string} name */
export const attribute = (element, name) => Element.prototype.getAttribute.call(element, name) || '';

/** @param {Element} element @param {string} selector */
const within = (element, selector) => Element.prototype.closest.call(element, selector);

/** A form's fields, without its buttons. @param {HTMLFormElement} form @returns {Control[]} */
export const controls = (form) =>
  [.../** @type {any} */ (Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, 'elements')).get.call(form)].filter(
    ({ type }) => type && !/^(button|submit|reset|image|fieldset|output)$/.test(type),
  );

/** The words of a piece of page, without what stands in its fields. @param {Node | null | undefined} node @returns {string} */
const words = (node) =>
  !node || /^(select|textarea|script|style|button)$/i.test(node.nodeName)
    ? ''
    : node.nodeType === 3
      ? String(node.nodeValue)
      : [...node.childNodes].map(words).join(' ');

/** @param {Iterable<Node | null>} nodes */
const said = (nodes) => cut([...nodes].map(words).join(' ').replace(/\s+/g, ' ').trim());

const FIELD = 'input,select,textarea';

/** The nearest words before a field that has no label, up to the field before it. @param {Element | null} node */
function before(node) {
  for (let up = 0; node && node.nodeName !== 'FORM' && up < 3; node = node.parentElement, up++) {
    for (let other = node.previousSibling; other; other = other.previousSibling) {
      if (other instanceof Element && (other.matches(FIELD) || other.querySelector(FIELD))) return '';
      const text = said([other]);
      if (text) return text;
    }
  }
  return '';
}

/** The computed label. @param {Control} control @param {boolean} box  its words stand behind it */
const label = (control, box) =>
  said(attribute(control, 'aria-labelledby').split(' ').map((id) => document.getElementById(id))) ||
  said(control.labels || []) ||
  (box && said([control.nextSibling])) ||
  before(control);

/** @param {Control} control */
const hint = (control) =>
  cut(
    [
      attribute(control, 'placeholder'),
      attribute(control, 'aria-label'),
      words(control.closest('fieldset')?.querySelector('legend')),
    ].join(' ').trim(),
  ); // prettier-ignore

/**
 * Takes out of a field what may not leave, and shortens the rest.
 * @param {Field} field  changed in place
 * @returns {Field}
 */
export function guard(field) {
  const max = field.type === 'textarea' ? AREA_LENGTH : TEXT_LENGTH;
  const value = (field.value = cut(field.value, max + MARGIN));
  const reason = (field.withheld = field.withheld || withheld(field, told));
  if (reason) field.text = field.checked = field.preset = undefined;
  // Only the chosen radio is sent: all that is its own would tell which.
  if (reason && field.type === 'radio') field.id = field.label = field.hint = undefined;
  if (!reason && value.length > max) field.cut = 1;
  field.value = reason || !value.trim() ? undefined : cut(value, max);
  return field;
}

/**
 * One field as it stands now.
 * @param {Control} control
 * @returns {Field}
 */
function read(control) {
  const { type, name, id, checked, selectedOptions } = control;
  const box = /^(checkbox|radio)$/.test(type);
  const known = label(control, box);
  /** @type {Field} */
  const field = { name: cut(name), id: cut(id), label: known, hint: hint(control), type, autocomplete: attribute(control, 'autocomplete') };
  if (control.closest(IGNORE)) field.withheld = 'optout';
  else if (box) {
    field.checked = checked ? 1 : 0;
    field.text = known;
    field.preset = control.defaultChecked ? 1 : undefined;
    if (checked) field.value = attribute(control, 'value');
  } else if (!UNREAD.test(type)) {
    field.value = control.value;
    if (selectedOptions) {
      const chosen = [...selectedOptions];
      field.value = chosen.map((option) => option.value).join(', ');
      field.text = said(chosen);
    }
  }
  return guard(field);
}

/** A short fingerprint (FNV-1a) of a text. @param {string} text */
export const hash = (text) => {
  let sum = 2166136261;
  for (const sign of text) sum = Math.imul(sum ^ sign.charCodeAt(0), 16777619);
  return (sum >>> 0).toString(36);
};

/**
 * A form's key (DESIGN 5), the same on every visit.
 * @param {string[]} names  what the page calls it: data-webleads-form, id, name
 * @param {string} path  where it goes
 * @param {string[]} fields  the names of its fields
 */
export const formKey = ([given, ...names], path, fields) =>
  given || names.find((name) => name && !GENERATED.test(name)) || 'f' + hash([path, ...new Set(fields)].sort().join());

/**
 * What kind of form this is. A login (a password beside one other typed field) and a search are nobody's lead; a form
 * without any contact or message field is counted, and its values stay on the page.
 * @param {Field[]} fields
 * @param {boolean} get  sent by GET
 * @returns {'skip' | 'count' | 'keep'}
 */
export function sort(fields, get) {
  const typed = fields.filter((field) => TYPED.test(field.type || ''));
  const open = typed.filter((field) => !field.withheld);
  const passwords = typed.filter((field) => field.withheld === 'password');
  const [only, more] = typed;
  if (passwords.length === 1 && !open[1]) return 'skip';
  if (passwords.some((field) => /current-/.test(field.autocomplete || ''))) return 'skip';
  if (only && !more && (only.type === 'search' || (get && SEARCH.test(only.name || only.id || '')))) return 'skip';
  return open.some(speaks) ? 'keep' : 'count';
}

/** Whether a field lets somebody be reached or say something. @param {Field} field */
const speaks = ({ type, name, id, label, hint, autocomplete, value }) =>
  /^(email|tel$|textarea)/.test(type || '') || CONTACT.test([name, id, label, hint, autocomplete].join()) || /\S@\S|^\W*[+0](\W?\W?\d){8,12}\W?$/.test(value || '');

/**
 * What a form would send now.
 * @param {HTMLFormElement} form
 * @param {Element | null} [button]  the one that was pressed may send it elsewhere
 * @returns {{key: string, action: string, fields: Field[]} | undefined}  nothing for a form that is none of our business
 */
export function snapshot(form, button) {
  const all = controls(form);
  // A disabled field is not sent, nor is the radio that was not chosen.
  const fields = all.filter((one) => !one.matches(':disabled') && (one.type !== 'radio' || one.checked)).map(read);
  const kind = sort(fields, !/^post$/i.test(attribute(form, 'method')));
  if (kind === 'skip' || within(form, IGNORE + ',search,[role=search]')) return;
  const target = (button && attribute(button, 'formaction')) || attribute(form, 'action');
  const action = cleanUrl((target ? resolve(target) : location.href).replace(/[?#].*/, ''));
  return {
    // Of all fields, chosen or not: the key must not depend on what was answered.
    key: cut(
      formKey(
        ['data-webleads-form', 'id', 'name'].map((name) => attribute(form, name)),
        action.replace(/^https?:..[^/]*/, ''),
        all.map((one) => (one.type === 'hidden' ? '' : one.name)),
      ),
    ),
    action,
    fields: kind === 'keep' ? fit(fields) : [],
  };
}
