import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useForm } from 'react-hook-form';

function Contact() {
  const { register, handleSubmit, formState } = useForm();
  const [sent, setSent] = useState(false);
  const send = async (values) => {
    await fetch('/api', { method: 'POST', body: JSON.stringify(values) });
    setSent(true);
  };
  if (sent) return <p>Merci</p>;
  return (
    <form onSubmit={handleSubmit(send)}>
      <label>E-mail <input type="text" {...register('email', { required: true, pattern: /@/ })} /></label>
      {formState.errors.email && <p role="alert">Adresse incomplète</p>}
      <label>Message <textarea {...register('message')} /></label>
      <button id="go">Envoyer</button>
    </form>
  );
}
createRoot(document.getElementById('app')).render(<Contact />);
