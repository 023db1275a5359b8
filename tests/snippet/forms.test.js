// What a form is called, what kind of form it is, and what became of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit } from '../../snippet/src/forms/bounds.js';
import { formKey, guard, sort } from '../../snippet/src/forms/fields.js';
import { verdict } from '../../snippet/src/forms/results.js';
import { lent } from '../../snippet/src/lent.js';
import { meet } from '../../snippet/src/shared.js';

meet({ lent_: lent });

test('a form is called as the page calls it', () => {
  assert.equal(formKey(['devis', 'f1', 'n1'], '/x', []), 'devis');
  assert.equal(formKey(['', 'contact', 'n1'], '/x', []), 'contact');
  assert.equal(formKey(['', '', 'n1'], '/x', []), 'n1');
  assert.equal(formKey(['', 'wpcf7-f123-p45-o1', ''], '/x', []), 'wpcf7-f123-p45-o1');
});

test('a name that looks generated is passed over', () => {
  for (const made of ['form-12345678', 'f_8f3a9c21', ':r1:', '_r_3_', '3f2504e0-4f89-11d3-9a0c-0305e82c3301']) {
    assert.equal(formKey(['', made, 'contact'], '/x', []), 'contact', made);
    assert.match(formKey(['', made, ''], '/x', ['a']), /^f[0-9a-z]+$/, made);
  }
});

test('without a name the key is of where it goes and what it asks, whatever the order', () => {
  const key = formKey(['', '', ''], '/envoi', ['email', 'nom', 'email']);
  assert.equal(formKey(['', '', ''], '/envoi', ['nom', 'email']), key);
  assert.notEqual(formKey(['', '', ''], '/envoi', ['nom', 'tel']), key);
  assert.notEqual(formKey(['', '', ''], '/autre', ['nom', 'email']), key);
});

const email = { type: 'email', name: 'email' };
const password = { type: 'password', name: 'p', withheld: 'password' };
const KINDS = [
  ['skip', [email, password], 'login'],
  ['skip', [{ type: 'text', name: 'user' }, password, { type: 'hidden', withheld: 'hidden' }, { type: 'checkbox' }], 'login with a box'],
  ['skip', [{ type: 'text', name: 'user' }, { type: 'text', name: 'pass', withheld: 'password' }], 'login, password shown'],
  ['skip', [email, { type: 'text', name: 'x' }, { ...password, autocomplete: 'current-password' }], 'login by its autocomplete'],
  ['keep', [email, password, password], 'registration'],
  ['keep', [email, { type: 'text', name: 'nom' }, password], 'registration with a name'],
  ['count', [password, password], 'new password'],
  ['skip', [{ type: 'search', name: 'x' }], 'search by type'],
  ['skip', [{ type: 'text', name: 'q' }], 'search by GET', true],
  ['keep', [{ type: 'text', name: 'email' }], 'newsletter by GET', true],
  ['count', [{ type: 'text', name: 'surface' }], 'calculator'],
  ['count', [{ type: 'checkbox', name: 'a' }, { type: 'select-one', name: 'b' }], 'poll'],
  ['keep', [{ type: 'text', name: 'x3', label: 'Votre prénom' }], 'name by label'],
  ['keep', [{ type: 'text', name: 'x3', value: 'jeanne@exemple.fr' }], 'contact by value'],
  ['keep', [{ type: 'textarea', name: 'x3' }], 'message'],
];
for (const [kind, fields, name, get = false] of KINDS) {
  test(`a form is sorted: ${name}`, () => assert.equal(sort(fields, get), kind));
}

test('what may not leave is taken out, with what tells of it', () => {
  const field = guard({ name: 'p', type: 'checkbox', withheld: 'optout', value: 'x', checked: 1, preset: 1, text: 't' });
  assert.deepEqual(JSON.parse(JSON.stringify(field)), { name: 'p', type: 'checkbox', withheld: 'optout' });
});

test('a card number across the bound of a field is seen whole', () => {
  const field = guard({ name: 'note', type: 'text', value: ' '.repeat(490) + '4111 1111 1111 1111' });
  assert.equal(field.withheld, 'value');
  assert.equal(field.value, undefined);
});

test('an empty field comes without a value, a long one is cut', () => {
  assert.equal(guard({ name: 'note', type: 'text', value: '  ' }).value, undefined);
  const long = guard({ name: 'note', type: 'text', value: 'a '.repeat(400) });
  assert.deepEqual([long.value.length, long.cut], [500, 1]);
  const area = guard({ name: 'note', type: 'textarea', value: 'a '.repeat(400) });
  assert.deepEqual([area.value.length, area.cut], [800, undefined]);
});

test('what became of a submission, and never more than the page shows', () => {
  const [over, gone, twin, reset, bad, wrong] = [true, true, true, true, true, true];
  assert.equal(verdict(false, false, false, false, false, false), undefined);
  assert.deepEqual(verdict(false, gone, false, false, false, false), ['confirmed', 'gone']);
  assert.deepEqual(verdict(false, false, false, reset, false, false), ['confirmed', 'reset']);
  assert.deepEqual(verdict(false, gone, twin, false, false, false), ['unknown', 'none']);
  assert.deepEqual(verdict(over, gone, false, false, false, false), ['unknown', 'none']);
  assert.deepEqual(verdict(over, false, false, reset, false, false), ['unknown', 'none']);
  assert.deepEqual(verdict(false, false, false, false, bad, false), ['failed', 'response']);
  assert.deepEqual(verdict(false, false, false, false, false, wrong), ['failed', 'node']);
  assert.deepEqual(verdict(false, gone, twin, false, bad, false), ['failed', 'response'], 'another form with the error in its place');
  assert.deepEqual(verdict(false, gone, false, false, bad, false), ['confirmed', 'gone'], 'what is gone was taken in the end');
});

const weight = (fields) => Buffer.byteLength(JSON.stringify(fields));

test('a submission is cut to its bound, the longest first', () => {
  const fields = fit([{ name: 'a', value: 'é'.repeat(8000) }, { name: 'b', value: 'é'.repeat(8000) }, { name: 'c', label: 'Nom', value: 'Jeanne' }]);
  assert.ok(weight(fields) <= 24000);
  assert.deepEqual(fields[2], { name: 'c', label: 'Nom', value: 'Jeanne' });
  assert.equal(fields[0].cut, 1);
});

test('names alone that are too long lose the last fields, and nothing runs for ever', () => {
  const fields = fit([...Array(200)].map((_, place) => ({ name: place + 'n'.repeat(190), id: 'i'.repeat(200), label: 'l'.repeat(200) })));
  assert.ok(weight(fields) <= 24000);
  assert.equal(fields.length, 30);
  assert.equal(fields[0].name[0], '0');
});
