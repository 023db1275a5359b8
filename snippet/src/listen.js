/** How the tag listens to a page: first, passively, and without ever throwing into it. */

import { safely } from './device.js';

/**
 * @param {EventTarget} target
 * @param {string} types  separated by blanks
 * @param {(event: any) => void} work
 */
export const listen = (target, types, work) =>
  types.split(' ').forEach((type) => target.addEventListener(type, (event) => safely(() => work(event)), true));

/**
 * Watches a method of the page without a trace: same name, same `this`, same answer, same errors.
 * @param {any} owner
 * @param {string} name
 * @param {(self: any) => void} work
 * @param {boolean} [before]  before the call; else after it, if it did not throw
 */
export const watch = (owner, name, work, before) =>
  safely(() => {
    owner[name] = new Proxy(owner[name], {
      apply(method, self, given) {
        if (before) safely(() => work(self));
        const result = Reflect.apply(method, self, given);
        if (!before) safely(() => work(self));
        return result;
      },
    });
  });
