// The table at a glance. Nothing is kept but the newest view; what is pressed goes to the kiosk, by whose rules it is done.
"use strict";

const REST_MS = 2000;
const TROUBLE_MS = 6000;
const words = document.getElementById("words").dataset;
const drawn = new Map();
let abouts = {};
let seenId = "";
let trouble = { text: "", until: 0 };
let seen = { at: performance.now(), tube: null, waiting: null };

const $ = (id) => document.getElementById(id);
const $$ = (where, what) => where.querySelector(what);

function el(kind, text, name) {
  const made = document.createElement(kind);
  made.textContent = text ?? "";
  if (name) made.className = name;
  return made;
}

function svg(kind, values) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
  return made;
}

// Draws a part only where it is another: a button under a finger stays where it is.
function part(name, value, draw) {
  const text = JSON.stringify(value);
  if (drawn.get(name) !== text) {
    draw(value);
    drawn.set(name, text);
  }
}

function span(seconds) {
  const whole = Math.floor(seconds / 60);
  const [hours, minutes] = [Math.floor(whole / 60), whole % 60];
  const parts = hours ? [`${hours} ${words.hours}`] : [];
  if (minutes || !hours) parts.push(`${minutes} ${words.minutes}`);
  return parts.join(" ");
}

function age(where, of, since) {
  if (!of || (of.open_s ?? of.age_s) === null) {
    where.textContent = "—";
    return;
  }
  const seconds = (of.open_s ?? of.age_s) + (performance.now() - since) / 1000;
  where.textContent = `${span(seconds)} / ${span(of.limit_s)}`;
  where.parentElement.classList.toggle("late", seconds >= of.limit_s);
}

function clocks() {
  age($$($("tube"), ".clock b"), seen.tube, seen.at);
  age($$($("tube"), ".waiting span"), seen.waiting, seen.at);
}

function drawTube(tube) {
  const room = $("tube");
  for (const name of [".code", ".pool", ".filled", ".places", ".clock"]) $$(room, name).hidden = !tube;
  $$(room, ".none").hidden = Boolean(tube);
  if (!tube) return;
  $$(room, ".code").textContent = tube.code;
  // On lines of their own: 9/10 10混1 is read as one figure.
  $$(room, ".pool").textContent = tube.pool;
  $$(room, ".filled").textContent = `${tube.filled}/${tube.capacity}`;
  const places = $$(room, ".places");
  places.setAttribute("aria-label", `${tube.filled}/${tube.capacity}`);
  places.replaceChildren(...tube.places.map((taken) => el("i", "", taken ? "taken" : "")));
}

function drawNext({ next, single, waiting }) {
  const room = $("tube");
  const following = $$(room, ".next");
  following.hidden = !next;
  if (next) {
    const said = $$(following, "span");
    $$(following, "b").textContent = next.code;
    said.textContent = next.printed ? said.dataset.yes : said.dataset.no;
  }
  $$(room, ".single").hidden = !single;
  $$(room, ".single b").textContent = single;
  $$(room, ".waiting").hidden = !waiting;
  $$(room, ".waiting b").textContent = waiting;
}

function drawFaults(faults) {
  $$($("faults"), "ul").replaceChildren(...faults.map((fault) => el("li", fault)));
  $$($("faults"), ".none").hidden = faults.length > 0;
}

function drawToday(today) {
  for (const where of document.querySelectorAll("[data-count]")) {
    const value = today[where.dataset.count];
    where.parentElement.hidden = value === null;
    where.textContent = value;
  }
}

function drawCurve(curve) {
  const most = Math.max(1, ...curve.people);
  const bars = curve.people.map((n, at) => svg("rect", { x: at + 0.1, y: most - n, width: 0.8, height: n }));
  $("curve").setAttribute("viewBox", `0 0 ${Math.max(12, curve.people.length)} ${most}`);
  $("curve").replaceChildren(...bars);
  $("begins").textContent = curve.people.length ? `${curve.begins} · ${Math.max(...curve.people)}` : "";
}

function drawUnits(units) {
  const body = $$($("units"), "tbody");
  body.replaceChildren(...units.map((unit) => {
    const row = el("tr", "", unit.called ? "called" : "");
    const name = el("td", unit.unit);
    if (unit.called) name.append(el("em", body.dataset.called));
    row.append(name, el("td", unit.listed), el("td", unit.came), el("td", unit.missing));
    return row;
  }));
  $$($("units"), "table").hidden = units.length === 0;
  $$($("units"), ".none").hidden = units.length > 0;
}

function drawBoxes(boxes) {
  const list = $$($("boxes"), "ul");
  const say = list.dataset;
  list.replaceChildren(...boxes.map((box) => {
    const state = box.closed ? say.closed : say.open;
    return el("li", `${box.number} ${state} · ${box.tubes} ${say.tubes} ${box.people} ${say.people} ${box.seal}`);
  }));
  $$($("boxes"), ".none").hidden = boxes.length > 0;
}

function drawMachine({ clock, centre, slips_waiting, gauges }) {
  const { dataset } = $("centre");
  $("centre").textContent = centre === null ? dataset.none : centre ? dataset.up : dataset.down;
  $("unsaid").textContent = gauges.unsaid ?? "—";
  $("slips").textContent = slips_waiting;
  const { ago, now } = $("heard").dataset;
  const heard = (seconds) => seconds < 60 ? now : `${span(seconds)}${ago}`;
  const others = Object.entries(gauges.heard_s).map(([kiosk, seconds]) => `${kiosk} ${heard(seconds)}`);
  $("heard").textContent = others.join(" · ") || "—";
  $("set").textContent = clock ?? $("set").dataset.unset;
  $("disk").textContent = gauges.free_mb === null ? "—" : `${gauges.free_mb} MB`;
  $("celsius").textContent = gauges.celsius === null ? "—" : `${gauges.celsius} °C`;
  const speed = gauges.speed;
  $("speed").textContent = speed ? `${speed.p50} / ${speed.p99} ms` : "—";
  for (const where of document.querySelectorAll("[data-hop]")) {
    $$(where, "b").textContent = speed ? speed.hops[where.dataset.hop] : "";
  }
  $("hops").hidden = !speed;
}

function drawActs(groups) {
  $$($("acts"), "div").replaceChildren(...groups.flatMap((group) => {
    const row = el("div", "", "group");
    row.append(...group.acts.filter(({ action }) => action !== "yes" && action !== "no").map((act) => {
      const button = el("button", act.label);
      button.type = "button";
      button.dataset.act = act.action;
      button.disabled = !act.allowed;
      return button;
    }));
    return [el("h3", group.title), row];
  }));
}

function drawQuestion(asked) {
  $("question").hidden = !asked;
  $("now").hidden = Boolean(asked);
  if (!asked) return;
  $("asked").textContent = asked.text;
  $("slip").textContent = asked.slip;
  $("slip").parentElement.hidden = !asked.slip;
  for (const id of ["yes", "no"]) $(id).disabled = !asked.may_answer;
}

function see(view) {
  document.body.classList.remove("lost");
  document.body.dataset.signal = view.now.signal;
  seen = { at: performance.now(), tube: view.tube, waiting: view.waiting };
  $("table").textContent = `${view.point} ${view.kiosk}`;
  $("clock").textContent = view.machine.clock ?? $("set").dataset.unset;
  $("badge").textContent = `${words.badge} ${view.badge || view.badge_first || words.nobadge}`;
  $("badge").classList.toggle("late", Boolean(view.badge_first));
  $("now").textContent = view.now.text;
  $("said").textContent = performance.now() < trouble.until ? trouble.text : view.said?.text ?? "";
  const { open_s: _, ...tube } = view.tube ?? {};
  part("question", view.question, drawQuestion);
  part("tube", view.tube && tube, drawTube);
  part("next", { next: view.next_tube, single: view.single, waiting: view.waiting && view.waiting.code }, drawNext);
  part("faults", view.faults, drawFaults);
  part("today", view.today, drawToday);
  part("curve", view.machine.gauges.curve, drawCurve);
  part("units", view.units, drawUnits);
  part("boxes", view.boxes, drawBoxes);
  part("machine", view.machine, drawMachine);
  abouts = Object.fromEntries(view.acts.flatMap((group) => group.acts.map((act) => [act.action, act.about])));
  part("acts", view.acts.map((group) => ({ ...group, acts: group.acts.map(({ about, ...act }) => act) })), drawActs);
  clocks();
}

function lose() {
  document.body.classList.add("lost");
  document.body.dataset.signal = "attention";
  $("now").textContent = `${words.lost}: ${words.restoring}`;
  $("now").hidden = false;
  drawn.delete("question");
  abouts = {};
}

async function post(path, body) {
  const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return fetch(path, { ...sent, signal: AbortSignal.timeout(TROUBLE_MS) }).then((answer) => answer, () => ({ ok: false, status: 0 }));
}

// What was pressed rests: who presses once more for want of an answer wants it done once.
async function press(button) {
  const act = button.dataset.act;
  if (button.classList.contains("pressed")) return;
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), REST_MS);
  const answer = await post("/staff/act", { act, about: abouts[act] ?? "", seen: seenId });
  if (!answer.ok) fail({ 0: words.silent, 409: words.late }[answer.status] ?? words.unsent);
}

function fail(text) {
  trouble = { text, until: performance.now() + TROUBLE_MS };
  $("said").textContent = text;
}

async function devices() {
  const answer = await fetch("/staff/devices").catch(() => ({ ok: false }));
  if (!answer.ok) return;
  const found = await answer.json();
  $("devices").hidden = !found.may_pair && found.devices.length === 0;
  $("pair").hidden = !found.may_pair;
  // A code that was used, guessed at or forgotten lets nobody in.
  $("offer").hidden = !(found.offered && $$($("offer"), ".code").textContent);
  const list = $$($("devices"), "ul");
  part("devices", found.devices, (names) => list.replaceChildren(...names.map((name) => {
    const row = el("li", name);
    const button = el("button", list.dataset.revoke);
    button.type = "button";
    button.dataset.revoke = name;
    row.append(button);
    return row;
  })));
}

async function offer() {
  const answer = await post("/staff/pairing", {});
  if (!answer.ok) return fail(words.unsent);
  const found = await answer.json();
  $$($("offer"), ".address").textContent = found.address;
  $$($("offer"), ".code").textContent = found.code;
  const size = found.qr.length;
  const dark = found.qr.flatMap((row, y) => [...row].flatMap((bit, x) => (bit === "1" ? [svg("rect", { x, y, width: 1, height: 1 })] : [])));
  $("qr").setAttribute("viewBox", `0 0 ${size} ${size}`);
  $("qr").replaceChildren(...dark);
  $("offer").hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.act) await press(button);
  else if (button.id === "pair") await offer();
  else if (button.dataset.revoke) {
    const answer = await post("/staff/devices", { name: button.dataset.revoke });
    if (!answer.ok) fail(words.unsent);
    await devices();
  }
});

follow("staff", { see, lose, beat: clocks, heard: (id) => { seenId = id; } });
setInterval(clocks, AGAIN_MS);
devices();
setInterval(devices, 2000);
