// How events are packed and how long the tag waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, batches } from '../../snippet/src/send.js';

const item = (n, key = 'https://c/in\n"site":1', text = '{}') => ({ id_: `i${n}`, key_: key, text_: text });

test('pauses double from two seconds to five minutes at most, and are spread', () => {
  assert.deepEqual([0, 1, 2, 3].map((n) => backoff(n, 1)), [2000, 4000, 8000, 16000]);
  assert.deepEqual([backoff(0, 0), backoff(30, 0), backoff(30, 1), backoff(2000, 1)], [1000, 150000, 300000, 300000]);
});

test('twenty events a batch at most, in order', () => {
  const all = Array.from({ length: 45 }, (_, n) => item(n));
  assert.deepEqual(batches(all).map((batch) => batch.length), [20, 20, 5]);
  assert.deepEqual(batches(all).flat(), all);
});

test('a batch stays under 30 KB, counted in bytes', () => {
  const all = Array.from({ length: 6 }, (_, n) => item(n, undefined, JSON.stringify('é'.repeat(5000))));
  for (const batch of batches(all)) assert.ok(Buffer.byteLength(batch.map((one) => one.text_).join()) <= 29000);
  assert.deepEqual(batches(all).map((batch) => batch.length), [2, 2, 2]);
});

test('only what shares its head travels together: sites, modes and lone forms do not mix', () => {
  const mixed = [item(1), item(2, 'https://c/in\n"site":2'), item(3), item(4, 'https://c/in\n"site":1\n')];
  assert.deepEqual(batches(mixed).map((batch) => batch.map((one) => one.id_)), [['i1', 'i3'], ['i2'], ['i4']]);
});
