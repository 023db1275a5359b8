import '@material/web/button/filled-button.js';
import '@material/web/textfield/outlined-text-field.js';

document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch('/api', { method: 'POST', body: new FormData(event.target) });
  event.target.remove();
});
