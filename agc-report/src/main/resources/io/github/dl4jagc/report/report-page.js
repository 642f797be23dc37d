"use strict";
const tip = document.getElementById("tip");
function hide() {
  tip.style.display = "none";
  document.querySelectorAll(".cursor").forEach(cursor => cursor.setAttribute("visibility", "hidden"));
}
function show(lines, event) {
  tip.replaceChildren();
  lines.forEach((line, i) => tip.appendChild(document.createElement(i ? "span" : "b")).textContent = line);
  tip.style.display = "block";
  tip.style.left = Math.max(0, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = Math.max(0, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)) + "px";
}
function cursorsAt(charts, x) {
  charts.forEach(chart => chart.querySelectorAll(".cursor").forEach(cursor => {
    cursor.setAttribute("transform", "translate(" + x + ")");
    cursor.setAttribute("visibility", "visible");
  }));
}
function choose(choice, all) {
  if (!choice) return;
  const show = () => all.forEach((each, i) => each.classList.toggle("shown", i === choice.selectedIndex));
  all.forEach(each => each.parentNode.classList.add("chosen"));
  choice.addEventListener("change", show);
  show();
}
const round = number => Number(number.toPrecision(3));
/** A long table gets a field that leaves rows with its text alone. */
function filtered(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 12) return;
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "Filter rows";
  field.setAttribute("aria-label", "Filter rows");
  field.addEventListener("input", () => rows.forEach(row => {
    row.hidden = !row.textContent.toLowerCase().includes(field.value.toLowerCase());
  }));
  table.parentNode.before(field);
}
/** A click on a header sorts by that column: numbers by size, the largest first, words by the alphabet. */
function sortable(table) {
  const number = cell => {
    const value = parseFloat(cell.textContent);
    return Number.isFinite(value) ? value : -Number.MAX_VALUE; // an empty one is the last
  };
  table.querySelectorAll("thead th").forEach((header, column) => {
    const button = document.createElement("button");
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const words = header.classList.contains("name");
      const sign = (header.getAttribute("aria-sort") || (words ? "descending" : "ascending")) === "descending" ? 1 : -1;
      table.querySelectorAll("thead th").forEach(each => each.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * (words
        ? a.cells[column].textContent.localeCompare(b.cells[column].textContent, undefined, { numeric: true })
        : number(a.cells[column]) - number(b.cells[column])));
      table.tBodies[0].append(...rows);
    });
  });
}
/** Makes charts and tables answer: `runs` is what is shown under the mouse, one for each section of `root`. */
function showRuns(root, runs) {
  root.querySelectorAll("section.run").forEach((section, index) => {
    const run = runs[index];
    const edges = [run.first, ...run.columns.map(column => column.end)];
    const length = edges[edges.length - 1] - run.first;
    const over = [...section.querySelectorAll(".over-time .chart")];
    let from = 0, to = 1; // the part of the run that charts over time show
    // What divides a chart: how many there are, which one is at a place, from 0 to 1, and where its middle is.
    const columns = {
      count: run.columns.length,
      at: place => place < 0 || place > 1 ? -1 : edges.findIndex(edge => edge > run.first + (from + place * (to - from)) * length) - 1,
      middle: i => (((edges[i] + edges[i + 1]) / 2 - run.first) / length - from) / (to - from)
    };
    const bins = {
      count: run.shares.length - 1,
      at: place => Math.floor(place * (run.shares.length - 1)),
      middle: i => (i + .5) / (run.shares.length - 1)
    };
    const follow = (chart, parts, text) => {
      let chosen = -1, row = 0, pressed = -1;
      const at = (i, layer, event) => {
        if (i < 0 || i >= parts.count) return hide();
        chosen = i;
        row = layer;
        show(text(i, layer), event);
        cursorsAt(over.includes(chart) ? over : [chart], run.left + parts.middle(i) * run.width);
      };
      const place = event => {
        const box = chart.getBoundingClientRect();
        return ((event.clientX - box.left) * chart.viewBox.baseVal.width / box.width - run.left) / run.width;
      };
      chart.setAttribute("tabindex", "0");
      chart.addEventListener("mouseleave", hide);
      chart.addEventListener("blur", hide);
      chart.addEventListener("mousemove", event => {
        const box = chart.getBoundingClientRect();
        at(parts.at(place(event)), Math.floor(((event.clientY - box.top) * chart.viewBox.baseVal.width / box.width - 2) / run.row), event);
      });
      chart.addEventListener("keydown", event => {
        const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
        if (!step) return;
        event.preventDefault();
        const i = chosen < 0 ? Math.max(0, parts.at(step[0] < 0 ? 1 - 1e-9 : 0)) : Math.max(0, Math.min(parts.count - 1, chosen + step[0]));
        if (parts === columns && Math.abs(parts.middle(i) - .5) > .5) {
          const middle = from + parts.middle(i) * (to - from);
          zoom(middle - (to - from) / 2, middle + (to - from) / 2);
        }
        const box = chart.getBoundingClientRect();
        at(i, Math.max(0, Math.min(run.groups.length - 1, row + (chosen < 0 ? 0 : step[1]))),
          { clientX: box.left + (run.left + parts.middle(i) * run.width) * box.width / chart.viewBox.baseVal.width, clientY: box.bottom - 1 });
      });
      if (parts !== columns) return;
      chart.addEventListener("mousedown", event => { pressed = place(event); event.preventDefault(); chart.focus({ preventScroll: true }); });
      chart.addEventListener("mouseup", event => {
        const ends = [pressed, place(event)].map(each => Math.max(0, Math.min(1, each))).sort((a, b) => a - b);
        if (pressed >= 0 && ends[1] - ends[0] > .02) zoom(from + ends[0] * (to - from), from + ends[1] * (to - from));
        pressed = -1;
      });
      chart.addEventListener("dblclick", () => zoom(0, 1));
      chart.addEventListener("keydown", event => {
        const factor = { "+": .25, "-": 1 }[event.key];
        const middle = chosen < 0 ? (from + to) / 2 : from + columns.middle(chosen) * (to - from);
        if (factor) zoom(middle - factor * (to - from), middle + factor * (to - from));
        if (event.key === "Escape") zoom(0, 1);
      });
    };
    /** Shows a part of the run, from 0 to 1, in all charts over time. */
    const zoom = (newFrom, newTo) => {
      hide();
      const part = Math.min(1, Math.max(newTo - newFrom, 1 / run.columns.length));
      from = Math.max(0, Math.min(1 - part, newFrom));
      to = from + part;
      const isAll = part === 1;
      section.shown = isAll ? null : [run.first + from * length, run.first + to * length];
      over.forEach(chart => {
        const plot = chart.querySelector(".plot");
        plot.dataset.all ??= plot.getAttribute("viewBox");
        const [x, y, width, height] = plot.dataset.all.split(" ").map(Number);
        plot.setAttribute("viewBox", [x + from * width, y, (to - from) * width, height].join(" "));
        chart.classList.toggle("zoomed", !isAll);
        chart.querySelectorAll(".edge").forEach(each => each.remove());
        const tick = chart.querySelector(".middle");
        if (isAll || !tick) return;
        section.shown.forEach((iteration, i) => {
          const text = tick.cloneNode();
          text.setAttribute("class", i ? "edge end" : "edge");
          text.setAttribute("x", run.left + i * run.width);
          text.textContent = Math.floor(iteration);
          chart.append(text);
        });
      });
    };
    section.showIterations = (first, end) => zoom((first - run.first) / length, (end - run.first) / length);
    over.forEach(chart => follow(chart, columns, (i, layer) => {
      const column = run.columns[i];
      if (!chart.closest(".layers") || !(layer in run.groups)) return column.text;
      const share = column.permille.substr(2 * layer, 2);
      return [column.text[0], run.groups[layer] + ": "
        + (share === "--" ? "nothing counted" : share === "!!" ? "no unit is finite" : parseInt(share, 36) / 10 + " % clipped"), ...column.text.slice(1)];
    }));
    section.querySelectorAll(".curve .chart").forEach(curve => follow(curve, bins, i => {
      const edge = bin => round(run.low * Math.pow(run.high / run.low, bin / bins.count));
      return ["threshold " + edge(i) + " \u2013 " + edge(i + 1),
        "clips " + round(100 * run.shares[i + 1]) + " to " + round(100 * run.shares[i]) + " % of the weights' units"];
    }));
  });
  choose(root.querySelector("#run"), [...root.querySelectorAll("section.run")]);
  root.querySelectorAll("table").forEach(table => { sortable(table); filtered(table); });
}
