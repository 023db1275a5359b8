import Pristine from 'pristinejs';

const form = document.getElementById('contact');
const pristine = new Pristine(form, { classTo: 'group', errorTextParent: 'group', errorClass: 'has-danger' });
form.addEventListener('submit', (event) => pristine.validate() || event.preventDefault());
