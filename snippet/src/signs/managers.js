/** Consent managers that are on the page: what the visitor told them counts as told to us. */

import { first, listen } from '../shared.js';
import { meetProgram } from './programs.js';

const page = /** @type {any} */ (window);

/** @param {unknown} verdict  true, false, or nothing yet @param {string} by */
const hear = (verdict, by) => {
  if (verdict === true || verdict === false) first.hear_(verdict ? 'granted' : 'denied', by);
};

const tarteaucitron = () => hear(page.tarteaucitron?.state?.getplus, 'tarteaucitron');

/** Cookiebot's `hasResponse` says whether its answer is one. */
const cookiebot = () => page.Cookiebot?.hasResponse && hear(!!page.Cookiebot.consent?.marketing, 'cookiebot');

/** Listens to every manager, and asks those that know already. A manager keeps its own record of what was shown. */
export function watchManagers() {
  // tarteaucitron's service `getplus` is the tag; it has set its state when it says so.
  listen(document, 'getplus_allowed getplus_disallowed', tarteaucitron);
  tarteaucitron();
  listen(window, 'CookiebotOnConsentReady CookiebotOnAccept CookiebotOnDecline', cookiebot);
  cookiebot();
  // Axeptio calls back with the choices by the vendors' names, as the owner configured them.
  meetProgram('_axcb', (queue) =>
    queue.push((/** @type {any} */ axeptio) =>
      axeptio.on('cookies:complete', (/** @type {any} */ choices) => hear(choices.webleads ?? choices.webleads_tracker, 'axeptio')),
    ),
  );
  // IAB TCF 2: storing on the device (1) and measuring (8). Where it does not apply, it says nothing.
  meetProgram('__tcfapi', (ask) =>
    ask('addEventListener', 2, (/** @type {any} */ data, /** @type {boolean} */ done) => {
      if (done && data.gdprApplies !== false && /^(tcloaded|useractioncomplete)$/.test(data.eventStatus))
        hear(!!(data.purpose.consents[1] && data.purpose.consents[8]), 'tcf');
    }),
  );
}
