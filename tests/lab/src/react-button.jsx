import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Contact() {
  const [values, set] = useState({ email: '', message: '' });
  const [sent, setSent] = useState(false);
  const typed = (event) => set({ ...values, [event.target.name]: event.target.value });
  const send = async () => {
    await fetch('/api', { method: 'POST', body: JSON.stringify(values) });
    setSent(true);
  };
  if (sent) return <p>Merci</p>;
  return (
    <div>
      <input type="email" name="email" placeholder="E-mail" value={values.email} onChange={typed} />
      <textarea name="message" placeholder="Message" value={values.message} onChange={typed} />
      <button id="go" onClick={send}>Demander un devis</button>
    </div>
  );
}
createRoot(document.getElementById('app')).render(<Contact />);
