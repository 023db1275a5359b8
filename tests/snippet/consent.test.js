// Whose word counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { core } from '../../snippet/src/core.js';

const fresh = () => import(`../../snippet/src/consent.js?${Math.random()}`);
const GPC = { globalPrivacyControl: true };
const DNT = { doNotTrack: '1' };
const PLAIN = { doNotTrack: 'unspecified' };
core.data_ = { dnt: '' }; // the script's own attribute

test('before anybody spoke, the page does, unless the browser refuses', async () => {
  const { state } = await fresh();
  assert.equal(state('required', PLAIN), 'unset');
  assert.equal(state('off', PLAIN), 'unset');
  assert.equal(state('granted', PLAIN), 'granted');
  for (const browser of [GPC, DNT]) for (const setting of ['required', 'granted', 'off']) assert.equal(state(setting, browser), 'denied');
});

test('an owner may ignore Do Not Track, and not GPC', async () => {
  const { state } = await fresh();
  core.data_.dnt = 'ignored';
  assert.equal(state('granted', DNT), 'granted');
  assert.equal(state('granted', { ...DNT, ...GPC }), 'denied');
  core.data_.dnt = '';
});

test('the visitor on this site wins over both', async () => {
  const { state, decide } = await fresh();
  assert.equal(decide('granted', 'api'), true);
  assert.equal(decide('granted', 'api'), false, 'no news');
  assert.equal(state('required', GPC), 'granted');
  assert.equal(decide('denied', 'tarteaucitron', 'v2'), true);
  assert.equal(state('granted', PLAIN), 'denied');
});

test('nonsense decides nothing', async () => {
  const { state, decide } = await fresh();
  for (const odd of [undefined, null, true, 'yes', {}, 'GRANTED']) assert.equal(decide(odd, 'api'), false);
  assert.equal(state('required', PLAIN), 'unset');
});
