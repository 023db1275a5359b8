/**
 * What stands in a form: its fields as the wire wants them, and its name. A form's own properties are never trusted: a field
 * called `action`, `id` or `elements` stands in their place (clobbering), so everything is asked of the prototypes.
 *
 * @typedef {import('./wire.js').Field} Field
 * @typedef {HTMLInputElement & HTMLSelectElement & HTMLTextAreaElement} Control
 */

import { withheld } from './secrets.js';
import { AREA_LENGTH, LABEL_LENGTH, VALUE_LENGTH, cut, fit } from './wire.js';

const IGNORE = '[data-webleads-ignore]';
const SKIPPED = /^(button|submit|reset|image|fieldset|output|object)$/;
const UNREAD = /^(password|hidden|file)$/; // their values are not even looked at
const TYPED = /^(text|email|tel|url|number|search|password)/;
const CONTACT =
  /mail|courriel|phone|t[eé]l|mobile|portable|nom\b|name|contact|message|comment|question|demande|remarque|naam|nombre|apellido|correo|vorname|nachricht|nome|cognome/i;
const SEARCH = /^(q|s|search|query|recherche|keywords?|motscles)$/i;
const GENERATED = /\d{7}|(?=[a-f]*\d)[\da-f]{8}|^(:|«|_r_)/i;

/** @param {Element} element @param {string} name */
export const attribute = (element, name) => Element.prototype.getAttribute.call(element, name) || '';

/** @param {Element} element @param {string} selector */
const within = (element, selector) => Element.prototype.closest.call(element, selector);

/** @param {HTMLFormElement} form @returns {Control[]} */
export const controls = (form) => [
  .../** @type {any} */ (Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, 'elements')).get.call(form),
];

/** The words of a piece of page, without what stands in its fields. @param {Node} node @returns {string} */
const words = (node) =>
  node.nodeType === 3
    ? /** @type {Text} */ (node).data
    : /^(select|textarea|script|style|button)$/i.test(node.nodeName)
      ? ''
      : Array.from(node.childNodes, words).join(' ');

/** @param {(Node | null | undefined)[]} nodes */
const said = (nodes) => cut(nodes.map((node) => (node ? words(node) : '')).join(' ').replace(/\s+/g, ' ').trim(), LABEL_LENGTH);

/** The nearest words before a field that has no label, up to the field before it. @param {Element} control */
function before(control) {
  for (let node = control, up = 0; up < 3 && node.parentElement && node.nodeName !== 'FORM'; node = node.parentElement, up++) {
    for (let other = node.previousSibling; other; other = other.previousSibling) {
      if (other instanceof Element && (other.matches('input,select,textarea') || other.querySelector('input,select,textarea'))) return '';
      const text = said([other]);
      if (text) return text;
    }
  }
  return '';
}

/** The computed label. @param {Control} control */
const label = (control) =>
  said(attribute(control, 'aria-labelledby').split(/\s+/).map((id) => document.getElementById(id))) ||
  said(Array.from(control.labels || [])) ||
  (/^(checkbox|radio)$/.test(control.type) && said([control.nextSibling])) ||
  before(control);

/** @param {Control} control */
function hint(control) {
  const set = control.closest('fieldset');
  const legend = said([set && set.querySelector('legend')]);
  return cut([attribute(control, 'placeholder'), attribute(control, 'aria-label'), legend].filter(Boolean).join(' '), LABEL_LENGTH);
}

/**
 * What the visitor put into a field.
 * @param {Field} field  filled in place
 * @param {Control} control
 */
function fill(field, control) {
  const { type } = control;
  if (type === 'checkbox' || type === 'radio') {
    field.checked = control.checked ? 1 : 0;
    field.text = field.label;
    if (control.defaultChecked) field.preset = 1;
    if (control.checked && attribute(control, 'value')) field.value = control.value;
  } else if (control.selectedOptions) {
    const chosen = Array.from(control.selectedOptions);
    field.value = chosen.map((option) => option.value).join(', ');
    field.text = said(chosen);
  } else field.value = control.value;
}

/** Longer than a card number: what is cut in two is not known any more. */
const MARGIN = 40;

/**
 * Takes out of a field what may not leave, and shortens the rest.
 * @param {Field} field  changed in place
 * @returns {Field}
 */
export function guard(field) {
  const max = field.type === 'textarea' ? AREA_LENGTH : VALUE_LENGTH;
  const value = cut(field.value, max + MARGIN);
  field.value = value.trim() ? value : undefined;
  field.withheld = field.withheld || withheld(field);
  if (field.withheld) field.value = field.text = field.checked = field.preset = undefined;
  else if (value.length > max) {
    field.value = cut(value, max);
    field.cut = 1;
  }
  return field;
}

/**
 * One field as it stands now.
 * @param {Control} control
 * @returns {Field | undefined}  nothing for buttons, disabled fields and the radios that were not chosen
 */
function read(control) {
  const { type } = control;
  if (!type || SKIPPED.test(type) || control.matches(':disabled') || (type === 'radio' && !control.checked)) return;
  /** @type {Field} */
  const field = {
    name: cut(control.name, LABEL_LENGTH),
    id: cut(control.id, LABEL_LENGTH),
    label: label(control),
    hint: hint(control),
    type,
    autocomplete: cut(attribute(control, 'autocomplete'), LABEL_LENGTH),
  };
  if (control.closest(IGNORE)) field.withheld = 'optout';
  else if (!UNREAD.test(type)) fill(field, control);
  return guard(field);
}

/** A short fingerprint (FNV-1a) of a text. @param {string} text */
export function hash(text) {
  let sum = 2166136261;
  for (let place = 0; place < text.length; place++) sum = Math.imul(sum ^ text.charCodeAt(place), 16777619);
  return (sum >>> 0).toString(36);
}

/**
 * A form's key (DESIGN 5), the same on every visit.
 * @param {string} given  data-webleads-form
 * @param {string[]} names  its id and its name
 * @param {string} action  its address
 * @param {string[]} fields  the names of its fields
 */
export const formKey = (given, names, action, fields) =>
  given ||
  names.find((name) => name && !GENERATED.test(name)) ||
  'f' + hash([action.replace(/^[a-z]+:\/\/[^/]*/i, ''), ...fields.sort()].join());

/**
 * Where a form goes, without query and fragment; '' where that is no address.
 * @param {HTMLFormElement} form
 * @param {Element | null} [button]  the one that was pressed may send it elsewhere
 */
const actionOf = (form, button) => {
  const { origin, pathname } = new URL((button && attribute(button, 'formaction')) || attribute(form, 'action'), location.href);
  return origin === 'null' ? '' : origin + pathname;
};

/**
 * What kind of form this is. A login (a password beside one other typed field) and a search are nobody's lead; a form
 * without any contact or message field is counted, and its values stay on the page.
 * @param {Field[]} fields
 * @param {boolean} get  sent by GET
 * @param {boolean} search  marked as a search by the page
 * @returns {'skip' | 'count' | 'keep'}
 */
export function sort(fields, get, search) {
  const typed = fields.filter((field) => TYPED.test(field.type || ''));
  const open = typed.filter((field) => !field.withheld);
  const passwords = typed.filter((field) => field.withheld === 'password');
  const [only] = typed;
  if (passwords.length === 1 && open.length < 2) return 'skip';
  if (passwords.some((field) => /current-/.test(field.autocomplete || ''))) return 'skip';
  if (search || (typed.length === 1 && (only.type === 'search' || (get && SEARCH.test(only.name || only.id || ''))))) return 'skip';
  return open.some(speaks) ? 'keep' : 'count';
}

/** Whether a field lets somebody be reached or say something. @param {Field} field */
const speaks = ({ type, name, id, label, hint, autocomplete, value }) =>
  /^(email|tel|textarea)$/.test(type || '') || CONTACT.test([name, id, label, hint, autocomplete].join()) || /\S@\S/.test(value || '');

/**
 * What a form would send now.
 * @param {HTMLFormElement} form
 * @param {Element | null} [button]
 * @returns {{key: string, action: string, fields: Field[]} | undefined}  nothing for a form that is none of our business
 */
export function snapshot(form, button) {
  if (within(form, IGNORE)) return;
  const fields = controls(form).map(read).filter((field) => !!field);
  const get = !/^post$/i.test(attribute(form, 'method'));
  const kind = sort(fields, get, !!within(form, 'search,[role=search]'));
  if (kind === 'skip') return;
  const action = actionOf(form, button);
  // All of them, chosen radios or not: the key must not depend on what was answered.
  const names = controls(form).filter(({ type }) => type && type !== 'hidden' && !SKIPPED.test(type));
  const key = formKey(attribute(form, 'data-webleads-form'), [attribute(form, 'id'), attribute(form, 'name')], action, [
    ...new Set(names.map((control) => control.name)),
  ]);
  return { key: cut(key, LABEL_LENGTH), action, fields: kind === 'keep' ? fit(fields) : [] };
}
