/**
 * What stands in a form: its fields as the wire wants them, and its name.
 *
 * @typedef {import('../wire.js').Field} Field
 * @typedef {Omit<HTMLInputElement, 'type'> & {type: string, selectedOptions?: HTMLCollectionOf<HTMLOptionElement>}} Control
 * @typedef {{key_: string, action_: string, fields_: Field[]}} Snapshot
 */

import { SEALED, withheld, words as plain } from '../secrets.js';
import { ask, attribute, cleanUrl, cut, first, resolve, safely, summon } from '../shared.js';
import { AREA_LENGTH, FORM_FIELDS, TEXT_LENGTH } from '../wire.js';
import { fit } from './bounds.js';

const IGNORE = '[data-webleads-ignore]';
const TYPED = /^(text|email|tel|url|number|search|password)/;
const CONTACT = /mail|courriel|phone|t[eé]l|mobile|nom\b|name|contact|message|comment|question|demande/i;
const USER = /(user|login|nick|benutzer).?name/gi; // nobody is reached by it
const REACH = /\S@\S|^\W*[+0](\W?\W?\d){8,12}\W?$/; // an address, a number
const SEARCH = /^(q|s|search|query|recherche)$/i;
const GENERATED = /\d{7}|(?=[a-f]*\d)[\da-f]{8}|^[:«_]/i;
const MARGIN = 40; // longer than a card number: what is cut in two is not known any more
export const FIELD = 'input,select,textarea';
const SHOWN = 'input:not([type=hidden]),select,textarea';

/** Whether a node is a form; frames have classes of their own. @param {any} node */
export const isForm = (node) => !!safely(() => ask(node, 'matches', 'form'));

/**
 * The fields of a form, or of the piece of page that stands for one; without buttons. A field may be called `elements`.
 * @param {Element} form
 * @returns {Control[]}
 */
export function controls(form) {
  const real = isForm(form);
  /** @type {Control[]} */
  const all = [.../** @type {any} */ (real ? Reflect.get(HTMLFormElement.prototype, 'elements', form) : form.querySelectorAll(FIELD))];
  return all.filter((one) => one.matches(FIELD) && (real || !one.form) && !/^(button|submit|reset|image)$/.test(one.type));
}

/** The words of a piece of page, without what stands in its fields. @param {Node | null | undefined} node @returns {string} */
const words = (node) =>
  !node || /^(select|textarea|script|style|button)$/i.test(node.nodeName)
    ? ''
    : node.nodeType === 3
      ? String(node.nodeValue)
      : [...node.childNodes].map(words).join(' ');

/** @param {Iterable<Node | null | undefined>} nodes */
const said = (nodes) => cut([...nodes].map(words).join(' ').replace(/\s+/g, ' ').trim());

/**
 * The nearest words on one side of a field that has no label, up to the field there; behind it up to the end of the line.
 * @param {any} node @param {'previousSibling' | 'nextSibling'} side @param {number} levels
 */
function near(node, side, levels) {
  let text = '';
  for (; node && !text && !/^(form|body)$/i.test(node.nodeName) && levels--; node = node.parentNode)
    for (let other = node[side]; other; other = other[side]) {
      if ((text && (side > 'o' || /^(br|p|div)$/i.test(other.nodeName))) || other.matches?.(SHOWN) || other.querySelector?.(SHOWN)) return text;
      const more = said([other]);
      // what lies around may repeat what was typed
      if (/\p{L}/u.test(more)) text = cut(`${text} ${more}`.replace(/\S*@\S*|\d[\d .-]{7,}/g, '~').trim());
    }
  return text;
}

/** The computed label. @param {Control} control @param {boolean} box  its words stand behind it */
const labelOf = (control, box) => {
  return (
    said(attribute(control, 'aria-labelledby').split(' ').map((id) => /** @type {any} */ (control.getRootNode()).getElementById?.(id))) ||
    said(control.labels || []) ||
    cut(attribute(control, 'label')) ||
    (box && near(control, 'nextSibling', 2)) ||
    near(control, 'previousSibling', 3) ||
    // a label that floats over its field, in a piece of page of its own
    (/** @type {any} */ (control.parentElement)?.childElementCount > 9 || control.parentElement?.querySelectorAll(SHOWN)[1] ? '' : near(control, 'nextSibling', 1))
  ); // prettier-ignore
};

/** What is said about a field beside its label. @param {Control} control @param {boolean} alone  there is no label */
function hintOf(control, alone) {
  const said = ['placeholder', 'aria-label', 'title'].map((name) => attribute(control, name));
  said.push(words(control.closest('fieldset')?.querySelector('legend')));
  // the question of which this is an answer
  if (control.type === 'radio' && !said[3])
    said.push(near(ask(control.form || document.body, 'querySelector', `[type=radio][name=${JSON.stringify(control.name)}]`), 'previousSibling', 4));
  const old = control.defaultValue;
  // what old pages write into a field until somebody types
  return cut(said.join(' ').trim() || (alone && /^text/.test(control.type) && /^[^\d@]*$/.test(old) && old !== control.value ? old : ''));
}

/**
 * Takes out of a field what may not leave, and shortens the rest.
 * @param {Field} field  changed in place
 * @returns {Field}
 */
export function guard(field) {
  const max = field.type === 'textarea' ? AREA_LENGTH : TEXT_LENGTH;
  const value = (field.value = cut(field.value, max + MARGIN));
  const reason = (field.withheld = field.withheld || withheld(field, first));
  if (reason) field.text = field.checked = field.preset = undefined;
  // Only the chosen radio is sent: all that is its own would tell which.
  if (reason && field.type === 'radio') field.id = field.label = field.hint = undefined;
  if (!reason && value.length > max) field.cut = 1;
  field.value = reason || !value.trim() ? undefined : cut(value, max);
  return field;
}

/** Withholds what belongs to a card by where it stands; until the third file tells, all but contacts. @param {Field[]} fields */
function keepBeside(fields) {
  const reasons = fields.map((field) => field.withheld);
  if (!/name|value|card/.test(reasons.join())) return;
  summon(1);
  const beside = first.beside_?.(
    reasons,
    fields.map(({ name, id, label, hint, autocomplete }) => plain(autocomplete, name, id, label, hint)),
  );
  fields.forEach((field, place) => {
    if (beside ? beside[place] : reasons.includes('card') && !field.withheld && !reaches(field)) guard(Object.assign(field, { withheld: 'card' }));
  });
}

/**
 * One field as it stands now.
 * @param {Control} control
 * @param {string} [made]  the value of an element of the page's own making
 * @returns {Field}
 */
function read(control, made) {
  const [name, id, kind, autocomplete] = ['name', 'id', 'type', 'autocomplete'].map((key) => cut(attribute(control, key)));
  const type = made === undefined ? control.type : kind || 'text';
  const box = /^(checkbox|radio)$/.test(type);
  const label = labelOf(control, box);
  const hint = hintOf(control, !label);
  /** @type {Field} */
  const field = { name, id, label, hint, type, autocomplete, value: made };
  if (control.closest(IGNORE)) field.withheld = 'optout';
  else if (made !== undefined) return guard(field);
  else if (box) {
    field.checked = control.checked ? 1 : 0;
    field.text = label;
    field.preset = control.defaultChecked ? 1 : undefined;
    if (control.checked) field.value = attribute(control, 'value');
  } else if (control.selectedOptions) {
    const chosen = [...control.selectedOptions];
    field.value = chosen.map((option) => option.value).join(', ');
    field.text = said(chosen);
  } else if (!SEALED.test(type)) field.value = control.value;
  return guard(field);
}

/**
 * The fields that elements of the page's own making stand for. They say what they would send to whoever makes the form's data.
 * @param {Element} form
 * @returns {Field[]}
 */
function made(form) {
  const elements = [...ask(form, 'querySelectorAll', '[name]')].filter((one) => /-/.test(one.localName));
  if (!elements[0]) return [];
  const data = safely(() => new FormData(/** @type {any} */ (form)));
  return elements.map((one) => read(one, String(data?.get(attribute(one, 'name')) || one.value || '')));
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
  const typed = fields.filter((field) => TYPED.test(/** @type {string} */ (field.type)));
  const open = typed.filter((field) => !field.withheld);
  const passwords = typed.filter((field) => field.withheld === 'password');
  const [only] = typed;
  // a login; no card is asked for there
  if (passwords.length === 1 && !open[1] && !typed.some((field) => field.withheld === 'card')) return 'skip';
  if (passwords.some((field) => /current-/.test(/** @type {string} */ (field.autocomplete)))) return 'skip';
  if (typed.length === 1 && (only.type === 'search' || (get && SEARCH.test(/** @type {string} */ (only.name || only.id))))) return 'skip';
  return open.some(speaks) ? 'keep' : 'count';
}

/** Whether somebody can be reached by what stands in a field. @param {{value?: string}} field */
export const reaches = ({ value }) => REACH.test(cut(value, AREA_LENGTH));

/** Whether a field lets somebody be reached or say something. @param {Field} field */
const speaks = ({ type, name, id, label, hint, autocomplete, value }) =>
  /^(email|tel$|textarea)/.test(/** @type {string} */ (type)) || CONTACT.test([name, id, label, hint, autocomplete].join().replace(USER, '')) || reaches({ value });

/** Where a form goes: its button may send it elsewhere. @param {Element} form @param {SubmitEvent | null | undefined} event @param {string} name  action | target */
export const aim = (form, event, name) => (event?.submitter && attribute(event.submitter, 'form' + name)) || attribute(form, name);

/** What stood in a form when it was last looked at: the fields of an earlier step may be gone at the end. @type {WeakMap<Element, Field[]>} */
const earlier = new WeakMap();

/**
 * A form as it stands now.
 * @param {Element} form  or the piece of page that stands for one
 * @param {SubmitEvent | null} [event]  of the sending: its button may send it elsewhere
 * @returns {Snapshot & {kind_: string}}
 */
export function inspect(form, event) {
  const all = controls(form);
  // A disabled field is not sent, nor is the radio that was not chosen.
  let sent = all.filter((one) => !one.matches(':disabled') && (one.type !== 'radio' || one.checked));
  // The order is the page's own; only where there are too many do those go first by which somebody can be reached.
  if (sent[FORM_FIELDS]) sent = sent.sort((a, b) => rank(a) - rank(b)).slice(0, FORM_FIELDS);
  const fields = [...sent.map((one) => read(one)), ...made(form)];
  keepBeside(fields);
  for (const old of earlier.get(form) || [])
    if (old.value && !fields.some((one) => (one.name || one.id) === (old.name || old.id))) fields.push(old);
  // not of the whole page, on which one form follows another
  if (form !== document.body) earlier.set(form, fields);
  const nobodys = ask(form, 'closest', IGNORE + ',search,[role=search]');
  const kind_ = nobodys ? 'skip' : sort(fields, !/^post$/i.test(attribute(form, 'method')));
  const action_ = cleanUrl(resolve(aim(form, event, 'action') || location.href).replace(/[?#].*/, ''));
  return {
    kind_,
    // Of all fields, chosen or not: the key must not depend on what was answered.
    key_: cut(
      formKey(
        ['data-webleads-form', 'id', 'name'].map((name) => attribute(form, name)),
        action_.replace(/^https?:..[^/]*/, ''),
        all.map((one) => (one.type === 'hidden' ? '' : one.name)),
      ),
    ),
    action_,
    fields_: kind_ === 'keep' ? fit(fields) : [],
  };
}

/**
 * What a form would send now, or nothing for one that is none of our business.
 * @param {Element} form
 * @param {SubmitEvent | null} [event]
 * @returns {Snapshot | undefined}
 */
export function snapshot(form, event) {
  const found = inspect(form, event);
  return found.kind_ === 'skip' ? undefined : found;
}

/** How easily a field is done without: somebody to reach, a value, nothing. @param {{type: string, value: string}} field */
const rank = ({ type, value }) => (!value || type === 'hidden' ? 2 : reaches({ value }) ? 0 : 1);
