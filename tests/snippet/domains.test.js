// One visitor on several domains: whose a host is, and how long an id in a link lives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwn, named } from '../../snippet/src/signs/domains.js';

const ID = 'abcdefghij_klmnopqrs-1';
const NOW = 1763849000123;
const given = (at) => `${ID}.${at.toString(36)}`;

test('an id lives sixty seconds, of clocks that may differ as much', () => {
  assert.equal(named(given(NOW), NOW), ID);
  assert.equal(named(given(NOW), NOW + 59999), ID);
  assert.equal(named(given(NOW), NOW - 59999), ID);
  assert.equal(named(given(NOW), NOW + 60000), '');
  assert.equal(named(given(NOW), NOW - 60000), '');
});

test('what is no id is none', () => {
  for (const text of ['', ID, `${ID}.`, `x.${NOW.toString(36)}`, `${ID}x.${NOW.toString(36)}`, `${ID}.${'z'.repeat(12)}`, `<${ID}>.1`])
    assert.equal(named(text, NOW), '', text);
});

test('a host is own by its name or as a subdomain, and by nothing that only looks so', () => {
  for (const host of ['a.fr', 'www.a.fr', 'b.example']) assert.ok(isOwn(host, ['a.fr', 'b.example']), host);
  for (const host of ['', 'xa.fr', 'a.fr.evil.example', 'fr', 'a.frx']) assert.ok(!isOwn(host, ['a.fr', 'b.example']), host);
});
