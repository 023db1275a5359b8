/**
 * The wire, version 1 (DESIGN 4.3): every key name and every bound of a batch is written here and nowhere else.
 *
 * @typedef {Record<string, any> & {type: string}} Data  the keys of one event's type
 * @typedef {{
 *   name?: string, id?: string, label?: string, hint?: string, type?: string, autocomplete?: string, value?: string,
 *   text?: string, checked?: 0 | 1, preset?: 1, withheld?: string, cut?: 1,
 * }} Field
 * @typedef {{
 *   screen?: string, viewport?: string, language: string, zone?: string, tag: string, automated: 0 | 1,
 * }} Context
 */

export const TAG = '0.1.0';
export const BATCH_EVENTS = 20;
export const BATCH_BYTES = 29000; // of events; the head fits into the rest of 30 KB
export const URL_LENGTH = 2048;
export const AREA_LENGTH = 8000;
export const TEXT_LENGTH = 500;
export const LABEL_LENGTH = 200;
export const FORM_FIELDS = 200;
export const FORM_BYTES = 24000;
const MAX_PROPS = 20;

/** All keys that may leave, for the tests: nothing in the tag reads this list, so the build drops it. */
export const KEYS = {
  batch: ['v', 'site', 'visitor', 'consent', 'context', 'sent', 'events'],
  context: ['screen', 'viewport', 'language', 'zone', 'tag', 'automated'],
  event: ['id', 'type', 'at', 'n', 'page', 'url'],
  field: ['name', 'id', 'label', 'hint', 'type', 'autocomplete', 'value', 'text', 'checked', 'preset', 'withheld', 'cut'],
  view: ['referrer', 'title', 'nav', 'again'],
  engage: ['ms', 'scroll'],
  click: ['kind', 'href', 'text'],
  custom: ['name', 'props'],
  form_view: ['form'],
  form_start: ['form', 'field'],
  form_abandon: ['form', 'field'],
  form_invalid: ['form', 'field', 'reason'],
  form_submit: ['form', 'submission', 'how', 'action', 'fields'],
  form_result: ['submission', 'result', 'by'],
  identify: ['traits'],
  consent: ['state', 'purpose', 'text_version', 'language', 'how', 'proof'],
  error: ['kind', 'count'],
};

/**
 * A value as JSON, without what no reader can store: NUL and half surrogate pairs. Piece by piece, because old libraries give
 * arrays and objects a `toJSON` of their own.
 * @param {any} value
 * @returns {string}
 */
export const json = (value) =>
  Array.isArray(value)
    ? `[${value.map((one) => json(one))}]`
    : value && typeof value === 'object'
      ? `{${Object.keys(value)
          .filter((key) => value[key] !== undefined)
          .map((key) => json(key) + ':' + json(value[key]))}}`
      : JSON.stringify(typeof value === 'string' ? value.replace(/[\ud800-\udfff\0]/gu, '') : value);

/**
 * What all events of a batch share, as text; events with equal texts may travel together.
 * @param {number} site
 * @param {string} visitor  '' in audience mode
 * @param {string} consent  granted | denied | unset
 * @param {Context} context
 */
export const head = (site, visitor, consent, context) => json({ site, visitor: visitor || null, consent, context }).slice(1, -1);

/**
 * The body of a request.
 * @param {string} shared  from `head`
 * @param {number} sent  ms
 * @param {string[]} events  each as JSON
 */
export const body = (shared, sent, events) => `{"v":1,${shared},"sent":${sent},"events":[${events}]}`;

/** The bytes of texts in UTF-8, with a comma between them. @param {string[]} texts */
export const bytes = (texts) => new TextEncoder().encode('' + texts).length;

/** A text of bounded length; what is no text is empty (a page may hand over anything). @param {unknown} text @param {number} [max] */
export const cut = (text, max = LABEL_LENGTH) => (typeof text === 'string' ? text.slice(0, max) : '');

/** The plain values of an object that a page handed over. @param {any} given */
const scalars = (given) =>
  Object.fromEntries(
    Object.entries(given || {})
      .filter(([, value]) => /^(str|num|boo)/.test(typeof value))
      .slice(0, MAX_PROPS)
      .map(([key, value]) => [cut(key), cut(value, TEXT_LENGTH) || value]),
  );

/** @param {string} referrer @param {string} title @param {string} nav */
export const view = (referrer, title, nav) => ({ type: 'view', referrer, title, nav });

/** @param {number} ms visible and focused, since the last @param {number} scroll deepest, in percent */
export const engage = (ms, scroll) => ({ type: 'engage', ms, scroll });

/** @param {string} kind @param {string} href @param {string} text */
export const click = (kind, href, text) => ({ type: 'click', kind, href, text });

/** @param {unknown} name @param {unknown} [props] */
export const custom = (name, props) => ({ type: 'custom', name: cut(name), props: scalars(props) });

/** @param {unknown} traits */
export const identify = (traits) => ({ type: 'identify', traits: scalars(traits) });

/**
 * A step in a form, without any value.
 * @param {string} step  view | start | abandon | invalid
 * @param {string} form  the form's key
 * @param {string} [field]  its name or id
 * @param {string} [reason]  a name of ValidityState's
 */
export const formStep = (step, form, field, reason) => ({ type: 'form_' + step, form, field, reason });

/**
 * @param {string} form  the form's key
 * @param {object} submission  one object a submission; `track` gives it an id for each site
 * @param {string} how  submit | script | click | embed | api
 * @param {string | undefined} action
 * @param {Field[]} fields
 */
export const formSubmit = (form, submission, how, action, fields) => ({ type: 'form_submit', form, submission, how, action, fields });

/** @param {object} submission @param {string} result @param {string} by */
export const formResult = (submission, result, by) => ({ type: 'form_result', submission, result, by });

/**
 * @param {string} state  granted | denied
 * @param {string} how  api | tag | the consent manager's name
 * @param {string} version  of the text that was agreed to, or ''
 * @param {string} language  of the page that asked
 * @param {string} [proof]  from `identity.proof`
 */
export const consent = (state, how, version, language, proof) => ({
  type: 'consent',
  state,
  purpose: 'tracking',
  text_version: version || undefined,
  language,
  how,
  proof: proof || undefined,
});

/** @param {string} kind @param {number} count */
export const error = (kind, count) => ({ type: 'error', kind, count });
