// What HTML and htmx do not: what may become HTML, the keyboard, and copying. Every screen works without it.
(function () {
  "use strict";

  // Trusted Types: whatever becomes HTML here comes from our own server and holds no way to run. The rest is refused by the browser. ----

  function isAddress(value) {
    return /^\s*(javascript|vbscript|data):/i.test(value.replace(/[\u0000-\u0020]/g, ""));
  }

  function isQuiet(root) {
    return Array.from(root.querySelectorAll("*")).every(function (element) {
      if (/^(script|iframe|object|embed|base|style|frame)$/.test(element.localName)) return false;
      if (element.localName === "template" && !isQuiet(element.content)) return false;
      return Array.from(element.attributes).every(function (one) {
        return !/^on|^style$|^srcdoc$/i.test(one.name) && !(/^(href|src|action|formaction|xlink:href)$/i.test(one.name) && isAddress(one.value));
      });
    });
  }

  if (window.trustedTypes) {
    var inert = window.trustedTypes.createPolicy("webleads-inert", { createHTML: function (text) { return text; } });
    window.trustedTypes.createPolicy("default", {
      createHTML: function (text) {
        return isQuiet(new DOMParser().parseFromString(inert.createHTML(text), "text/html")) ? text : null;
      },
    });
  }

  // Copying: without JavaScript the button stays hidden and the text can be selected. -----------------------------------------------

  function show(root) {
    root.querySelectorAll("[data-copy]").forEach(function (button) {
      button.hidden = false;
    });
  }

  async function copy(button) {
    var source = document.getElementById(button.dataset.copy);
    var said = document.getElementById(button.dataset.copy + "-copied");
    source.select();
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      // Plain http has no clipboard API; the selected text can still be copied the old way.
      document.execCommand("copy");
    }
    said.textContent = "";
    setTimeout(function () {
      said.textContent = button.dataset.copied;
    }, 50);
  }

  // The keyboard ----------------------------------------------------------------------------------------------------------------------

  var help = document.getElementById("keys");
  var going = 0; // until when a letter after `g` leads to a screen

  function isTyping(element) {
    return element.isContentEditable || (element.matches("input, select, textarea") && !element.matches("[type=checkbox], [type=radio], [type=submit], [type=button]"));
  }

  function rows() {
    return Array.from(document.querySelectorAll("main [data-row], main tbody tr, main .sites > li, main .things > li"))
      .map(function (row) {
        return row.matches("a") ? row : row.querySelector("a[href]");
      })
      .filter(function (link) {
        return link && link.getClientRects().length;
      });
  }

  function move(step) {
    var all = rows();
    var row = document.activeElement && document.activeElement.closest("[data-row], tr, li");
    var at = all.findIndex(function (link) {
      return link === document.activeElement || (row && row.contains(link));
    });
    var next = all[Math.min(Math.max(at < 0 && step < 0 ? 0 : at + step, 0), all.length - 1)];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function search() {
    var field = document.querySelector("main input[type=search]");
    if (field) {
      field.focus();
      field.select();
    } else location.assign("/leads#search");
  }

  function go(key) {
    var link = Array.from(document.querySelectorAll("[data-go]")).find(function (one) {
      return one.dataset.go === key;
    });
    if (link) location.assign(link.href);
    return Boolean(link);
  }

  function press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (event.target.matches("input, select, textarea")) event.target.blur();
      var open = document.querySelector(".menu[open]");
      if (open) open.open = false;
      return;
    }
    if (isTyping(event.target)) return;
    var asked = going > event.timeStamp;
    going = 0;
    if (asked && go(event.key)) event.preventDefault();
    else if (event.key === "g") going = event.timeStamp + 1500;
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") search();
    else if (event.key === "?" && help) help.showModal();
    else return;
    event.preventDefault();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (help && event.target.closest("[data-help]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      help.showModal();
    }
    if (event.target === help) help.close(); // beside it
  });
  if ("keys" in document.body.dataset) document.addEventListener("keydown", press);
  if (location.hash === "#search") search();
  show(document);
})();
