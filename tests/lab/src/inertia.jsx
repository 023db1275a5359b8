import { createInertiaApp, useForm } from '@inertiajs/react';
import { createRoot } from 'react-dom/client';

function Contact() {
  const { data, setData, post, errors } = useForm({ email: '', message: '' });
  const send = (event) => {
    event.preventDefault();
    post('/inertia');
  };
  return (
    <form onSubmit={send}>
      <input type="email" name="email" value={data.email} onChange={(event) => setData('email', event.target.value)} />
      {errors.email && <p role="alert">{errors.email}</p>}
      <textarea name="message" value={data.message} onChange={(event) => setData('message', event.target.value)} />
      <button id="go">Envoyer</button>
    </form>
  );
}
const Thanks = () => <p>Merci</p>;
const pages = { Contact, Thanks };
createInertiaApp({
  resolve: (name) => pages[name],
  setup: ({ el, App, props }) => createRoot(el).render(<App {...props} />),
});
