// The random names of things.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { token, uuid7 } from '../../snippet/src/identity.js';

test('a UUIDv7 holds its time, version and variant', () => {
  const noise = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  assert.equal(uuid7(1763849000123, noise), '019aad97-d4bb-7fff-8fff-ffffffffff01');
  assert.equal(uuid7(2 ** 41, new Uint8Array(9)), '02000000-0000-7000-8000-000000000000');
  const id = uuid7(Date.now());
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(parseInt(id.replace('-', '').slice(0, 12), 16) - Date.now()) < 1000);
});

test('ids of later times sort later', () => {
  assert.ok(uuid7(1763849000123) < uuid7(1763849000124));
});

test('a name is 22 signs of base64url, and never the same', () => {
  const names = Array.from({ length: 5000 }, token);
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(new Set(names).size, names.length);
});
