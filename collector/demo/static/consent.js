// The page's own consent banner. It remembers the choice and tells the tag; it stands before the tag, so that a known choice is told first.
(function () {
  'use strict';

  window.webleads = window.webleads || function () { (webleads.q = webleads.q || []).push(arguments); };

  var KEY = 'helibraise-consent';
  var SIX_MONTHS = 182 * 24 * 3600 * 1000; // the French authority asks to put the question again after six months

  function remembered() {
    try {
      var choice = JSON.parse(localStorage.getItem(KEY));
      return choice && Date.now() - choice.at < SIX_MONTHS ? choice.state : null;
    } catch (error) {
      return null; // storage may be blocked: then the banner asks on every page
    }
  }

  function remember(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ state: state, at: Date.now() }));
    } catch (error) { /* as above */ }
  }

  var known = remembered();
  if (known) window.webleads('consent', known);

  document.addEventListener('DOMContentLoaded', function () {
    var banner = document.getElementById('consent');
    var opener = document.getElementById('consent-open');
    var main = document.getElementById('contenu');
    var back = main; // where the keyboard goes on after the choice

    function show(asked) {
      var state = remembered();
      banner.querySelectorAll('[data-current]').forEach(function (line) {
        line.hidden = line.getAttribute('data-current') !== state;
      });
      banner.hidden = false;
      back = asked ? opener : main;
      if (asked) banner.querySelector('h2').focus();
    }

    function close() {
      var inside = banner.contains(document.activeElement);
      banner.hidden = true;
      if (inside) back.focus({ preventScroll: true });
    }

    banner.querySelectorAll('[data-choice]').forEach(function (button) {
      button.addEventListener('click', function () {
        var state = button.getAttribute('data-choice');
        remember(state);
        window.webleads('consent', state);
        close();
      });
    });
    banner.addEventListener('keydown', function (event) {
      if (event.key === 'Escape' && remembered()) close();
    });
    opener.hidden = false;
    opener.addEventListener('click', function () { show(true); });
    document.getElementById('mydata').addEventListener('click', function (event) {
      if (!window.webleads.join) return; // the tag is not there: the plain link says what the page is
      event.preventDefault();
      window.webleads('mydata');
    });
    if (!known) show(false);
  });
})();
