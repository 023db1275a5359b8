/**
 * On the page itself, for the owner's eyes. `#webleads-debug`: what was seen, sent and withheld, and why a form did not count;
 * `#webleads-own`: whether one's own visits do.
 */

import { OWN, recall } from '../device.js';
import { first, later, listen, sites } from '../shared.js';

const PANEL = 'webleads-debug-panel';

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

/** Whether one's own visits count, in the browser's language. @param {boolean} own */
const notice = (own) => {
  const kept = recall(OWN);
  return /^fr/.test(navigator.language)
    ? own
      ? `Les visites de ce navigateur ne sont pas comptées${kept ? '' : ', pour cette page seulement : il ne retient rien'} (#webleads-own=off : les compter)`
      : 'Les visites de ce navigateur comptent, dès la page suivante (#webleads-own : ne plus les compter)'
    : own
      ? `Visits in this browser are not counted${kept ? '' : ', on this page only: it keeps nothing'} (#webleads-own=off counts them)`
      : 'Visits in this browser count, from the next page on (#webleads-own leaves them out)';
};

/** Shows the panel. No markup, no style sheet, no inline style attribute: strict policies allow what is left. @param {boolean} own */
export function watchOverlay(own) {
  document.getElementById(PANEL)?.remove();
  const host = document.createElement('div');
  const list = document.createElement('pre');
  Object.assign(host.style, { position: 'fixed', right: '0', bottom: '0', zIndex: '2147483647', maxHeight: '60vh', overflow: 'auto' });
  Object.assign(list.style, { margin: '0', padding: '1em', background: '#111', color: '#eee', font: '12px monospace', whiteSpace: 'pre-wrap' });
  host.id = PANEL;
  host.attachShadow({ mode: 'open' }).append(list);
  document.documentElement.append(host);
  /** @param {string} text */
  const say = (text) => {
    list.textContent += text + '\n';
    host.scrollTop = 1e6;
  };
  if (own || /own/.test(location.hash)) say(notice(own));
  if (own || !/debug/.test(location.hash)) return;
  say('sites ' + sites.map(({ id_, setting_ }) => `${id_} (${setting_})`).join(', '));
  first.seen_ = (event) => say(line(event));
  /** @param {any} form */
  const explain = (form) => {
    const found = first.explain_?.(form);
    if (found) say(`form ${found.key_ || form.getAttribute('id') || ''}: ${WHY[found.kind_]}`);
  };
  later(() => document.querySelectorAll('form').forEach(explain), 1500);
  listen(window, 'submit', ({ target }) => explain(target));
}
