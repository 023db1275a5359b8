// Whether a page kept a sending to itself: told only where nothing was asked and everything stands as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lent } from '../../snippet/src/lent.js';
import { kept } from '../../snippet/src/more/kept.js';
import { meet } from '../../snippet/src/shared.js';
import { emit, sites } from '../../snippet/src/track.js';
import { json } from '../../snippet/src/wire.js';

const FIELDS = [{ name: 'email', value: 'jeanne@exemple.fr' }];
const SEEN = { startTime: 1, name: 'https://client.test/app.js', initiatorType: 'script' };
const timers = [];
let told = [];
let requests = [];
let fields = FIELDS;
let focus = true;

globalThis.window = { setTimeout: (work) => timers.push(work) };
globalThis.document = { hasFocus: () => focus };
globalThis.location = { pathname: '/contact', search: '' };
sites.push({ id_: 1, endpoint_: 'https://stats.test/in' });
const core = {
  lent_: lent.map((one) => (one === emit ? (event) => told.push(event) : one)),
  isShown_: () => true,
  snapshot_: () => ({ fields_: fields }),
  get requests_() {
    return requests;
  },
};

const attempt = (more) => {
  timers.length = 0;
  [told, requests, fields, focus] = [[], [SEEN], FIELDS, true];
  meet(core);
  return {
    form_: { ownerDocument: document }, event_: { defaultPrevented: true }, how_: 'submit', at_: Date.now() - 10001, start_: 1000, path_: '/contact',
    values_: json(FIELDS), ...more,
  }; // prettier-ignore
};
const asked = (name, initiatorType, more) => requests.push({ startTime: 1500, name, initiatorType, ...more });

test('a sending that nobody was asked about has failed', () => {
  const one = attempt();
  asked('https://stats.test/in', 'fetch');
  asked('https://stats.test/in/id', 'beacon');
  asked('https://client.test/logo.png', 'img');
  assert.deepEqual(kept(one), ['failed', 'none']);
});

const OPEN = {
  'its server was asked': () => asked('https://client.test/api', 'fetch'),
  'another was asked by a script': () => asked('https://list.example/subscribe?email=~', 'script'),
  'a picture carried something': () => asked('https://px.example/p?x=1', 'img'),
  'its fields say something else': () => (fields = []),
  'the visitor is elsewhere': () => (focus = false),
  'the browser tells of no request': () => (requests = []),
};
for (const [name, set] of Object.entries(OPEN)) {
  test(`it stays open where ${name}`, () => {
    const one = attempt();
    set();
    assert.equal(kept(one), undefined);
  });
}
for (const [name, more] of Object.entries({
  'its time is not over': { at_: Date.now() },
  'a script sent it': { how_: 'script' },
  'the page goes elsewhere': { event_: { defaultPrevented: false } },
  'the address is another': { path_: '/' },
  'it stands in a frame': { form_: { ownerDocument: {} } },
})) {
  test(`it stays open where ${name}`, () => assert.equal(kept(attempt(more)), undefined));
}

test('a server that answers late is heard after all', () => {
  const one = attempt();
  kept(one);
  timers.shift()();
  assert.deepEqual(told, []);
  asked('https://client.test/api', 'fetch', { responseStatus: 200 });
  timers.shift()();
  assert.deepEqual(told, [{ type: 'form_result', submission: one, result: 'confirmed', by: 'response' }]);
  assert.equal(timers.length, 0);
});

test('a late refusal is one, and another day is none of its business', () => {
  const one = attempt();
  kept(one);
  asked('https://client.test/api', 'fetch', { responseStatus: 500 });
  timers.shift()();
  const other = attempt();
  kept(other);
  asked('https://client.test/api', 'fetch', { startTime: 12000 });
  timers.shift()();
  assert.deepEqual(told, []);
});
