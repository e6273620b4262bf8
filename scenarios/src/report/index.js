"use strict";
// Draws the table of scenarios from the verdicts in `#data`. Text of a verdict only ever becomes text.

const verdicts = JSON.parse(document.getElementById("data").textContent);
const RU = document.documentElement.lang === "ru";
const say = (ru, en) => (RU ? ru : en);
const byId = (id) => document.getElementById(id);
const failed = verdicts.filter((it) => it.mismatches.length > 0);
const view = { sought: "", only: false };

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...inside.filter((it) => it !== null));
  return element;
}

const link = (it, ...inside) => (it.page ? make("a", { href: encodeURIComponent(it.page) }, ...inside) : make("span", {}, ...inside));

function head() {
  const well = failed.length === 0;
  const spent = verdicts.reduce((sum, it) => sum + it.seconds, 0);
  byId("title").append(say("Сценарии", "Scenarios"));
  byId("verdict").append(well ? say("все пройдены", "all passed") : say(`не пройдено: ${failed.length}`, `${failed.length} failed`));
  byId("verdict").classList.toggle("bad", !well);
  document.title = `${byId("verdict").textContent} — scenarios`;
  const figures = [
    [say("сценариев", "scenarios"), verdicts.length], [say("пройдено", "passed"), verdicts.length - failed.length],
    [say("не пройдено", "failed"), failed.length], [say("секунд работы", "seconds of work"), spent.toFixed(1)],
  ];
  byId("figures").append(...figures.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))));
  byId("strip").setAttribute("aria-label", say("Каждый сценарий полоской", "A bar for each scenario"));
  byId("strip").append(...verdicts.map((it) => make("i", { class: it.mismatches.length ? "bad" : null, title: it.name })));
}

function tools() {
  const search = make("input", { type: "search", placeholder: say("Поиск", "Search"), "aria-label": say("Поиск", "Search") });
  search.addEventListener("input", () => { view.sought = search.value.trim().toLowerCase(); table(); });
  const only = make("input", { type: "checkbox" });
  only.addEventListener("change", () => { view.only = only.checked; table(); });
  byId("tools").append(search, make("label", {}, only, say("только не пройденные", "only those that failed")));
}

function row(it) {
  const bad = it.mismatches.length > 0;
  return make("tr", { class: bad ? "bad" : null },
    make("td", {}, bad ? say("не пройден", "failed") : say("пройден", "passed")),
    make("td", {}, link(it, it.name), it.title ? make("small", {}, it.title) : null, bad ? make("pre", {}, it.mismatches.join("\n")) : null),
    make("td", {}, `${it.seconds.toFixed(2)} ${say("с", "s")}`));
}

// Those that failed come first: they are why one looks.
function table() {
  const fits = (it) => !view.sought || JSON.stringify(it).toLowerCase().includes(view.sought);
  const well = view.only ? [] : verdicts.filter((it) => it.mismatches.length === 0);
  const rows = [...failed, ...well].filter(fits).map(row);
  const nothing = make("tr", {}, make("td", { colspan: "3" }, say("Ничего не найдено.", "Nothing found.")));
  byId("rows").replaceChildren(...(rows.length ? rows : [nothing]));
}

head();
tools();
byId("columns").append(make("tr", {}, ...[say("исход", "verdict"), say("сценарий", "scenario"), say("время", "time")].map((it) => make("th", {}, it))));
table();
