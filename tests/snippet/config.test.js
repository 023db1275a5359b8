// What the page says about its sites.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, siteNumber } from '../../snippet/src/config.js';

const read = (attributes, served) => readConfig((name) => attributes[name] ?? null, 'https://stats.example.com/js?x=1', served);

test('a site is a number or a string of digits', () => {
  assert.equal(siteNumber(100849625), 100849625);
  assert.equal(siteNumber('100849625'), 100849625);
  for (const odd of [null, undefined, '', 'x1', '1e3', -5, 1.5, {}, '9'.repeat(16)]) assert.equal(siteNumber(odd), 0, String(odd));
});

test('events go beside the script, or where the page says', () => {
  assert.equal(read({}).endpoint, 'https://stats.example.com/in');
  assert.equal(read({ 'data-endpoint': 'https://exemple.fr/c' }).endpoint, 'https://exemple.fr/c');
  assert.equal(read({ 'data-endpoint': '//exemple.fr/c' }).endpoint, '//exemple.fr/c');
  assert.equal(read({ 'data-endpoint': '/proxy/in' }).endpoint, 'https://stats.example.com/proxy/in');
});

test('the page, then the collector, says what consent needs', () => {
  assert.deepEqual([read({}).setting, read({}).stated], ['required', false]);
  assert.equal(read({}, 'granted').setting, 'granted');
  assert.equal(read({}, 'nonsense').setting, 'required');
  assert.deepEqual([read({ 'data-consent': 'off' }, 'granted').setting, read({ 'data-consent': 'off' }).stated], ['off', true]);
  assert.deepEqual([read({ 'data-consent': 'yes' }).setting, read({ 'data-consent': 'yes' }).stated], ['required', false]);
});

test('hash routing is an attribute, with or without a value', () => {
  assert.equal(read({}).hash, false);
  assert.equal(read({ 'data-hash': '' }).hash, true);
});
