import { LitElement, html } from 'lit';

class ContactForm extends LitElement {
  static properties = { sent: { type: Boolean } };
  async send(event) {
    event.preventDefault();
    await fetch('/api', { method: 'POST', body: new FormData(event.target) });
    this.sent = true;
  }
  render() {
    return this.sent
      ? html`<p>Merci</p>`
      : html`<form @submit=${this.send}>
          <label>E-mail <input type="email" name="email" /></label>
          <label>Message <textarea name="message"></textarea></label>
          <button id="go">Envoyer</button>
        </form>`;
  }
}
customElements.define('contact-form', ContactForm);
