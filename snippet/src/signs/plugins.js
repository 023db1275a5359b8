/** How the forms of well-known plug-ins and libraries say what became of them (DESIGN 4.3: `by` event or node). */

import { first, listen } from '../shared.js';
import { meetProgram } from './programs.js';

/** Events of the browser's, and from the second line on those that only jQuery knows. A next step of a form is no sending. */
const SENT =
  'wpcf7mailsent fluentform_submission_success kb-advanced-form-success frmFormCompleteBeforeReplace hs-form-event:on-submission:success ' +
  'submit_success gform_confirmation_loaded wpformsAjaxSubmitSuccess forminator:form:submit:success frmFormComplete metform/after_submit';
const ALL =
  SENT +
  ' wpcf7invalid wpcf7unaccepted wpcf7spam wpcf7mailfailed wpcf7aborted fluentform_submission_failed htmx:responseError htmx:sendError inertia:error' +
  ' gform_page_loaded wpformsAjaxSubmitFailed wpformsAjaxSubmitActionRequired wpformsAjaxSubmitError forminator:form:submit:failed frmFormErrors frmPageChanged';
/** What follows is the key of their detail that must be true. */
const EITHER = { 'htmx:afterRequest': 'successful', 'turbo:submit-end': 'success' };

/** Pieces of page that appear. */
const GOOD =
  '.elementor-message-success,[class*=wpforms-confirmation-container],.ff-message-success,.everest-forms-notice--success,.mailpoet_validate_success,.w-form-done,[data-fs-success],#mce-success-response,.gform_confirmation_message,.nf-response-msg,.mc4wp-success,.submitted-message,.tnp-success,.frm_message,.forminator-success';
const BAD = '.elementor-message-danger,.w-form-fail,label.error,[data-fs-error],#mce-error-response,.everest-forms-notice--error,.wpforms-error-container,.mc4wp-error,.forminator-error,.just-validate-error-label';

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
  /** @param {any} event */
  const hear = (event) => conclude(event, SENT.includes(event.type));
  listen(document, ALL, hear);
  for (const [type, key] of Object.entries(EITHER)) listen(document, type, (event) => conclude(event, !!event.detail?.[key]));
  /** @param {Element} form */
  first.node_ = (form) => (near(GOOD, form) ? 'confirmed' : near(BAD, form) ? 'failed' : '');
  meetProgram('jQuery', ($) =>
    $(document)
      .on(ALL, hear)
      .on('nfFormSubmitResponse', (/** @type {any} */ event, /** @type {any} */ { response } = {}) =>
        conclude(event, !Object.keys(response?.errors || {})[0]),
      ),
  );
}
