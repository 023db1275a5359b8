import JustValidate from 'just-validate';

const valid = new JustValidate('#contact');
valid
  .addField('#email', [{ rule: 'required' }, { rule: 'customRegexp', value: /\.fr$/ }])
  .onSuccess(async (event) => {
    await fetch('/api', { method: 'POST', body: new FormData(event.target) });
    event.target.reset();
  });
