// The quote request: sent by fetch; the form stays with its faults, or gives way to the confirmation.
(function () {
  'use strict';

  var form = document.getElementById('devis');
  var LARGEST_BODY = 5 * 1024 * 1024;

  function show(faults) {
    form.querySelectorAll('[data-fault]').forEach(function (line) {
      line.hidden = faults.indexOf(line.getAttribute('data-fault')) < 0;
    });
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.hasAttribute('aria-describedby')) field.setAttribute('aria-invalid', String(faults.indexOf(field.name) >= 0));
    });
    var first = form.querySelector('[aria-invalid="true"]');
    if (first) first.focus();
  }

  function confirm() {
    var done = document.getElementById('devis-done').content.cloneNode(true).firstElementChild;
    var service = form.elements.service;
    done.querySelector('[data-summary]').textContent = [
      service.options[service.selectedIndex].text,
      form.elements.surface.value + '\u00a0m²',
      form.elements.code_postal.value + ' ' + form.elements.ville.value,
    ].join(' · ');
    form.parentNode.replaceChild(done, form);
    done.scrollIntoView({ block: 'center', behavior: 'instant' });
    done.focus({ preventScroll: true });
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    var file = form.elements.document.files[0];
    if (file && file.size > LARGEST_BODY - 64 * 1024) return show(['document']);
    var button = form.querySelector('button[type=submit]');
    button.disabled = true;
    fetch(form.action, { method: 'POST', headers: { Accept: 'application/json' }, body: new FormData(form) })
      .then(function (answer) {
        if (answer.status !== 422) return answer.ok ? confirm() : show(['server']);
        return answer.json().then(function (told) { show(told.faults); });
      })
      .catch(function () { show(['server']); })
      .then(function () { button.disabled = false; });
  });
})();
