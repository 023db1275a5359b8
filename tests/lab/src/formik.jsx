import { createRoot } from 'react-dom/client';
import { ErrorMessage, Field, Form, Formik } from 'formik';

const send = async (values, { resetForm }) => {
  await fetch('/api', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(values) });
  resetForm();
};
const validate = ({ email }) => (email.includes('@') ? {} : { email: 'Adresse incomplète' });
createRoot(document.getElementById('app')).render(
  <Formik initialValues={{ email: '', message: '' }} onSubmit={send} validate={validate}>
    <Form>
      <label>E-mail <Field name="email" /></label>
      <ErrorMessage name="email" component="p" />
      <label>Message <Field as="textarea" name="message" /></label>
      <button id="go" type="submit">Envoyer</button>
    </Form>
  </Formik>,
);
