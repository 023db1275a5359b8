/**
 * The wire, version 1 (DESIGN 4.3): every key name and every bound of a batch is written here and nowhere else.
 *
 * @typedef {Record<string, unknown>} Data  the keys of one event's type, with its `type`
 * @typedef {Data & {id: string, type: string, at: number}} Event
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
export const BATCH_BYTES = 30000;
export const URL_LENGTH = 2048;
export const AREA_LENGTH = 8000;
export const VALUE_LENGTH = 500;
export const LABEL_LENGTH = 200;
export const FORM_FIELDS = 200;
export const FORM_BYTES = 24000;
export const MAX_PROPS = 20;

/** All keys that may leave, for the tests: nothing in the tag reads this list, so the build drops it. */
export const KEYS = {
  batch: ['v', 'site', 'visitor', 'consent', 'sent', 'context', 'events'],
  context: ['screen', 'viewport', 'language', 'zone', 'tag', 'automated'],
  event: ['id', 'type', 'at', 'n', 'page', 'url'],
  field: ['name', 'id', 'label', 'hint', 'type', 'autocomplete', 'value', 'text', 'checked', 'preset', 'withheld', 'cut'],
  view: ['referrer', 'title', 'nav', 'again'],
  engage: ['ms', 'scroll'],
  click: ['kind', 'href', 'text'],
  custom: ['name', 'props'],
  form_submit: ['form', 'submission', 'how', 'action', 'fields'],
  form_result: ['submission', 'result', 'by'],
  identify: ['traits'],
  consent: ['state', 'purpose', 'text_version', 'language', 'how', 'proof'],
  error: ['kind', 'count', 'message'],
};

/**
 * What all events of a batch share, as text; equal texts may travel together.
 * @param {number} site
 * @param {string | null} visitor  null in audience mode
 * @param {string} consent  granted | denied | unset
 * @param {Context} context
 */
export const head = (site, visitor, consent, context) => JSON.stringify({ site, visitor, consent, context }).slice(1, -1);

/**
 * The body of a request.
 * @param {string} shared  from `head`
 * @param {number} sent  ms
 * @param {Event[]} events
 */
export const body = (shared, sent, events) => `{"v":1,${shared},"sent":${sent},"events":${JSON.stringify(events)}}`;

/** The bytes of a text in UTF-8. @param {string} text */
export const bytes = (text) => new Blob([text]).size;

/**
 * Shortens a text, never inside a surrogate pair, and drops what no reader can store: NUL and half pairs.
 * @param {unknown} text  anything but a string counts as empty (a form's `name` may be an element)
 * @param {number} max  UTF-16 units
 */
export const cut = (text, max) =>
  (typeof text === 'string' ? text : '')
    .slice(0, max)
    .replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]|\0/g, (found) => (found[1] ? found : ''));

/**
 * The plain values of an object that a page handed over.
 * @param {unknown} given
 * @returns {Record<string, string | number | boolean>}
 */
export function scalars(given) {
  /** @type {Record<string, string | number | boolean>} */
  const kept = {};
  for (const [key, value] of Object.entries(Object(given)).slice(0, MAX_PROPS)) {
    if (typeof value === 'string') kept[cut(key, LABEL_LENGTH)] = cut(value, VALUE_LENGTH);
    else if (typeof value === 'boolean' || Number.isFinite(value)) kept[cut(key, LABEL_LENGTH)] = value;
  }
  return kept;
}

/** @param {string} referrer @param {string} title @param {string} nav @param {boolean} [again] */
export const view = (referrer, title, nav, again) => ({ type: 'view', referrer, title, nav, again: again ? 1 : undefined });

/** @param {number} ms visible and focused, since the last @param {number} scroll deepest, in percent */
export const engage = (ms, scroll) => ({ type: 'engage', ms, scroll });

/** @param {string} kind @param {string} href @param {string} text */
export const click = (kind, href, text) => ({ type: 'click', kind, href, text });

/** @param {unknown} name @param {unknown} props */
export const custom = (name, props) => ({ type: 'custom', name: cut(name, LABEL_LENGTH), props: scalars(props) });

/** @param {unknown} traits */
export const identify = (traits) => ({ type: 'identify', traits: scalars(traits) });

/**
 * @param {string} form  the form's key
 * @param {object} submission  one object a submission; `track` gives it an id for each site
 * @param {string} how  submit | script | api
 * @param {string} action
 * @param {Field[]} fields
 */
export const formSubmit = (form, submission, how, action, fields) => ({ type: 'form_submit', form, submission, how, action, fields });

/** @param {object} submission @param {string} result @param {string} by */
export const formResult = (submission, result, by) => ({ type: 'form_result', submission, result, by });

/**
 * @param {string} state  granted | denied
 * @param {string} how  api | tag | tarteaucitron
 * @param {string} language  of the page that asked
 * @param {string} [version]  of the text that was agreed to
 * @param {string} [proof]  from `identity.proof`
 */
export const consent = (state, how, language, version, proof) => ({
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

/**
 * Shortens a submission to its bounds: the fields that say something first, the longest value cut first.
 * @param {Field[]} fields  changed in place
 * @returns {Field[]}
 */
export function fit(fields) {
  if (fields.length > FORM_FIELDS) {
    fields = fields.sort((a, b) => Number(!a.value) - Number(!b.value)).slice(0, FORM_FIELDS);
  }
  for (let over; (over = bytes(JSON.stringify(fields)) - FORM_BYTES) > 0; ) {
    const longest = fields.reduce((most, field) => ((field.value || '').length > (most.value || '').length ? field : most));
    const value = longest.value || '';
    if (!value) return fit(fields.slice(0, fields.length >> 1)); // labels alone are too much
    // Never all at once: a value of four-byte signs would lose three times too much.
    longest.value = cut(value, Math.max(0, value.length - Math.ceil(over / 4) - 1));
    longest.cut = 1;
  }
  return fields;
}
