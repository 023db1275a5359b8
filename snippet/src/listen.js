/** How the tag listens to a page: first, passively, and without ever throwing into it. */

import { safely } from './device.js';

/**
 * @param {EventTarget} target
 * @param {string} types  separated by blanks
 * @param {(event: any) => void} work
 */
export const listen = (target, types, work) => {
  for (const type of types.split(' ')) target.addEventListener(type, (event) => safely(() => work(event)), { capture: true, passive: true });
};

/**
 * Watches a method of the page without a trace: same name, same `this`, same answer, same errors.
 * @param {any} owner
 * @param {string} name
 * @param {'before' | 'after'} when  after: only when the method did not throw
 * @param {(self: any) => void} work
 */
export const watch = (owner, name, when, work) =>
  safely(() => {
    owner[name] = new Proxy(owner[name], {
      apply(method, self, given) {
        if (when === 'before') safely(() => work(self));
        const result = Reflect.apply(method, self, given);
        if (when === 'after') safely(() => work(self));
        return result;
      },
    });
  });
