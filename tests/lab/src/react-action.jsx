import { useActionState } from 'react';
import { createRoot } from 'react-dom/client';

function Contact() {
  const [told, action] = useActionState(async (before, data) => {
    await fetch('/api', { method: 'POST', body: data });
    return 'Merci';
  }, '');
  return (
    <form action={action}>
      <input type="email" name="email" />
      <textarea name="message" />
      <button id="go">Envoyer</button>
      <p>{told}</p>
    </form>
  );
}
createRoot(document.getElementById('app')).render(<Contact />);
