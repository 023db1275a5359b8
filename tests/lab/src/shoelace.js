import '@shoelace-style/shoelace/dist/components/button/button.js';
import '@shoelace-style/shoelace/dist/components/input/input.js';
import '@shoelace-style/shoelace/dist/components/textarea/textarea.js';

const form = document.querySelector('form');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch('/api', { method: 'POST', body: new FormData(form) });
  form.outerHTML = '<p>Merci</p>';
});
