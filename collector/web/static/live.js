// What goes on now, as it comes: while lines come htmx asks for nothing; where they do not it asks every five seconds.
(function () {
  "use strict";

  const now = document.getElementById("now");
  const pause = document.getElementById("pause");
  if (!now || !window.EventSource || !window.htmx) return;
  let source = null;
  let paused = false;
  let opened = false; // the table of numbers stays open when what is around it changes

  const keep = () => now.querySelectorAll("details").forEach((one) => (one.open = opened));
  now.addEventListener("toggle", (event) => (opened = event.target.open), true);
  now.addEventListener("htmx:afterSwap", keep);

  const begin = () => {
    if (source || paused || document.hidden) return;
    source = new EventSource(now.dataset.events);
    source.onmessage = (event) => {
      const was = opened;
      window.htmx.swap(now, event.data, { swapStyle: "innerHTML" });
      opened = was;
      keep();
    };
    source.addEventListener("end", () => location.reload());
    source.onerror = () => source && source.readyState === EventSource.CLOSED && end();
  };

  const end = () => {
    if (source) source.close();
    source = null;
  };

  now.addEventListener("htmx:beforeRequest", (event) => {
    if (paused || document.hidden || (source && source.readyState === EventSource.OPEN)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : begin()));
  window.addEventListener("pagehide", end);
  if (pause) {
    pause.hidden = false;
    const words = [pause.textContent, pause.dataset.go];
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.textContent = words[Number(paused)];
      pause.setAttribute("aria-pressed", String(paused));
      if (paused) end();
      else begin();
    });
  }
  begin();
})();
