/**
 * The one global of the tag, usable before it is loaded through
 * `window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)}`.
 * In a browser whose visits do not count (`#webleads-own`) only 'mydata' does something.
 * Copy this file beside your sources, or refer to it: `/// <reference path="webleads.d.ts" />`.
 */
interface Webleads {
  /** Something happened that you have a name for. At most 20 plain values. */
  (command: 'event', name: string, props?: Record<string, string | number | boolean>): void;
  /** Who the visitor is. Does nothing without consent. */
  (command: 'identify', traits: Record<string, string | number | boolean>): void;
  /** A submission that the tag cannot see: name → value. Secrets are withheld all the same. */
  (command: 'form', name: string, fields: Record<string, string>): void;
  /** The visitor's decision; the version of the text that was shown is kept with it. */
  (command: 'consent', state: 'granted' | 'denied', textVersion?: string): void;
  /** Somebody else sits at the device from now on. */
  (command: 'reset'): void;
  /** A page view that only your router knows of. */
  (command: 'view', url?: string): void;
  /** Opens the page on which visitors see what is known of them, in a new tab: call it from a click. */
  (command: 'mydata'): void;
  /** Calls that wait for the tag. */
  q?: ArrayLike<unknown>[];
}

interface Window {
  webleads: Webleads;
  /** The heritage way of naming sites. */
  webleads_site_ids?: (number | string)[];
}

declare const webleads: Webleads;
