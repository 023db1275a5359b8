/** Where forms may stand: the page, its frames of the same origin, and open shadows. */

import { isLong } from '../secrets.js';
import { first, listen, safely, summon } from '../shared.js';
import { FIELD } from './fields.js';
import { touch } from './funnel.js';
import { watchForms } from './sent.js';

/** Documents and shadows that are watched already. @type {WeakSet<object>} */
const known = new WeakSet();

/** Watches the open shadows that an event came through: their forms are sent without a word to the document. @param {Event} event */
const pierce = (event) =>
  event.composedPath().forEach((/** @type {any} */ node) => {
    if (!node.host?.shadowRoot || known.has(node)) return;
    known.add(node);
    watchForms(node);
  });

/** Watches every form of a page and of its frames, those to come too. @param {any} view  a window */
export function watchWindow(view) {
  const { document } = view;
  // A frame with a tag of its own tells itself.
  if (known.has(document) || (view !== window && view.webleads)) return;
  known.add(document);
  listen(view, 'focusin pointerdown click input', (event) => {
    const [target] = event.composedPath();
    pierce(event);
    if (isLong(target.value)) summon(1);
    if (event.type !== 'focusin' || !target.matches(FIELD)) return;
    if (target.form) touch(target.form, target);
    // Fields without a form are sent by a press.
    else summon(2);
  });
  watchForms(view);
  first.views_.push(view);
  first.presses_?.(view);
  /** @param {any} frame */
  const enter = ({ contentWindow }) => safely(() => contentWindow.document.readyState === 'complete' && watchWindow(contentWindow));
  listen(document, 'load', ({ target }) => enter(target));
  document.querySelectorAll('iframe').forEach(enter);
}
