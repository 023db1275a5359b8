/** How the forms of well-known plug-ins and libraries say what became of them (DESIGN 4.3: `by` event or node). */

import { first, listen, safely } from '../shared.js';

const page = /** @type {any} */ (window);

/** Events that are the browser's own. What follows `?` is a key of their detail that must be true. */
const SENT = 'wpcf7mailsent fluentform_submission_success kb-advanced-form-success frmFormCompleteBeforeReplace hs-form-event:on-submission:success';
const REFUSED = 'wpcf7invalid wpcf7unaccepted wpcf7spam wpcf7mailfailed wpcf7aborted fluentform_submission_failed htmx:responseError htmx:sendError inertia:error';
const EITHER = { 'htmx:afterRequest': 'successful', 'turbo:submit-end': 'success' };

/** Events that only jQuery knows. A next step of a form is no sending. */
const JQUERY_SENT =
  'submit_success gform_confirmation_loaded wpformsAjaxSubmitSuccess forminator:form:submit:success frmFormComplete metform/after_submit';
const JQUERY_REFUSED =
  'gform_page_loaded wpformsAjaxSubmitFailed wpformsAjaxSubmitActionRequired wpformsAjaxSubmitError forminator:form:submit:failed frmFormErrors frmPageChanged';

/** Pieces of page that appear. */
const GOOD =
  '.elementor-message-success,[class*=wpforms-confirmation-container],.ff-message-success,.everest-forms-notice--success,.mailpoet_validate_success,.w-form-done,[data-fs-success],#mce-success-response,.gform_confirmation_message,.nf-response-msg,.mc4wp-success,.submitted-message,.tnp-success,.frm_message';
const BAD = '.elementor-message-danger,.w-form-fail,label.error,[data-fs-error],#mce-error-response,.everest-forms-notice--error,.wpforms-error-container,.mc4wp-error';

/** @param {any} event @param {boolean} good */
const conclude = ({ target, detail }, good) => {
  const element = target?.closest ? target : detail?.formSubmission?.formElement || detail?.elt || detail?.form;
  first.conclude_?.(element, good ? 'confirmed' : 'failed', 'event');
};

/** @param {string} selector @param {Element} form  the piece of page must stand in it or close to it */
const near = (selector, form) =>
  [...document.querySelectorAll(selector)].some(
    (one) => one.getClientRects()[0] && one.textContent?.trim() && (one.contains(form) || form.parentElement?.parentElement?.contains(one)),
  );

/** Listens to the plug-ins. */
export function watchPlugins() {
  listen(document, SENT, (event) => conclude(event, true));
  listen(document, REFUSED, (event) => conclude(event, false));
  for (const [type, key] of Object.entries(EITHER)) listen(document, type, (event) => conclude(event, !!event.detail?.[key]));
  /** @param {Element} form */
  first.node_ = (form) => (near(GOOD, form) ? 'confirmed' : near(BAD, form) ? 'failed' : '');
  safely(() => {
    const $ = page.jQuery(document);
    $.on(JQUERY_SENT, (/** @type {any} */ event) => conclude(event, true));
    $.on(JQUERY_REFUSED, (/** @type {any} */ event) => conclude(event, false));
    $.on('nfFormSubmitResponse', (/** @type {any} */ event, /** @type {any} */ { response } = {}) =>
      conclude(event, !Object.keys(response?.errors || {})[0]),
    );
  });
}
