// One series to look at closely: visits and leads by day, from the table that stands on the page. Without this the drawn line and the table remain.
(function () {
  "use strict";

  var place = document.querySelector("[data-zoom]");
  var table = document.querySelector(".sheet tbody");
  if (!place || !table || !window.uPlot) return;

  // A number as it is written in the page's language: without its blanks, points or commas.
  function count(cell) {
    return Number(cell.textContent.replace(/[^0-9]/g, ""));
  }

  var days = Array.from(table.rows)
    .map(function (row) {
      var cells = row.querySelectorAll("td > span:last-child");
      return [Date.parse(row.querySelector("th").textContent.trim() + "T00:00:00Z") / 1000, count(cells[0]), count(cells[2])];
    })
    .filter(function (day) {
      return day[0] > 0;
    })
    .sort(function (a, b) {
      return a[0] - b[0];
    });
  if (days.length < 2) return;
  var data = [0, 1, 2].map(function (at) {
    return days.map(function (day) {
      return day[at];
    });
  });

  // A canvas knows no variables: the browser is asked what an element would be painted with.
  function colour(name) {
    place.style.color = "var(" + name + ")";
    var found = getComputedStyle(place).color;
    place.style.color = "";
    return found;
  }

  var DAY = 86400;
  var short = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  var long = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });

  function said(format) {
    return function (seconds) {
      return format.format(new Date(seconds * 1000));
    };
  }

  function fromNought(self, min, max) {
    return [0, Math.max(1, max)];
  }

  var chart = null;

  function draw() {
    if (chart) chart.destroy();
    var quiet = colour("--quiet");
    var grid = { stroke: colour("--line"), width: 1 };
    var axis = { stroke: quiet, grid: grid, ticks: grid, font: "12px system-ui, sans-serif" };
    chart = new window.uPlot(
      {
        width: place.clientWidth - 34,
        height: 280,
        tzDate: function (seconds) {
          return window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");
        },
        cursor: { drag: { x: true, y: false } },
        scales: { y: { range: fromNought }, leads: { range: fromNought } },
        series: [
          { label: place.dataset.day, value: function (self, seconds) { return seconds == null ? "–" : said(long)(seconds); } },
          { label: place.dataset.visits, stroke: colour("--pico-primary"), width: 2 },
          { label: place.dataset.leads, stroke: colour("--mark"), width: 2, dash: [6, 4], scale: "leads" },
        ],
        axes: [
          Object.assign({}, axis, {
            incrs: [1, 2, 7, 14, 28, 56, 91, 182, 364, 728].map(function (days) { return days * DAY; }),
            values: function (self, splits) { return splits.map(said(short)); },
          }),
          axis,
          Object.assign({}, axis, { scale: "leads", side: 1, grid: { show: false } }),
        ],
      },
      data,
      place
    );
  }

  place.hidden = false;
  place.classList.add("zoom");
  var drawn = document.querySelector(".trend");
  if (drawn) drawn.hidden = true; // the same line
  draw();
  place.querySelector("[data-whole]").addEventListener("click", function () {
    chart.setScale("x", { min: data[0][0], max: data[0][data[0].length - 1] });
  });
  window.addEventListener("resize", function () {
    chart.setSize({ width: place.clientWidth - 34, height: 280 });
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
