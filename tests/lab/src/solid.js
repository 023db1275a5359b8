import { createSignal } from 'solid-js';
import html from 'solid-js/html';
import { render } from 'solid-js/web';

function Contact() {
  const [sent, setSent] = createSignal(false);
  const send = async (event) => {
    event.preventDefault();
    await fetch('/api', { method: 'POST', body: new FormData(event.target) });
    setSent(true);
  };
  return html`<div>
    ${() =>
      sent()
        ? html`<p>Merci</p>`
        : html`<form onSubmit=${send}><input type="email" name="email" /><textarea name="message"></textarea><button id="go">Envoyer</button></form>`}
  </div>`;
}
render(Contact, document.getElementById('app'));
