import m from 'mithril';

const state = { email: '', message: '', sent: false };
const field = (name, tag) => m(tag, { name, value: state[name], oninput: (event) => (state[name] = event.target.value) });
const send = (event) => {
  event.preventDefault();
  m.request({ method: 'POST', url: '/api', body: { email: state.email, message: state.message } }).then(() => (state.sent = true));
};
const Contact = {
  view: () =>
    state.sent ? m('p', 'Merci') : m('form', { onsubmit: send }, [field('email', 'input[type=email]'), field('message', 'textarea'), m('button#go', 'Envoyer')]),
};
m.mount(document.getElementById('app'), Contact);
