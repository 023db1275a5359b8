/**
 * What a visitor does to one form of a corpus, in the page: lays it down, fills every field with a value of its kind, sends it.
 * Answers what stood in it, in the order in which a form sends: [mark, name, type, kind, value] of each field that is sent.
 */
async ({ turn, key, html, fields, change }) => {
  const HIDDEN = 'hidden';
  const SECRET = /^(password|otp|captcha|cc-|hidden)/;
  const kinds = new Map(fields.map(({ fx, expected }) => [fx, expected]));
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const mark = (n) => `${turn}q${n}`.padStart(9, 'x');

  /** A number that every check of cards lets through. */
  const card = (n) => {
    const start = `4970${String(turn).padStart(6, '0')}${String(n).padStart(5, '0')}`;
    const sum = [...start].reverse().reduce((all, digit, i) => all + (i % 2 ? +digit : ((+digit * 2) % 9) || +digit), 0);
    return start + ((10 - (sum % 10)) % 10);
  };

  /** A value of its kind; a secret one is found again in whatever leaves the page. */
  const value = (control, kind, n) => {
    const { type } = control;
    if (type === 'hidden') return `hid-${mark(n)}`;
    if (type === 'password') return `Pw!${mark(n)}z`;
    const byType = {
      number: kind === 'tel' ? '0612345678' : kind === 'postal-code' ? '42000' : '12', range: '5', date: '2024-05-12', 'datetime-local': '2024-05-12T10:30', month: '2024-05', week: '2024-W20', time: '10:30',
      color: '#336699', url: 'https://www.exemple.fr/', email: `jean.dupont${n}@exemple.fr`,
    }; // prettier-ignore
    const byKind = {
      password: `Pw!${mark(n)}z`, otp: String(100000 + ((turn * 7919 + n * 104729) % 900000)), captcha: `k${mark(n)}`,
      'cc-number': card(n), 'cc-csc': '737', 'cc-exp': '11/29', 'cc-exp-month': '11', 'cc-exp-year': '2029',
      'cc-name': `M Jean Dupont ${mark(n)}`, 'cc-given-name': `Jean ${mark(n)}`, 'cc-family-name': `Dupont ${mark(n)}`, 'cc-type': 'Visa',
      email: `jean.dupont${n}@exemple.fr`, tel: '06 12 34 56 78', 'tel-part': '612', fax: '04 77 12 34 57', name: 'Jeanne Dupont',
      'given-name': 'Jeanne', 'family-name': 'Dupont', 'additional-name': 'Marie', organization: 'Dupont et fils', 'job-title': 'Directrice',
      street: '12 rue de la Paix', 'postal-code': '42000', city: 'Saint-Étienne', region: 'Loire', country: 'France',
      message: 'Bonjour, je souhaite un devis. Merci', subject: 'Demande de devis', username: 'jdupont42', search: 'chaudière',
      bday: '12/05/1980', gender: 'F', url: 'https://www.exemple.fr/', 'security-question': 'Son nom ?', 'security-answer': 'Médor',
    }; // prettier-ignore
    if (SECRET.test(kind) && /^(text|password|tel|)$/.test(type)) return byKind[kind];
    return byType[type] ?? byKind[kind] ?? (type === 'tel' ? byKind.tel : 'Exemple');
  };

  /** The ids and names of fields become `input_3`; what points at them follows. */
  const blind = (root) => {
    const names = new Map();
    const ids = new Map();
    const opaque = (map, old) => map.get(old) ?? map.set(old, `input_${names.size + ids.size + 1}`).get(old);
    for (const one of root.querySelectorAll('input,select,textarea')) {
      if (one.hasAttribute('name')) one.setAttribute('name', opaque(names, one.getAttribute('name')));
      if (one.id) one.id = opaque(ids, one.id);
    }
    for (const one of root.querySelectorAll('[for],[aria-labelledby],[aria-describedby]'))
      for (const name of ['for', 'aria-labelledby', 'aria-describedby'])
        if (one.hasAttribute(name))
          one.setAttribute(name, one.getAttribute(name).split(/\s+/).map((id) => ids.get(id) ?? id).join(' ')); // prettier-ignore
  };

  const fill = (control, n) => {
    const kind = control.type === 'hidden' ? HIDDEN : (kinds.get(control.dataset.fx) ?? '');
    const proto = Object.getPrototypeOf(control);
    if (/^(checkbox|radio)$/.test(control.type)) control.checked = true;
    else if (control.type === 'file') return kind;
    else if (control instanceof HTMLSelectElement) {
      const usable = [...control.options].filter((one) => one.value && !one.disabled && one.index);
      if (usable[0]) usable[Math.min(1, usable.length - 1)].selected = true;
    } else Object.getOwnPropertyDescriptor(proto, 'value').set.call(control, value(control, kind, n));
    if (control.type !== 'hidden')
      for (const name of ['input', 'change']) control.dispatchEvent(new Event(name, { bubbles: true }));
    return kind;
  };

  // Without the handlers that its scripts would need.
  const laid = new DOMParser().parseFromString(html, 'text/html').body;
  for (const one of laid.querySelectorAll('*'))
    for (const { name } of [...one.attributes]) if (/^on/i.test(name)) one.removeAttribute(name);
  document.body.replaceChildren(...laid.childNodes);
  if (change !== 'as is') for (const one of document.querySelectorAll('[autocomplete]')) if (change === 'no autocomplete') one.removeAttribute('autocomplete');
  if (change === 'opaque names') blind(document.body);

  const all = [...document.querySelectorAll('input,select,textarea')];
  const seen = new Map(all.map((control, n) => [control, fill(control, n)]));
  const told = (controls) =>
    controls
      .filter((one) => seen.has(one) && !/^(button|submit|reset|image)$/.test(one.type) && !one.matches(':disabled') && (one.type !== 'radio' || one.checked))
      .map((one) => [one.dataset.fx ?? null, one.name, one.type, seen.get(one), /^(checkbox|radio)$/.test(one.type) ? '' : one.value]);

  const sent = [];
  const forms = [...document.body.querySelectorAll('form')];
  for (const [n, form] of forms.entries()) {
    const elements = [...Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, 'elements').get.call(form)];
    if (!elements.some((one) => one.dataset.fx !== undefined)) continue;
    HTMLElement.prototype.setAttribute.call(form, 'data-webleads-form', `${key}/${n}`);
    HTMLElement.prototype.setAttribute.call(form, 'novalidate', '');
    sent.push([`${key}/${n}`, told(elements)]);
    HTMLFormElement.prototype.requestSubmit.call(form);
  }
  // Fields that stand in no form are sent by a button and a request of the page's own.
  const loose = all.filter((one) => !one.form && one.dataset.fx !== undefined);
  if (loose[0]) {
    sent.push([`${key}/-`, told(all.filter((one) => !one.form))]);
    for (const one of loose) for (let up = one.parentElement; up; up = up.parentElement) up.setAttribute('data-webleads-form', `${key}/-`);
    const usable = (one) => !one.form && !one.disabled;
    const buttons = [...document.querySelectorAll('button,input[type=submit],input[type=button],[role=button],a[data-fx-submit]')].filter(usable);
    const button = buttons.find((one) => one.matches('[data-fx-submit]')) ?? buttons.at(-1) ?? loose.at(-1).parentElement.appendChild(document.createElement('button'));
    button.click();
    await fetch('/api', { method: 'POST', body: '1' });
    await pause(50);
    document.body.replaceChildren();
    await pause(700);
  }
  await pause(0);
  return sent;
};
