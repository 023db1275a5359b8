/** How the tag listens to a page: first, passively, and without ever throwing into it. */

/**
 * Runs `work`; whatever it throws stays here.
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
export const safely = (work) => {
  try {
    return work();
  } catch (refused) {
    return;
  }
};

/**
 * Runs `work` later; what it throws stays here too.
 * @param {() => unknown} work
 * @param {number} wait  ms
 */
export const later = (work, wait) => window.setTimeout(() => safely(work), wait);

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
 * @param {(self: any) => void} work  after the call, if it did not throw
 */
export const watch = (owner, name, work) =>
  safely(() => {
    owner[name] = new Proxy(owner[name], {
      apply(method, self, given) {
        const result = Reflect.apply(method, self, given);
        safely(() => work(self));
        return result;
      },
    });
  });
