// The article: the newsletter form is sent without leaving the page, and the address can be copied.
(function () {
  'use strict';

  var form = document.getElementById('newsletter');
  var box = form.parentNode;
  var field = form.elements.email;

  function fault(name) {
    form.querySelectorAll('[data-fault]').forEach(function (line) {
      line.hidden = line.getAttribute('data-fault') !== name;
    });
    field.setAttribute('aria-invalid', String(name === 'email'));
    if (name === 'email') field.focus();
  }

  function joined() {
    var done = document.getElementById('newsletter-done').content.cloneNode(true).firstElementChild;
    box.replaceChild(done, form);
    done.focus();
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    var button = form.querySelector('button');
    button.disabled = true;
    fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ email: field.value }),
    }).then(function (answer) {
      if (answer.ok) joined();
      else fault(answer.status === 422 ? 'email' : 'server');
    }).catch(function () {
      fault('server');
    }).then(function () {
      button.disabled = false;
    });
  });

  var copy = document.getElementById('copy-link');
  copy.hidden = !navigator.clipboard;
  copy.addEventListener('click', function () {
    navigator.clipboard.writeText(copy.getAttribute('data-address')).then(function () {
      document.getElementById('copied').hidden = false;
    }).catch(function () {
      copy.hidden = true;
    });
  });
})();
