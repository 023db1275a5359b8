/** `#webleads-debug`: on the page itself, what was seen, sent and withheld, and why a form did not count. For the owner's eyes. */

import { first, later, listen } from '../shared.js';

/** @type {Record<string, string>} */
const WHY = {
  skip: 'not counted: login, search or ignored',
  count: 'counted without values: no contact field',
  keep: 'captured',
};

/** @param {any} event */
const line = ({ type, form, field, result, by, kind, name, reason, state, url, fields }) =>
  [type, form, name, field, kind, reason, result, by, state, type === 'view' ? url : ''].filter(Boolean).join(' · ') +
  (fields || []).map((/** @type {any} */ one) => `\n   ${one.name || one.id} ${one.withheld ? 'withheld: ' + one.withheld : one.value === undefined ? 'empty' : 'sent'}`).join('');

/** Shows the panel. No markup, no style sheet, no inline style attribute: strict policies allow what is left. */
export function watchOverlay() {
  const host = document.createElement('div');
  const list = document.createElement('pre');
  Object.assign(host.style, { position: 'fixed', right: '0', bottom: '0', zIndex: '2147483647', maxHeight: '60vh', overflow: 'auto' });
  Object.assign(list.style, { margin: '0', padding: '1em', background: '#111', color: '#eee', font: '12px monospace', whiteSpace: 'pre-wrap' });
  host.id = 'webleads-debug-panel';
  host.attachShadow({ mode: 'open' }).append(list);
  document.documentElement.append(host);
  /** @param {string} text */
  const say = (text) => {
    list.textContent += text + '\n';
    host.scrollTop = 1e6;
  };
  say('sites ' + first.sites_.map((/** @type {any} */ { id_, setting_ }) => `${id_} (${setting_})`).join(', '));
  first.seen_ = (event) => say(line(event));
  /** @param {any} form */
  const explain = (form) => {
    const found = first.explain_?.(form);
    if (found) say(`form ${found.key_ || form.getAttribute('id') || ''}: ${WHY[found.kind_]}`);
  };
  later(() => document.querySelectorAll('form').forEach(explain), 1500);
  listen(window, 'submit', ({ target }) => explain(target));
}
