/**
 * `/consent.js`: a small banner for sites without a consent manager, beside the tag. Accept and refuse are equal, nothing is decided by
 * closing or scrolling, and a link or button with `data-webleads-consent` opens it again. French and English, as the page is, or in the
 * words of `data-text`, whose `data-version` is told with the answer (the collector writes both from the site's settings).
 *
 *     <script async src="https://stats.example.com/consent.js" data-privacy="/confidentialite"></script>
 */

const script = /** @type {HTMLScriptElement} */ (document.currentScript || document.querySelector('script[src*="/consent.js"]'));
const KEPT = 'webleads_choice'; // refused: so that nobody is asked at every page. It tells no visitor from another.

const french = /^fr/i.test(script?.dataset.language || document.documentElement.lang || navigator.language);
const [TITLE, TEXT, MORE, YES, NO] = french
  ? [
      'Mesure d’audience',
      'Acceptez-vous que ce site se souvienne de vos visites, pour savoir quelles pages et campagnes vous ont conduit jusqu’à nous ? Vous pouvez changer d’avis à tout moment.',
      'En savoir plus',
      'Accepter',
      'Refuser',
    ]
  : [
      'Audience measurement',
      'May this site remember your visits, to know which pages and campaigns led you to us? You can change your mind at any time.',
      'Learn more',
      'Accept',
      'Refuse',
    ];

const page = /** @type {any} */ (window);
page.webleads =
  page.webleads ||
  function () {
    (page.webleads.q = page.webleads.q || []).push(arguments);
  };

const { text = TEXT, version = 'banner-1' } = /** @type {DOMStringMap} */ (script?.dataset || {});

/** @template T @param {() => T} work */
const safely = (work) => {
  try {
    return work();
  } catch (refused) {
    return;
  }
};

/**
 * @param {string} name
 * @param {string} text
 * @param {Partial<CSSStyleDeclaration>} style  by script, which strict policies allow
 */
function make(name, text, style) {
  const element = document.createElement(name);
  element.textContent = text;
  Object.assign(element.style, style);
  return element;
}

/** @type {HTMLElement | undefined} */
let panel;

/** @param {'granted' | 'denied'} state */
function decide(state) {
  page.webleads('consent', state, version);
  safely(() => (state === 'denied' ? localStorage.setItem(KEPT, state) : localStorage.removeItem(KEPT)));
  panel?.remove();
  panel = undefined;
}

function open() {
  if (panel) return;
  panel = make('div', '', {
    position: 'fixed', left: '1rem', right: '1rem', bottom: '1rem', maxWidth: '32rem', margin: 'auto', padding: '1rem', zIndex: '2147483646',
    background: '#fff', color: '#111', border: '1px solid #767676', borderRadius: '.5rem', font: '1rem/1.5 system-ui, sans-serif',
  }); // prettier-ignore
  panel.setAttribute('role', 'region');
  panel.setAttribute('aria-label', TITLE);
  panel.append(make('strong', TITLE, { display: 'block' }), make('p', text, { margin: '.5rem 0' }));
  if (script?.dataset.privacy) {
    const link = /** @type {HTMLAnchorElement} */ (make('a', MORE, { color: 'inherit' }));
    link.href = script.dataset.privacy;
    panel.append(link);
  }
  const buttons = make('div', '', { display: 'flex', gap: '1rem', marginTop: '1rem' });
  for (const [text, state] of /** @type {['', 'granted' | 'denied'][]} */ ([[NO, 'denied'], [YES, 'granted']])) {
    const button = make('button', text, {
      flex: '1', padding: '.75rem', border: '1px solid #111', borderRadius: '.25rem', background: '#fff', color: '#111', font: 'inherit', cursor: 'pointer',
    }); // prettier-ignore
    button.setAttribute('type', 'button');
    button.onclick = () => decide(state);
    buttons.append(button);
  }
  panel.append(buttons);
  document.body.append(panel);
}

/** Whether the visitor has answered on this site. */
const answered = () => safely(() => localStorage.getItem(KEPT) || localStorage.getItem('webleads_consent') === 'granted');

document.addEventListener(
  'click',
  (event) => {
    const asked = /** @type {Element} */ (event.target).closest?.('[data-webleads-consent]');
    if (!asked) return;
    event.preventDefault(); // the banner's own link, which leads nowhere else
    open();
  },
  true,
);

if (!answered()) {
  if (document.body) open();
  else document.addEventListener('DOMContentLoaded', open);
}
