
// ---- the strip: the course of time, of which a part can be looked at closely

const begin = lines.length ? momentOf(lines[0]) : 0;
const whole = Math.max(lines.length ? momentOf(lines.at(-1)) - begin : 0, 1000);
const part = { from: 0, to: 1 };
// Nothing is closer together than this.
const CLOSEST = Math.min(1, 500 / whole);

function strip() {
  if (lines.length === 0) return;
  const names = make("div", { class: "names", "aria-hidden": "true" }, ...LANES.map((lane) => make("span", { class: lane.key }, lane.name)));
  const help = say("колесо или + − приблизить · ← → сдвинуть · 0 всё", "wheel or + − zoom · ← → move · 0 everything");
  const plot = make("div", { class: "plot", tabindex: "0", role: "group", "aria-label": say("Ход времени", "The course of time"), title: help });
  plot.style.height = `${LANES.length * 14 + 20}px`;
  const act = (name, label, by) => make("button", { type: "button", "aria-label": label, title: label, onclick: by }, name);
  const buttons = make("div", { class: "closer" },
    act("+", say("Приблизить время", "Zoom in on the time"), () => closer(0.5)),
    act("−", say("Отдалить время", "Zoom out of the time"), () => closer(2)),
    act(say("всё", "all"), say("Показать всё время", "Show the whole time"), () => closer(Infinity)));
  byId("strip").append(names, plot, buttons);
  plot.addEventListener("wheel", (event) => {
    event.preventDefault();
    closer(event.deltaY < 0 ? 0.7 : 1 / 0.7, (event.clientX - plot.getBoundingClientRect().left) / plot.clientWidth);
  }, { passive: false });
  drag(plot);
  addEventListener("resize", drawStrip);
  drawStrip();
}

// Shows so many times as much, keeping the moment at a place of the strip where it is: the chosen event, or the middle.
function closer(by, at = chosenAt()) {
  const width = Math.min(1, Math.max(CLOSEST, (part.to - part.from) * by));
  move(part.from + at * (part.to - part.from - width), width);
}

function chosenAt() {
  const line = byNumber.get(view.chosen);
  const at = line ? ((momentOf(line) - begin) / whole - part.from) / (part.to - part.from) : 0.5;
  return at >= 0 && at <= 1 ? at : 0.5;
}

function move(from, width = part.to - part.from) {
  part.from = Math.min(Math.max(0, from), 1 - width);
  part.to = part.from + width;
  drawStrip();
}

function drag(plot) {
  let last = null;
  plot.addEventListener("pointerdown", (event) => { last = event.clientX; });
  addEventListener("pointerup", () => { last = null; });
  addEventListener("pointermove", (event) => {
    if (last === null) return;
    move(part.from - ((event.clientX - last) / plot.clientWidth) * (part.to - part.from));
    last = event.clientX;
  });
}

// Keys while the strip has the focus; says whether it was one of its own.
function seek(event) {
  const step = (part.to - part.from) / 5;
  const acts = { "+": () => closer(0.5), "=": () => closer(0.5), "-": () => closer(2), 0: () => closer(Infinity), Home: () => closer(Infinity),
    ArrowLeft: () => move(part.from - step), ArrowRight: () => move(part.from + step) };
  if (!acts[event.key]) return false;
  event.preventDefault();
  acts[event.key]();
  return true;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200].map((secs) => secs * 1000);
const DAY = 86400000;

function drawStrip() {
  const plot = document.querySelector("#strip .plot");
  if (!plot) return;
  const place = (moment) => (((moment - begin) / whole - part.from) / (part.to - part.from)) * 100;
  const inside = (at) => at >= 0 && at <= 100;
  const marks = lines.map((line) => [line, place(momentOf(line))]).filter(([, at]) => inside(at)).map(([line, at]) => make("i", {
    style: `left:${at * 0.995}%;top:${2 + LANES.indexOf(laneOf(line)) * 14}px;background:var(--${isBad(line) ? "bad" : laneOf(line).key})`,
    class: line.n === view.chosen ? "chosen" : null, title: `${clockOf(line)} ${words(line)}`, onclick: () => choose(line, true),
  }));
  plot.replaceChildren(...hours(place, plot.clientWidth), ...marks);
}

// Times of day at even distances, in the recording's own zone.
function hours(place, width) {
  const text = String(lines[0].at);
  const zone = Date.parse(`${text.slice(0, 19)}Z`) - Math.floor(begin / 1000) * 1000 || 0;
  const [from, to] = [part.from, part.to].map((at) => begin + at * whole);
  const fits = Math.max(2, Math.floor(width / 90));
  const step = STEPS.find((it) => (to - from) / it <= fits) ?? Math.ceil((to - from) / fits / DAY) * DAY;
  const drawn = [];
  for (let at = Math.ceil((from + zone) / step) * step - zone; at <= to; at += step) {
    const [day, time] = new Date(at + zone).toISOString().split("T");
    const name = step >= DAY ? day : step >= 60000 ? time.slice(0, 5) : time.slice(0, 8);
    drawn.push(make("b", { style: `left:${place(at)}%`, class: place(at) > 94 ? "last" : null }, make("span", {}, name)));
  }
  return Number.isFinite(begin) ? drawn : [];
}

// ---- all of it

head();
strip();
tools();
sidebar();
timeline();
detail();
