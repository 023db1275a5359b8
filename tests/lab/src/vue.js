import { createApp, ref } from 'vue/dist/vue.esm-bundler.js';

createApp({
  setup() {
    const [email, message, sent] = [ref(''), ref(''), ref(false)];
    const send = async () => {
      await fetch('/api', { method: 'POST', body: JSON.stringify({ email: email.value, message: message.value }) });
      sent.value = true;
    };
    return { email, message, sent, send };
  },
  template: `<p v-if="sent">Merci</p><form v-else @submit.prevent.stop="send">
    <label>E-mail <input v-model="email" type="email" name="email"></label>
    <label>Message <textarea v-model="message" name="message"></textarea></label>
    <button id="go">Envoyer</button></form>`,
}).mount('#app');
