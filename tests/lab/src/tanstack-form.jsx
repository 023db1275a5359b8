import { useForm } from '@tanstack/react-form';
import { createRoot } from 'react-dom/client';

function Contact() {
  const form = useForm({
    defaultValues: { email: '', message: '' },
    onSubmit: async ({ value }) => {
      await fetch('/api', { method: 'POST', body: JSON.stringify(value) });
      form.reset();
    },
  });
  const field = (name) => (
    <form.Field name={name} key={name}>
      {(one) => <input name={one.name} aria-label={one.name} value={one.state.value} onChange={(event) => one.handleChange(event.target.value)} />}
    </form.Field>
  );
  const send = (event) => {
    event.preventDefault();
    event.stopPropagation();
    form.handleSubmit();
  };
  return <form onSubmit={send}>{['email', 'message'].map(field)}<button id="go">Envoyer</button></form>;
}
createRoot(document.getElementById('app')).render(<Contact />);
