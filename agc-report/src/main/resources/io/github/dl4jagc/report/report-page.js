"use strict";
const tip = document.getElementById("tip");
document.body.classList.add("js");
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
    const n = run.columns.length;
    const over = section.querySelectorAll(".over-time .chart");
    choose(section.querySelector(".map-of"), [...section.querySelectorAll(".ratio-map")]);
    const follow = (chart, steps, text) => {
      let chosen = -1, row = 0;
      const at = (i, layer, event) => {
        if (i < 0 || i >= steps) return hide();
        chosen = i;
        row = layer;
        show(text(i, layer), event);
        cursorsAt(chart.closest(".over-time") ? over : [chart], run.left + (i + .5) * run.width / steps);
      };
      chart.setAttribute("tabindex", "0");
      chart.addEventListener("mouseleave", hide);
      chart.addEventListener("blur", hide);
      chart.addEventListener("mousemove", event => {
        const box = chart.getBoundingClientRect();
        const scale = chart.viewBox.baseVal.width / box.width;
        at(Math.floor(((event.clientX - box.left) * scale - run.left) / run.width * steps),
          Math.floor(((event.clientY - box.top) * scale - 2) / run.row), event);
      });
      chart.addEventListener("keydown", event => {
        const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
        if (!step) return;
        event.preventDefault();
        const i = chosen < 0 ? (step[0] < 0 ? steps - 1 : 0) : Math.max(0, Math.min(steps - 1, chosen + step[0]));
        const box = chart.getBoundingClientRect();
        at(i, Math.max(0, Math.min(run.groups.length - 1, row + (chosen < 0 ? 0 : step[1]))),
          { clientX: box.left + (run.left + (i + .5) * run.width / steps) * box.width / chart.viewBox.baseVal.width, clientY: box.bottom - 1 });
      });
    };
    over.forEach(chart => follow(chart, n, (i, layer) => {
      const column = run.columns[i];
      if (!column.permille || !chart.closest(".layers") || !(layer in run.groups)) return column.text;
      const share = column.permille[layer];
      return [column.text[0], run.groups[layer] + ": "
        + (share === -1 ? "nothing counted" : share === -2 ? "no unit is finite" : share / 10 + " % clipped"), ...column.text.slice(1)];
    }));
    const curve = section.querySelector(".curve .chart");
    if (curve) follow(curve, run.shares.length - 1, i => {
      const edge = bin => round(run.low * Math.pow(run.high / run.low, bin / (run.shares.length - 1)));
      return ["threshold " + edge(i) + " \u2013 " + edge(i + 1),
        "clips " + round(100 * run.shares[i + 1]) + " to " + round(100 * run.shares[i]) + " % of the weights' units"];
    });
  });
  choose(root.querySelector("#run"), [...root.querySelectorAll("section.run")]);
  root.querySelectorAll("table").forEach(sortable);
}
