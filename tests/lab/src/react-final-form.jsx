import { createRoot } from 'react-dom/client';
import { Field, Form } from 'react-final-form';

const send = (values) => fetch('/api', { method: 'POST', body: JSON.stringify(values) });
createRoot(document.getElementById('app')).render(
  <Form onSubmit={send}>
    {({ handleSubmit, submitSucceeded }) =>
      submitSucceeded ? <p>Merci</p> : (
        <form onSubmit={handleSubmit}>
          <Field name="email" component="input" type="email" />
          <Field name="message" component="textarea" />
          <button id="go" type="submit">Envoyer</button>
        </form>
      )}
  </Form>,
);
