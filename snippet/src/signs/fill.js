/** The source of the visit, written into the page's own empty hidden fields (`data-fill`), so that the owner's other tools have it. */

import { OURS, keep, recall } from '../device.js';
import { listen, safely, sites } from '../shared.js';

const SOURCE = OURS + 'source';
const PARAMETER = /^(utm_\w+|\w?\w?clid|gclsrc|[gw]braid|msclkid)$/;

/** The parameters of this visit: the page's own, or with consent those of the page where it began. */
function source() {
  const own = new URLSearchParams(location.search);
  const found = Object.fromEntries([...own].filter(([name]) => PARAMETER.test(name)));
  const known = sites.some((/** @type {any} */ site) => site.visitor_);
  if (!Object.keys(found)[0]) return (known && safely(() => JSON.parse(recall(SOURCE)))) || {};
  if (known) keep(SOURCE, JSON.stringify(found));
  return found;
}

/** Fills what is empty, and tells nobody: a form that watches its fields is not set off. */
function fill() {
  const known = source();
  document.querySelectorAll('input[type=hidden]').forEach((/** @type {any} */ field) => {
    const name = (field.getAttribute('name') || field.id).match(/\w+(?=\W*$)/)?.[0] || '';
    if (!field.value && known[name]) field.value = known[name];
  });
}

/** A form may come late: the last look is before anything is pressed. */
export function watchFill() {
  fill();
  listen(window, 'DOMContentLoaded load focusin pointerdown click keydown', fill);
}
