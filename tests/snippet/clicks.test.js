// What a click on a link is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from '../../snippet/src/clicks.js';

const HOST = 'www.exemple.fr';
const KINDS = {
  phone: ['tel:+33123456789', 'TEL:0123456789'],
  email: ['mailto:contact@exemple.fr'],
  message: ['sms:+33612345678', 'whatsapp://send?phone=1', 'tg://resolve', 'https://wa.me/33612345678', 'https://m.me/exemple', 'https://t.me/exemple', 'https://api.whatsapp.com/send', 'https://www.messenger.com/t/1'],
  map: ['geo:48.8,2.3', 'https://www.google.fr/maps/place/Lyon', 'https://waze.com/ul'],
  calendar: ['webcal://exemple.fr/a', 'https://www.exemple.fr/rendez-vous.ics', 'https://calendar.google.com/x', 'https://calendly.com/jeanne'],
  share: ['https://twitter.com/intent/tweet', 'https://www.facebook.com/sharer/sharer.php', 'https://www.reddit.com/submit', 'https://www.pinterest.com/pin/create/button/'],
  download: ['https://www.exemple.fr/brochure.pdf', 'https://www.exemple.fr/a.ZIP?x=1'],
  outbound: ['https://autre.fr/', 'https://exemple.fr/', 'https://autre.fr/brochure.pdf'],
};

for (const [kind, links] of Object.entries(KINDS))
  test(kind, () => links.forEach((link) => assert.equal(kindOf(link, HOST), kind, link)));

test('a way within the site is none, whatever it is called', () => {
  for (const link of ['https://www.exemple.fr/', 'https://www.exemple.fr/share/1', 'https://www.exemple.fr/a.iso', 'https://www.exemple.fr/?next=https://autre.fr/', '#x', 'javascript:0', ''])
    assert.ok(!kindOf(link, HOST), link);
});

test('a link may say that it is a download; one that leads away is outbound', () => {
  assert.equal(kindOf('https://www.exemple.fr/a.iso', HOST, true), 'download');
  assert.equal(kindOf('https://autre.fr/a.iso', HOST, true), 'outbound');
});
