/** What the first file lends to the others, in the order of shared.js. */

import { summon } from './core.js';
import { ask, attribute } from './elements.js';
import { later, listen, safely, watch } from './listen.js';
import { cleanUrl } from './secrets.js';
import { emit, resolve, sites, statement, tell } from './track.js';
import { bytes, cut, json } from './wire.js';

export const lent = [ask, attribute, bytes, cleanUrl, cut, emit, json, later, listen, resolve, safely, sites, summon, watch, statement, tell];
