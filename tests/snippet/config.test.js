// What the page says about its sites.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, siteNumber } from '../../snippet/src/config.js';

const read = (data, served) => readConfig(data, 'https://stats.example.com', served);

test('a site is a number or a string of digits', () => {
  assert.equal(siteNumber(100849625), 100849625);
  assert.equal(siteNumber('100849625'), 100849625);
  for (const odd of [null, undefined, '', 'x1', '1e3', -5, 1.5, {}, '9'.repeat(16)]) assert.equal(siteNumber(odd), 0, String(odd));
});

test('events go beside the script, or where the page says', () => {
  assert.equal(read({}).endpoint_, 'https://stats.example.com/in');
  assert.equal(read({ endpoint: 'https://exemple.fr/c' }).endpoint_, 'https://exemple.fr/c');
  assert.equal(read({ endpoint: '//exemple.fr/c' }).endpoint_, '//exemple.fr/c');
  assert.equal(read({ endpoint: '/proxy/in' }).endpoint_, 'https://stats.example.com/proxy/in');
});

test('the page, then the collector, says what consent needs', () => {
  assert.deepEqual(read({}).stated_, false);
  assert.equal(read({}, 'granted').setting_, 'granted');
  assert.deepEqual([read({ consent: 'off' }, 'granted').setting_, read({ consent: 'off' }).stated_], ['off', true]);
  assert.deepEqual([read({ consent: 'yes' }, 'required').setting_, read({ consent: 'yes' }).stated_], ['required', false]);
});
