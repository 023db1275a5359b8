import { ErrorMessage, Field, Form } from 'vee-validate';
import { createApp } from 'vue/dist/vue.esm-bundler.js';

createApp({
  components: { ErrorMessage, Field, Form },
  data: () => ({ sent: false }),
  methods: {
    known: (value) => /@.+\.com$/.test(value || '') || 'Une adresse en .com',
    async send(values) {
      await fetch('/api', { method: 'POST', body: JSON.stringify(values) });
      this.sent = true;
    },
  },
  template: `<p v-if="sent">Merci</p><Form v-else @submit="send">
    <Field name="email" :rules="known" aria-label="E-mail" /><ErrorMessage name="email" role="alert" />
    <Field name="message" as="textarea" aria-label="Message" />
    <button id="go">Envoyer</button></Form>`,
}).mount('#app');
