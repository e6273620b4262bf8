"use strict";
// Draws the report from the recording in `#data`. Text of a recording only ever becomes text.

const data = JSON.parse(document.getElementById("data").textContent);
const RU = document.documentElement.lang === "ru";
const say = (ru, en) => (RU ? ru : en);
const lines = data.lines;
const LANES = [
  { key: "manual", name: say("руководство", "manual"), of: ["manual", "operator", "plan", "note", "error", "proof", "verdict", "end"] },
  ...(lines.some((line) => line.lane === "page") ? [{ key: "page", name: say("страница", "page"), of: ["page"] }] : []),
  { key: "token", name: say("токен", "token"), of: ["apdu", "pkcs11"] },
  { key: "portal", name: say("портал", "portal"), of: ["http"] },
  { key: "phone", name: say("телефон", "phone"), of: ["sms"] },
  { key: "clock", name: say("часы и журнал", "clock and journal"), of: ["clock", "journal"] },
];
const unknown = new Set(lines.map((line) => line.lane).filter((name) => !LANES.some((lane) => lane.of.includes(name))));
if (unknown.size) LANES.push({ key: "other", name: say("прочее", "other"), of: [...unknown] });
const ZOOMS = [["steps", say("шаги", "steps")], ["acts", say("действия", "acts")], ["all", say("каждая команда", "every command")]];
const ACTS = /^(GENERATE|PERFORM|VERIFY (user|administrator): (?!tries)|UPDATE|CREATE|DELETE|CHANGE|RESET|LOG|FORMAT|INIT)/;
const view = { zoom: "acts", hidden: new Set(), sought: "", chosen: null, tab: "event" };

const laneOf = (line) => LANES.find((lane) => lane.of.includes(line.lane));
// A line is known by its number, which is not its place where lines are missing.
const byNumber = new Map(lines.map((line) => [line.n, line]));
const clockOf = (line) => String(line.at).slice(11, 19);
const momentOf = (line) => Date.parse(line.at);
const isBad = (line) => line.lane === "error" || line.lane === "verdict";
const isAct = (line) => line.lane !== "apdu" || ACTS.test(line.meaning ?? "") || "lost" in line;
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...inside.filter((it) => it !== null && it !== undefined).map((it) => (it instanceof Node ? it : String(it))));
  return element;
}

function duration(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round(seconds % 60)];
  const parts = [[hours, say("ч", "h")], [minutes, say("мин", "min")], [rest, say("с", "s")]].filter(([many]) => many > 0);
  return parts.map(([many, unit]) => `${many} ${unit}`).join(" ") || `0 ${say("с", "s")}`;
}

function words(line) {
  switch (line.lane) {
    case "operator": return `$ ${line.text}`;
    case "page": return pageWords(line);
    case "manual": return line.portal_text ? `«${line.portal_text}»` : line.what;
    case "apdu": return line.lost ? `${line.meaning ?? line.command} (${line.lost})` : line.meaning ?? line.command;
    case "http": return `${line.method} ${line.path}: ${line.status ?? say("нет ответа", "no answer")}${line.title ? ` — ${line.title}` : ""}`;
    case "clock": return `${say("ждёт", "waits")} ${duration(line.for_secs)}: ${line.why}`;
    case "journal": return `${say("записывает", "writes down")}: ${line.fact?.is ?? ""}`;
    default: return line.text ?? line.what ?? JSON.stringify(rest(line));
  }
}

function pageWords(line) {
  const figure = line.figure ? ` (${say("Рис.", "fig.")} ${line.figure})` : "";
  return `${line.what ?? ""}${line.portal_text ? `: «${line.portal_text}»` : ""}${figure}`;
}

function rest(line) {
  const { n, at, lane, ...fields } = line;
  return fields;
}

// What belongs together: the last step named before a line.
const steps = [];
const stepOf = new Map();
for (const line of lines) {
  if ((line.lane === "manual" || line.lane === "page") && line.number && steps.at(-1)?.number !== line.number) {
    steps.push({ number: line.number, first: line, words: words(line), failed: false });
  }
  const step = line.lane === "verdict" ? judged(line) : steps.at(-1);
  stepOf.set(line.n, step);
  if (step && isBad(line)) step.failed = true;
}

// How long each step of the manual took: the time from a line of it to the next line, the operator's own pauses apart.
const spent = new Map();
lines.forEach((line, at) => {
  const number = stepOf.get(line.n)?.number;
  const secs = at + 1 < lines.length && line.lane !== "operator" ? (momentOf(lines[at + 1]) - momentOf(line)) / 1000 : 0;
  if (number && secs > 0) spent.set(number, (spent.get(number) ?? 0) + secs);
});

// The step that a verdict is about: where it came last, or one that never came.
function judged(line) {
  const met = steps.findLast((step) => step.number === line.number);
  if (met || !line.number) return met ?? steps.at(-1);
  const missing = { number: line.number, first: line, words: say("не произошёл", "did not come"), failed: true };
  steps.push(missing);
  return missing;
}

// What a replay did otherwise, by the line it belongs to.
const replays = data.replays ?? [];
const differs = new Map();
for (const replay of replays) {
  for (const it of replay.differences) {
    differs.set(it.at, [...(differs.get(it.at) ?? []), { ...it, side: replay.side }]);
  }
}
const SIDES = { engine: say("программа", "the engine"), token: say("токен", "the token"), portal: say("портал", "the portal") };

// ---- head

const end = lines.findLast((line) => line.lane === "end");
const first = (fits) => lines.find(fits);
const failure = first((line) => line.lane === "verdict") ?? first((line) => line.lane === "error") ?? (end && end.text !== "as expected" ? end : undefined);

function head() {
  const well = end?.text === "as expected";
  const title = data.header.story?.title ?? data.header.scenario;
  document.title = `${data.header.scenario} — scenarios`;
  byId("title").append(data.header.scenario);
  byId("verdict").append(well ? say("как ожидалось", "as expected") : end?.text ?? say("без конца", "without an end"));
  byId("verdict").classList.toggle("bad", !well);
  if (replays.length) judgeReplays();
  byId("about").append(title === data.header.scenario ? "" : title);
  const many = (fits) => lines.filter(fits).length;
  const apdu = (start) => many((line) => line.lane === "apdu" && (line.meaning ?? "").startsWith(start));
  const span = lines.length ? (momentOf(lines.at(-1)) - momentOf(lines[0])) / 1000 : 0;
  const figures = [
    [say("начало", "begins"), String(data.header.epoch).slice(0, 16).replace("T", " ")],
    [say("время сценария", "scenario time"), duration(span || 0)],
    [say("команд токену", "commands to the token"), many((line) => line.lane === "apdu")],
    [say("запросов к порталу", "requests to the portal"), many((line) => line.lane === "http")],
    ["SMS", many((line) => line.lane === "sms")],
    [say("ключевых пар создано", "key pairs made"), apdu("GENERATE ASYMMETRIC KEY PAIR: ok")],
    [say("подписей токена", "signatures by the token"), apdu("PERFORM SECURITY OPERATION")],
  ];
  if (data.speed) {
    figures.push([say("подписей ГОСТ в секунду здесь", "GOST signatures a second here"), Math.round(data.speed.here)]);
    figures.push([say("по профилю устройства (предположен)", "by the device's profile (assumed)"), data.speed.by_profile.toFixed(1)]);
  }
  byId("figures").append(...figures.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  const jumps = [
    [say("Ключевая пара создана", "Key pair made"), first((line) => line.lane === "apdu" && (line.meaning ?? "").startsWith("GENERATE"))],
    [say("SMS: заказан", "SMS: ordered"), first((line) => line.lane === "sms" && /заказан/.test(line.text))],
    [say("SMS: готов", "SMS: ready"), first((line) => line.lane === "sms" && /готов/.test(line.text))],
    [say("Сертификат записан", "Certificate written"), first((line) => line.lane === "journal" && line.fact?.is === "certificate-written")],
    [say("Где не получилось", "Where it failed"), failure, "bad"],
    [say("Первое расхождение", "First difference"), first((line) => differs.has(line.n)), "bad"],
  ];
  byId("jumps").append(...jumps.filter(([, line]) => line).map(([name, line, kind]) =>
    make("button", { type: "button", class: kind ?? null, onclick: () => choose(line, true) }, name)));
}

function judgeReplays() {
  const count = replays.reduce((sum, it) => sum + it.count, 0);
  const blind = replays.some((it) => it.blind);
  const text = count ? say(`расхождений: ${count}`, count === 1 ? "1 difference" : `${count} differences`)
    : blind ? say("сравнивать почти нечего", "too little was compared") : say("повтор как записано", "replayed as recorded");
  byId("verdict").replaceChildren(text);
  byId("verdict").classList.toggle("bad", count > 0 || blind);
  byId("verdict").after(...replays.map((it) => make("span", { class: it.passed ? "side" : "side bad" },
    `${SIDES[it.side]}: ${it.count ? say(`расхождений ${it.count}`, `${it.count} unlike`) : say("как записано", "as recorded")}, `
    + say(`строк ${it.lines}, не сравнивалось байт ${it.not_compared} из ${it.bytes}`, `${it.lines} lines, ${it.not_compared} of ${it.bytes} bytes not compared`))));
}

// ---- tools

function tools() {
  const search = make("input", { type: "search", placeholder: say("Поиск  ( / )", "Search  ( / )"), "aria-label": say("Поиск", "Search") });
  search.addEventListener("input", () => { view.sought = search.value.trim().toLowerCase(); timeline(); });
  const zoom = make("select", { "aria-label": say("Подробность", "Detail") }, ...ZOOMS.map(([key, name]) => make("option", { value: key, selected: key === view.zoom ? "" : null }, name)));
  zoom.addEventListener("change", () => { view.zoom = zoom.value; timeline(); });
  const filters = LANES.map((lane) => {
    const box = make("input", { type: "checkbox", checked: "" });
    box.addEventListener("change", () => { view.hidden[box.checked ? "delete" : "add"](lane.key); timeline(); });
    return make("label", { class: lane.key }, box, make("span", { class: "dot" }), lane.name);
  });
  const keys = say("↑ ↓ событие · + − подробность · / поиск", "↑ ↓ event · + − detail · / search");
  byId("tools").append(search, zoom, ...filters, make("span", { class: "keys" }, keys));
  document.addEventListener("keydown", (event) => pressed(event, search, zoom));
}

function pressed(event, search, zoom) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search) {
    if (event.key === "Escape") { search.value = ""; view.sought = ""; timeline(); search.blur(); }
    return;
  }
  if (event.target === zoom || (event.target.closest?.("#strip") && seek(event))) return;
  const keys = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  if (event.key === "/") { event.preventDefault(); search.focus(); }
  if (event.key in keys) { event.preventDefault(); walk(keys[event.key]); }
  if (event.key === "+" || event.key === "-") {
    const at = ZOOMS.findIndex(([key]) => key === view.zoom) + (event.key === "+" ? 1 : -1);
    if (ZOOMS[at]) { zoom.value = view.zoom = ZOOMS[at][0]; timeline(); }
  }
}

function walk(by) {
  const rows = [...document.querySelectorAll("#timeline .row[data-n]")];
  const at = rows.findIndex((row) => Number(row.dataset.n) === view.chosen);
  const row = rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (row) { choose(byNumber.get(Number(row.dataset.n)), true); row.focus({ preventScroll: true }); }
}

// ---- steps

const CHAPTERS = [
  [/^1/, say("Глава 1", "Chapter 1")], [/^2/, say("Глава 2", "Chapter 2")], [/^3/, say("Глава 3", "Chapter 3")],
  [/^A/, "Приложение 1"], [/^W/, say("Предупреждения", "Warnings")], [/./, say("Прочее", "Other")],
];

// Each step once, where it was met first, or where it failed.
function sidebar() {
  const once = new Map();
  for (const step of steps) {
    if (!once.has(step.number) || step.failed) once.set(step.number, step);
  }
  const chapters = CHAPTERS.map(([, name]) => ({ name, held: [] }));
  for (const step of once.values()) chapters[CHAPTERS.findIndex(([fits]) => fits.test(step.number))].held.push(step);
  byId("steps").setAttribute("aria-label", say("Шаги руководства", "Steps of the manual"));
  for (const { name, held } of chapters.filter(({ held }) => held.length > 0)) {
    byId("steps").append(make("h2", {}, name), ...held.map(stepButton));
  }
}

function stepButton(step) {
  const kind = step.failed ? "bad" : /^not needed/.test(step.words) ? "no" : null;
  const line = (step.failed && first((it) => isBad(it) && stepOf.get(it.n) === step)) || step.first;
  return make("button", { type: "button", class: kind, "data-step": step.number, onclick: () => choose(line, true) },
    make("b", {}, step.number), make("span", {}, step.words, took(step.number)));
}

function took(number) {
  const secs = spent.get(number) ?? 0;
  if (secs < 0.001) return null;
  const exact = secs < 1 ? `${Math.round(secs * 1000)} ${say("мс", "ms")}` : duration(secs);
  return make("small", { class: "took", title: say("сколько времени сценария занял шаг", "how much of the scenario's time the step took") }, exact);
}

// ---- timeline

function shown(line) {
  if (differs.has(line.n) && !view.sought) return true;
  if (view.hidden.has(laneOf(line).key)) return false;
  if (view.sought) return JSON.stringify(line).toLowerCase().includes(view.sought);
  if (view.zoom === "all" || line.n === view.chosen) return true;
  if (line.lane === "journal" || line.lane === "clock") return false;
  return ["manual", "page"].includes(laneOf(line).key) || (view.zoom === "acts" && isAct(line));
}

function row(line, step) {
  const lane = laneOf(line);
  const kinds = ["row", lane.key, step && "step", isBad(line) && "bad", !step && lane.key === "clock" && "minor", differs.has(line.n) && "differs", line.n === view.chosen && "chosen"];
  return make("button", { type: "button", class: kinds.filter(Boolean).join(" "), "data-n": line.n, onclick: () => choose(line, false) },
    make("time", {}, clockOf(line)), make("em", {}, who(line, lane)),
    make("span", {}, step ? make("b", {}, line.number) : null, words(line)));
}

// Below a recorded line what came in its place; above it what came unasked.
function unlike(line, it) {
  const told = it.came ? words(it.came) : say("не произошло", "did not happen");
  const name = !it.recorded ? say("лишнее", "unasked") : it.came ? say("вместо этого", "instead") : say("пропущено", "missing");
  const fields = it.fields.map((field) => field.name).join(", ");
  return make("button", { type: "button", class: "row unlike", onclick: () => choose(line, false) },
    make("time", {}, it.came ? clockOf(it.came) : ""), make("em", {}, name),
    make("span", {}, told, fields ? make("small", {}, say(`иначе: ${fields}`, `unlike in: ${fields}`)) : null));
}
const who = (line, lane) => (lane.key === "other" ? line.lane : line.lane === "verdict" ? say("исход", "verdict") : line.who ? WHO[line.who] ?? line.who : lane.name);
const WHO = RU ? { person: "заявитель", engine: "программа", token: "токен", portal: "портал", sms: "телефон", operator: "оператор" }
  : { person: "applicant", sms: "phone" };

function summary(left) {
  const read = left.filter((line) => line.lane === "apdu").length;
  const waited = left.reduce((sum, line) => sum + (line.lane === "clock" ? line.for_secs : 0), 0);
  const parts = [read ? say(`команд чтения: ${read}`, `commands that read: ${read}`) : null, waited ? say(`прошло ${duration(waited)}`, `${duration(waited)} pass`) : null];
  const text = parts.filter(Boolean).join(" · ");
  if (!text) return null;
  return make("button", { type: "button", class: `row minor ${read ? "token" : "clock"}`, onclick: () => open(left[0]) },
    make("time", {}, clockOf(left[0])), make("em", {}, "…"), make("span", {}, text));
}

function open(line) {
  view.zoom = "all";
  document.querySelector("#tools select").value = "all";
  choose(line, true);
}

function timeline() {
  const rows = [];
  let left = [];
  const close = () => {
    if (left.length && view.zoom === "acts" && !view.sought) rows.push(summary(left));
    left = [];
  };
  for (const line of lines) {
    if (!shown(line)) {
      if (!view.hidden.has(laneOf(line).key)) left.push(line);
      continue;
    }
    close();
    const found = differs.get(line.n) ?? [];
    rows.push(...found.filter((it) => !it.recorded).map((it) => unlike(line, it)));
    rows.push(row(line, stepOf.get(line.n)?.first === line));
    rows.push(...found.filter((it) => it.recorded).map((it) => unlike(line, it)));
  }
  close();
  const nothing = make("p", {}, say("Ничего не найдено.", "Nothing found."));
  byId("timeline").replaceChildren(...(rows.length ? rows.filter(Boolean) : [nothing]));
}

function choose(line, scroll) {
  view.chosen = line.n;
  view.tab = line.lane === "sms" ? "phone" : "event";
  timeline();
  detail();
  drawStrip();
  for (const button of document.querySelectorAll("#steps button")) {
    const here = button.dataset.step === stepOf.get(line.n)?.number;
    button.classList.toggle("here", here);
    if (here) byId("steps").scrollTop = button.offsetTop - byId("steps").clientHeight / 2;
  }
  if (scroll) document.querySelector(`#timeline [data-n="${line.n}"]`)?.scrollIntoView({ block: "center" });
}

// ---- detail

function detail() {
  const tabs = [["event", say("Событие", "Event")], ["phone", say("Телефон", "Phone")], ["token", say("Токен", "Token")], ["certificate", say("Сертификат", "Certificate")]];
  const bar = make("nav", { role: "tablist" }, ...tabs.map(([key, name]) => make("button",
    { type: "button", role: "tab", "aria-selected": key === view.tab, onclick: () => { view.tab = key; detail(); } }, name)));
  const inside = { event, phone, token, certificate }[view.tab]();
  byId("detail").replaceChildren(bar, ...inside);
}

const pairs = (rows) => make("dl", {}, ...rows.filter(([, value]) => value !== undefined && value !== null && value !== "")
  .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
const hex = (text) => make("span", { class: "hex" }, text);

function event() {
  const line = byNumber.get(view.chosen);
  if (!line) return [make("p", {}, say("Выберите событие слева.", "Choose an event."))];
  return [...(differs.get(line.n) ?? []).flatMap(difference), ...eventOf(line)];
}

function difference(it) {
  const headline = !it.recorded ? say("перед этим произошло незаписанное", "something that was not recorded came before this")
    : it.came ? say("иначе, чем записано", "is not as recorded") : say("записано, но не произошло", "was recorded and did not happen");
  const came = it.came && !it.recorded ? [make("p", {}, words(it.came)), hex(JSON.stringify(rest(it.came), null, 2))] : [];
  return [make("section", { class: "difference" }, make("h2", {}, `${SIDES[it.side]}: ${headline}`), ...it.fields.map(twice), ...came)];
}

function twice(field) {
  if (field.changes) {
    const kinds = { "-": "was", "+": "is" };
    const rows = field.changes.map(([sign, text]) => make("div", { class: kinds[sign] ?? null }, `${sign} ${text}`));
    return make("div", {}, make("h3", {}, field.name), make("div", { class: "hex" }, ...rows));
  }
  let same = 0;
  while (same < field.recorded.length && field.recorded[same] === field.came[same]) same += 1;
  const marked = (text) => make("span", { class: "hex" }, text.slice(0, same), make("mark", {}, text.slice(same, same + 2) || "∅"), text.slice(same + 2));
  return make("div", {}, make("h3", {}, field.name),
    pairs([[say("записано", "recorded"), marked(field.recorded)], [say("пришло", "came"), marked(field.came)]]));
}

function eventOf(line) {
  const step = stepOf.get(line.n);
  const common = [[say("событие", "event"), `${line.n}, ${line.lane}`], [say("время", "time"), line.at], [say("шаг руководства", "step of the manual"), step ? step.number : ""]];
  if (line.lane === "apdu") return [make("h2", {}, line.meaning ?? "APDU"), pairs([...common, ...apdu(line)])];
  if (line.lane === "page") return [make("h2", {}, words(line)), pairs([...common, [say("страница", "page"), line.page], [say("рисунок", "figure"), line.figure]]), ...pageAt(line)];
  if (line.lane === "verdict") return [make("h2", {}, line.of), versus(line), pairs([...common, [say("после шага файла", "after the file's step"), line.step]])];
  if (line.lane === "http") return [make("h2", {}, line.title ?? line.path), pairs([...common, ...http(line)]), ...page(line)];
  const text = JSON.stringify(rest(line), null, 2);
  return [make("h2", { style: "white-space:pre-line" }, words(line)), pairs([...common, [say("поля", "fields"), hex(text)]])];
}

// What was expected beside what was found.
function versus(line) {
  const side = (name, text, kind) => make("div", { class: kind }, make("h3", {}, name), make("div", { class: "hex" }, text ?? ""));
  return make("div", { class: "versus" }, side(say("ожидалось", "expected"), line.expected, "is"), side(say("найдено", "found"), line.found, "was"));
}

function apdu(line) {
  const spaced = (text) => (text ?? "").replace(/([0-9A-F]{2})(?=[0-9A-F{])/gi, "$1 ");
  const command = String(line.command ?? "");
  const response = String(line.response ?? "");
  return [
    ["CLA INS P1 P2", hex(spaced(command.slice(0, 8)))],
    [say("длина и данные", "length and data"), command.length > 8 ? hex(spaced(command.slice(8))) : ""],
    [say("ответ", "response"), response.length > 4 ? hex(spaced(response.slice(0, -4))) : ""],
    [say("слово состояния", "status word"), response ? hex(response.slice(-4)) : ""],
    [say("ответа нет", "no answer"), line.lost],
  ];
}

function http(line) {
  const form = (line.form ?? []).map(([name, value]) => `${name}: ${value}`).join("\n");
  return [
    [say("запрос", "request"), `${line.method} ${line.path}`],
    [say("форма", "form"), form ? hex(form) : ""],
    [say("ответ", "answer"), `${line.status ?? ""} ${line.answer?.type ?? ""}`],
    [say("куда", "to"), line.answer?.location],
    [say("потеряно", "lost"), line.answer?.lost],
  ];
}

function page(line, name = say("Как это выглядело", "As it looked")) {
  let answer = line.answer;
  for (let hops = 0; answer?.same_as && hops < 3; hops += 1) answer = byNumber.get(answer.same_as)?.answer;
  if (!answer?.body || !/html/.test(line.answer?.type ?? answer.type ?? "")) return [];
  // The frame runs nothing and loads nothing anyway; without these it need not say so on the console.
  const still = answer.body.replace(/<script[^>]*>[^<]*<\/script>/g, "");
  const styled = still.replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${data.style}</style>`).replace(/<link rel="stylesheet"[^>]*>/g, "");
  const frame = make("iframe", { sandbox: "", title: say("Страница, как она выглядела", "The page as it looked") });
  frame.srcdoc = styled;
  return [make("h2", {}, name), frame];
}

// The page of the portal that a person has before them, as it came: what its script did to it is not recorded.
function pageAt(line) {
  const before = lines.slice(0, lines.indexOf(line)).findLast((it) => (it.lane === "http" && it.method === "GET") || (it.lane === "page" && /^opens/.test(it.what ?? "")));
  return before?.lane === "http" ? page(before, say("Страница, как её прислал портал", "The page as the portal sent it")) : [];
}

function phone() {
  const texts = lines.filter((line) => line.lane === "sms");
  const bubbles = texts.flatMap((line) => [
    make("p", { class: line.n === view.chosen ? "chosen" : null }, line.text),
    make("small", {}, clockOf(line))]);
  return [make("div", { class: "handset", role: "group", "aria-label": say("Телефон заявителя", "The applicant's phone") },
    ...(bubbles.length ? bubbles : [make("p", {}, say("Сообщений не было.", "No messages."))]))];
}

function token() {
  const names = { key: say("ключевая пара", "key pair"), certificate: say("сертификат", "certificate") };
  const held = (objects, unknown) => {
    if (!objects) return [make("p", {}, unknown)];
    if (objects.length === 0) return [make("p", {}, say("Пусто.", "Empty."))];
    return objects.map((it) => make("div", { class: "holds" }, make("strong", {}, `${names[it.what]}: ${it.label}`),
      make("div", {}, it.kind ?? ""), make("small", { class: "hex" }, it.id)));
  };
  return [
    make("h2", {}, say("До", "Before")), ...held(data.before, say("Запись этого не говорит.", "The recording does not tell.")),
    make("h2", {}, say("После", "After")), ...held(data.after, say("Отчёт о папке прогона это покажет.", "A report of the run's folder shows it.")),
  ];
}

function certificate() {
  const it = data.certificate;
  if (!it) return [make("p", {}, say("Сертификата в записи нет.", "The recording has no certificate."))];
  return [
    pairs([[say("серийный номер", "serial number"), hex(it.serial)], [say("действителен", "valid"), `${it.from} – ${it.to}`], ["SHA-1", hex(it.fingerprint)]]),
    make("h2", { style: "margin-top:14px" }, say("Открытый ключ", "Public key")),
    pairs([[say("алгоритм", "algorithm"), it.algorithm], [say("набор параметров", "parameter set"), it.parameter_set], [say("ключ", "key"), it.key && hex(it.key)]]),
    make("h2", { style: "margin-top:14px" }, say("Владелец", "Subject")), pairs(it.subject),
    make("h2", { style: "margin-top:14px" }, say("Издатель", "Issuer")), pairs(it.issuer),
    make("h2", { style: "margin-top:14px" }, say("Расширения", "Extensions")),
    pairs((it.extensions ?? []).map(([name, words, critical]) => [critical ? `${name} · ${say("критичное", "critical")}` : name, hex(words)])),
    make("h2", { style: "margin-top:14px" }, say("Подпись издателя", "Signature")), make("p", {}, it.signature_algorithm ?? ""),
    make("h2", { style: "margin-top:14px" }, "PEM"), hex(it.pem),
  ];
}
