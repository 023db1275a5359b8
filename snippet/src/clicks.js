/** Clicks that are worth telling: somebody calls, writes, comes, shares, downloads, or leaves for another site. */

import { attribute } from './elements.js';
import { cleanText, cleanUrl } from './secrets.js';
import { bare, emit } from './track.js';
import { TEXT_LENGTH, click, custom, cut } from './wire.js';

/** The first that fits a link's address names its kind; whatever else leads to another host is `outbound`. @type {Record<string, RegExp>} */
const KINDS = {
  phone: /^tel:/,
  email: /^mailto:/,
  message: /^(sms|whatsapp|tg):|\/(wa|m|t)\.me\/|whatsapp\.|messenger\./,
  map: /^geo:|\/maps\b|waze\./,
  calendar: /^webcal:|\.ics\b|calendar\.|calendly\./,
  share: /\/(share|intent|submit\b|pin\/c)/,
  download: /\.(pdf|xlsx?|docx?|pptx?|txt|rtf|csv|exe|7z|pkg|rar|gz|zip|avi|mov|mp[34]|wm[av]|dmg)\W?$/,
};

/**
 * What a click on a link is; nothing for a way within the site. A file elsewhere is a way out, as its host may not be the owner's.
 * @param {string} href  whole
 * @param {string} host  the page's own
 * @param {boolean} [file]  the link says that it is a download
 */
export function kindOf(href, host, file) {
  const address = href.toLowerCase().replace(/[?#].*/, '?');
  const away = /^https?:/.test(address) && !address.includes(`//${host}/`);
  for (const kind in KINDS) if (KINDS[kind].test(address) && kind !== (away ? 'download' : 'share')) return kind;
  return away ? 'outbound' : file && 'download';
}

/** @param {MouseEvent} event  a middle click comes as `auxclick`; a right one opens a menu, no more */
export function clicked(event) {
  const target = /** @type {Element} */ (event.composedPath()[0]);
  const link = /** @type {any} */ (target.closest('a'));
  const named = target.closest('[data-webleads-event]:not(form)');
  if (event.button > 1) return;
  const href = link ? link.href.baseVal ?? link.href : '';
  const kind = kindOf(href, location.host, link?.hasAttribute('download'));
  if (named) emit(custom(attribute(named, 'data-webleads-event')), true);
  // A link that the page has a name for is not told twice, but where it is a contact.
  if (!kind || (named && /^[od]/.test(kind))) return;
  // The site's own number or address; what a mailto would put into the mail is nobody's business.
  emit(click(kind, cut(cleanUrl(href) || bare(href), TEXT_LENGTH), cut(cleanText(link.textContent.trim()))), true);
}
