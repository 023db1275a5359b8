// What htmx does not do: copying the tag. Without JavaScript the button stays hidden and the text can be selected.
(function () {
  "use strict";

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

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  show(document);
})();
