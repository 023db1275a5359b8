// The wire's key names and bounds; the golden bodies are read by the collector's tests too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fit } from '../../snippet/src/forms/bounds.js';
import { lent } from '../../snippet/src/lent.js';
import { meet } from '../../snippet/src/shared.js';
import * as wire from '../../snippet/src/wire.js';

meet({ lent_: lent });

const golden = JSON.parse(readFileSync(new URL('../wire/batches.json', import.meta.url), 'utf8'));

/** The event again, by the tag's own constructors. */
const remake = {
  view: (e) => ({ ...wire.view(e.referrer, e.title, e.nav), again: e.again }),
  engage: (e) => wire.engage(e.ms, e.scroll),
  click: (e) => wire.click(e.kind, e.href, e.text),
  custom: (e) => wire.custom(e.name, e.props),
  identify: (e) => wire.identify(e.traits),
  form_view: (e) => wire.formStep('view', e.form),
  form_start: (e) => wire.formStep('start', e.form, e.field),
  form_abandon: (e) => wire.formStep('abandon', e.form, e.field),
  form_invalid: (e) => wire.formStep('invalid', e.form, e.field, e.reason),
  form_submit: (e) => wire.formSubmit(e.form, e.submission, e.how, e.action, e.fields),
  form_result: (e) => wire.formResult(e.submission, e.result, e.by),
  consent: (e) => wire.consent(e.state, e.how, e.text_version, e.language, e.proof),
  error: (e) => wire.error(e.kind, e.count),
};

for (const { name, body } of golden) {
  test(`golden body: ${name}`, () => {
    const shared = wire.head(body.site, body.visitor ?? '', body.consent, body.context);
    const events = body.events.map((event) => {
      const { id, at, page, n, url } = event;
      return wire.json({ id, at, page, n, url, ...remake[event.type](event) });
    });
    assert.deepEqual(JSON.parse(wire.body(shared, body.sent, events)), body);
  });
}

test('the golden bodies know every key, and no other', () => {
  const known = (list, seen) => assert.deepEqual([...seen].sort(), [...list].sort());
  const batches = golden.map((one) => one.body);
  const events = batches.flatMap((batch) => batch.events);
  const names = (list) => new Set(list.flatMap((one) => Object.keys(one)));
  known(wire.KEYS.batch, names(batches));
  known(wire.KEYS.context, names(batches.map((batch) => batch.context)));
  known(wire.KEYS.field, names(events.flatMap((event) => event.fields || [])));
  for (const type of Object.keys(remake).filter((one) => events.some((event) => event.type === one))) {
    known([...wire.KEYS.event, ...wire.KEYS[type]], names(events.filter((event) => event.type === type)));
  }
});

test('what no reader can store is left out, whole pairs stay', () => {
  assert.equal(wire.json({ a: 'x\ud800y\udc00z\0 😀 \\ud800' }), '{"a":"xyz 😀 \\\\ud800"}');
});

test('what a library puts on every array and object changes nothing', () => {
  const { prototype } = Array;
  prototype.toJSON = Object.prototype.toJSON = () => 'replaced';
  const text = wire.json({ a: [1, { b: [] }], c: undefined, d: null, e: NaN, 'f\0': false });
  delete prototype.toJSON;
  delete Object.prototype.toJSON;
  assert.equal(text, '{"a":[1,{"b":[]}],"d":null,"e":null,"f":false}');
});

test('a text is cut to its bound, anything else is empty', () => {
  assert.equal(wire.cut('abc', 2), 'ab');
  for (const value of [undefined, null, 7, {}, []]) assert.equal(wire.cut(value), '');
});

test('only plain values of what the page hands over leave, twenty at most', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, n]));
  assert.equal(Object.keys(wire.custom('x', many).props).length, 20);
  const odd = { a: 'x'.repeat(900), b: { c: 1 }, d: () => 1, e: true, f: 12n, g: Symbol('s'), h: null };
  assert.deepEqual(wire.custom('x', odd).props, { a: 'x'.repeat(500), e: true });
  for (const props of [undefined, null, 7, 'text']) assert.ok(wire.json(wire.custom({}, props)));
});

const size = (fields) => Buffer.byteLength(JSON.stringify(fields));

test('a submission fits: the longest value is cut first and says so', () => {
  const fields = fit([
    { name: 'email', value: 'jeanne@exemple.fr' },
    { name: 'long', value: '😀'.repeat(4000) },
    { name: 'longer', value: 'é'.repeat(8000) },
  ]);
  assert.ok(size(fields) <= wire.FORM_BYTES && size(fields) > wire.FORM_BYTES * 0.6, String(size(fields)));
  assert.deepEqual(fields[0], { name: 'email', value: 'jeanne@exemple.fr' });
  assert.equal(fields[1].cut, 1);
});

test('a submission of too many fields, or of labels alone, fits too; what says something stays', () => {
  const many = Array.from({ length: 300 }, (_, n) => ({ name: `n${n}`, label: 'l'.repeat(200) }));
  const fields = fit([...many, { name: 'email', value: 'a@b.fr' }]);
  assert.ok(fields.length <= 200);
  assert.ok(size(fields) <= wire.FORM_BYTES);
  assert.ok(fields.length > 50);
});

test('who sent it is never cut away, however long the rest is', () => {
  const rest = Array.from({ length: 198 }, (_, n) => ({ name: `n${n}`, label: 'l'.repeat(200), hint: 'h'.repeat(200), value: 'v'.repeat(60) }));
  const fields = fit([...rest, { name: 'a', type: 'text', value: 'jeanne.martin@exemple.fr' }, { name: 'b', type: 'tel', value: '06 12 34 56 78' }]);
  assert.ok(size(fields) <= wire.FORM_BYTES);
  const found = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  assert.deepEqual([found.a, found.b], ['jeanne.martin@exemple.fr', '06 12 34 56 78']);
});
