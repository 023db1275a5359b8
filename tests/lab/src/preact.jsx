/** @jsxImportSource preact */
import { render } from 'preact';
import { useState } from 'preact/hooks';

function Contact() {
  const [sent, setSent] = useState(false);
  const send = async (event) => {
    event.preventDefault();
    await fetch('/api', { method: 'POST', body: new FormData(event.currentTarget) });
    setSent(true);
  };
  return sent ? <p>Merci</p> : (
    <form onSubmit={send}>
      <input type="email" name="email" />
      <textarea name="message" />
      <button id="go">Envoyer</button>
    </form>
  );
}
render(<Contact />, document.getElementById('app'));
