// The tag's side of the shared table: what may leave a page (DESIGN 4.3).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { besideCard, far } from '../../snippet/src/more/words.js';
import { holdsNumber } from '../../snippet/src/numbers.js';
import { cleanText, cleanUrl, isLong, withheld as near, words } from '../../snippet/src/secrets.js';

/** With the rules of the third file. */
const withheld = (field) => near(field, { far_: far, number_: holdsNumber });

const table = (name) => JSON.parse(readFileSync(new URL(`../wire/${name}.json`, import.meta.url), 'utf8'));

test('fields are withheld as the shared table says', () => {
  for (const { field, withheld: reason, why } of table('secrets')) assert.equal(withheld(field) ?? null, reason, `${JSON.stringify(field)}: ${why}`);
});

test('until the third file is there, words in another script are withheld', () => {
  for (const label of ['Пароль', 'Имя', '氏名']) assert.equal(near({ label, type: 'text', value: 'x' }), 'name', label);
  for (const label of ['Nom', 'Prénom', 'Straße', 'Señas', 'Łódź']) assert.equal(near({ label, type: 'text', value: 'x' }), undefined, label);
});

test('until the third file is there, no number leaves that may be a secret one', () => {
  for (const { field, withheld: reason, why } of table('secrets'))
    if (reason === 'value') assert.equal(near(field), 'value', `${JSON.stringify(field)}: ${why}`);
  for (const value of ['4111 1111 1111 1111', 'le 1 85 05 78 006 084 91, merci', 'FR76-3000-6000-0112-3456-7890-189', 'DE89370400440532013000', '078-05-1120'])
    assert.ok(holdsNumber(value) && isLong(value), value);
  for (const value of ['06 12 34 56 78', '+33 6 12 34 56 78', '0033 6 12 34 56 78', '732 829 320', '2024-05-12 10:30', '12 rue de la Paix 42000', ''])
    assert.ok(!isLong(value), value);
});

test('what stands beside a card is withheld as the shared table says', () => {
  for (const { fields, beside, why } of table('cards'))
    assert.deepEqual(
      besideCard(fields.map(withheld), fields.map(({ autocomplete, name, id, label, hint }) => words(autocomplete, name, id, label, hint))),
      beside,
      why,
    );
});

test('the table knows half of its labels in French and every reason', () => {
  const cases = table('secrets');
  assert.ok(cases.length >= 150);
  const reasons = new Set(cases.map((one) => one.withheld));
  for (const reason of ['password', 'card', 'otp', 'id-number', 'hidden', 'file', 'special', 'name', 'value', null]) assert.ok(reasons.has(reason), reason);
});

test('URLs and titles are cleaned as the shared table says, and cleaning again changes nothing', () => {
  for (const one of table('urls')) {
    if (one.kept?.length) continue; // what a site keeps by name only the collector knows
    const clean = 'text' in one ? cleanText : (url) => cleanUrl(url, one.clicks);
    const out = clean(one.text ?? one.in);
    assert.equal(out, one.out, JSON.stringify(one).slice(0, 200));
    assert.equal(clean(out), out);
  }
});

test('random tokens do not stay in a path', () => {
  const hex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const stays = (token) => cleanUrl(`https://exemple.fr/${token}/x`) != 'https://exemple.fr/~/x';
  for (let i = 0; i < 200; i++) for (const token of [hex(16), hex(20), hex(32)]) assert.ok(!stays(token), token);
  // 4 of 100,000 tokens in base64 have so few digits and changes of case that they could be words: no more than these
  const kept = Array.from({ length: 50_000 }, () => Buffer.from(hex(32), 'hex').toString('base64url')).filter(stays);
  assert.ok(kept.length < 12, kept.join(' '));
  // nor do 7 of 100,000 UUIDs change often enough between digits and letters
  const named = Array.from({ length: 20_000 }, () => crypto.randomUUID()).filter(stays);
  assert.ok(named.length < 12, named.join(' '));
});

test('a missing or a null value is nothing to withhold', () => {
  assert.equal(withheld({}), undefined);
  assert.equal(withheld({ name: 'nom', label: 'Nom', type: 'text', value: null }), undefined);
});

test('long and hostile texts take no long time', () => {
  const start = process.cpuUsage(); // a busy machine is no slow pattern
  for (const piece of ['a', '1', '1 ', '@', 'a@', '%25', 'code ', 'secu', 'syndicat ', 'n° ', 'FR76 ', '4970 ', '~/', '[x', '&a=', '06.'])
    for (const text of [piece.repeat(30000 / piece.length)]) {
      cleanText(text);
      cleanUrl(`https://exemple.fr/${text}?utm_source=${text}#${text}`);
      withheld({ name: text, label: text, hint: text, type: 'text', value: text });
      withheld({ name: 'message', type: 'textarea', value: text });
    }
  const spent = process.cpuUsage(start).user / 1000;
  assert.ok(spent < 3000, `${spent} ms`);
});
