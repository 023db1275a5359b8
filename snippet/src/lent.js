/** What the first file lends to the others, in the order of shared.js. */

import { ask, attribute } from './elements.js';
import { later, listen, safely, watch } from './listen.js';
import { bytes, cut, json } from './wire.js';

export const lent = [ask, attribute, bytes, cut, json, later, listen, safely, watch];
