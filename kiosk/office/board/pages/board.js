// All of the district once, then what changes. Nothing is pressed here but what looks closer.
"use strict";

const OLD_S = 900;
const DEAF_MS = 8000;
const MOST_MOVED = 200;
const STRIDE = 600; // Squares that are laid out at a time: more than a screen has.
const AGAIN_MS = 5000;
const ORDER = ["trouble", "silent", "never", "stopped", "online"];
const $ = (id) => document.getElementById(id);
const tiles = new Map();
const squares = new Map();
let head = null;
let heardAt = performance.now();
let ahead = 0; // What our clock is behind the board's, ms.
let wanted = "";
let open = null;
let laidOut = STRIDE; // So many squares, as far as one has scrolled.

const say = (key, values = {}) => (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const number = (n) => n.toLocaleString("en").replaceAll(",", "\u202f");
const nowS = () => (Date.now() + ahead) / 1000;
const part = (name) => WORDS[`device.${name}`] ?? name;

function age(since) {
  if (since === null || since === undefined) return "–";
  const s = Math.max(0, Math.floor(nowS() - since));
  if (s < 60) return say("board.seconds", { n: s });
  if (s < 3600) return say("board.minutes", { n: Math.floor(s / 60) });
  return say("board.hours", { n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) });
}

function clock(at) {
  const when = new Date(at * 1000);
  const text = when.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const day = when.toDateString() === new Date(nowS() * 1000).toDateString() ? "" : `${when.getMonth() + 1}-${when.getDate()} `;
  return day + text;
}

function el(kind, text, name) {
  const made = document.createElement(kind);
  made.textContent = text ?? "";
  if (name) made.className = name;
  return made;
}

function trouble(each) {
  const word = WORDS[`board.trouble.${each.what}`] ?? each.what;
  const of = each.what === "journal" ? (WORDS[`board.journal.${each.part}`] ?? each.part) : part(each.part);
  const what = each.part ? say("board.of-part", { what: word, part: of }) : word;
  return each.kiosk ? say("board.at-table", { kiosk: each.kiosk, what }) : what;
}

const troubles = (tile) => tile.troubles.map(trouble).join(say("board.between"));

function draw(tile) {
  let square = squares.get(tile.point);
  if (!square) {
    square = el("button", "", "tile");
    square.type = "button";
    square.append(el("span"), el("b"));
    square.addEventListener("click", () => look(tile.point));
    squares.set(tile.point, square);
  }
  const [name, people] = square.children;
  name.textContent = tile.name || tile.point;
  people.textContent = number(tile.people);
  square.dataset.state = tile.state;
  square.title = `${tile.point} ${tile.name}\n${say(`board.state.${tile.state}`)} ${troubles(tile)}`;
  square.setAttribute("aria-label", `${tile.point} ${tile.name}, ${say(`board.state.${tile.state}`)}, ${tile.people}, ${troubles(tile)}`);
}

const KEYS = {
  state: (tile) => [ORDER.indexOf(tile.state)],
  point: () => [],
  people: (tile) => [-tile.people],
  left: (tile) => [tile.expected === null ? 1 : tile.people / Math.max(1, tile.expected)],
  age: (tile) => [tile.counted_s ?? 0],
};

// After news `changed` are the tiles that may stand elsewhere; all may after a key was pressed.
function arrange(changed) {
  const text = $("search").value.trim().toLowerCase();
  const key = KEYS[$("sort").value];
  const fits = (tile) => (!wanted || tile.state === wanted) && (!text || `${tile.point} ${tile.name}`.toLowerCase().includes(text));
  const shown = [...tiles.values()].filter(fits).map((tile) => [key(tile)[0] ?? 0, tile.point]);
  shown.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  const wantedSquares = shown.slice(0, laidOut).map(([, point]) => squares.get(point));
  const grid = $("tiles");
  if (wantedSquares.length !== grid.children.length || wantedSquares.some((each, n) => grid.children[n] !== each)) place(grid, wantedSquares, changed);
  $("more").hidden = shown.length <= laidOut;
  $("none").hidden = shown.length > 0;
  $("shown").textContent = `${shown.length} / ${tiles.size}`;
}

// Only what stands elsewhere is moved: to lay thousands of squares out anew is what takes time.
function place(grid, wantedSquares, changed) {
  if (!changed || changed.length > MOST_MOVED) {
    grid.replaceChildren(...wantedSquares);
    return;
  }
  for (const tile of changed) squares.get(tile.point).remove();
  let next = grid.firstElementChild;
  for (const square of wantedSquares) {
    if (square === next) next = next.nextElementSibling;
    else grid.insertBefore(square, next);
  }
  while (next) {
    const over = next;
    next = next.nextElementSibling;
    over.remove();
  }
}

function anew() {
  laidOut = STRIDE;
  arrange();
}

function bars(where, curve, minutes) {
  const most = Math.max(1, ...curve.map(([, n]) => n));
  where.setAttribute("viewBox", `0 0 ${Math.max(1, curve.length)} 100`);
  where.replaceChildren(
    ...curve.map(([at, n], place) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const tall = (100 * Math.max(0, n)) / most;
      for (const [name, value] of Object.entries({ x: place + 0.05, y: 100 - tall, width: 0.9, height: tall })) bar.setAttribute(name, value);
      const told = document.createElementNS("http://www.w3.org/2000/svg", "title");
      told.textContent = say("board.in-time", { at: clock(at), minutes, n });
      bar.append(told);
      return bar;
    }),
  );
}

function sums() {
  $("round").textContent = head.round;
  $("people").textContent = number(head.people);
  $("rate").textContent = number(head.per_hour);
  $("ends").textContent = head.ends_s === null ? "–" : clock(head.ends_s);
  $("of").textContent = head.expected === null ? "" : `${number(head.expected)} (${Math.floor((100 * head.people) / Math.max(1, head.expected))} %)`;
  $("share").hidden = head.expected === null;
  $("share").value = head.expected ? Math.min(1, head.people / head.expected) : 0;
  $("oldest-at").textContent = head.oldest_tube_at;
  const slow = head.slowest;
  $("slowest").textContent = slow === null ? "–" : `${Math.round(slow.p50_ms)} ms`;
  $("slowest-at").textContent = slow === null ? "" : `${slow.point}/${slow.kiosk} ${say(`screen.hop.${slow.hop}`)} ${Math.round(slow.hop_ms)} ms`;
  $("paperless").textContent = head.paperless;
  $("strange").hidden = head.not_understood === 0;
  $("strange").textContent = say("board.page.strange", { n: head.not_understood });
  $("not-kept").hidden = !head.not_kept;
  $("not-kept").textContent = say("board.page.not-kept");
  for (const button of document.querySelectorAll("#states button")) button.querySelector("b").textContent = head.points[button.dataset.state];
  $("day").hidden = head.curve.length < 2;
  bars($("curve"), head.curve, head.curve_min);
  const ends = head.curve.length ? [head.curve[0][0], head.curve.at(-1)[0]] : [];
  $("axis").replaceChildren(...ends.map((at) => el("span", clock(at))));
}

function ages() {
  const deaf = performance.now() - heardAt > DEAF_MS;
  $("clock").textContent = clock(nowS());
  document.body.classList.toggle("lost", deaf || (head !== null && !head.connected));
  document.body.classList.toggle("old", head !== null && head.heard_s !== null && nowS() - head.heard_s > OLD_S);
  if (deaf) $("heard").textContent = say("board.page.no-board", { n: age(nowS() - (performance.now() - heardAt) / 1000) });
  else if (head && !head.connected) $("heard").textContent = `${say("board.page.no-broker")} ${head.why}`;
  else if (head) $("heard").textContent = head.heard_s === null ? say("board.page.read") : say("board.page.heard", { n: age(head.heard_s) });
  if (!head) return;
  const counted = [...tiles.values()].filter((tile) => tile.counted_s !== null && tile.state !== "stopped").map((tile) => tile.counted_s);
  document.querySelector('[data-age="sum"]').textContent = counted.length ? say("board.page.up-to", { n: age(Math.min(...counted)) }) : "";
  $("oldest").textContent = age(head.oldest_tube_s);
  for (const [point, square] of squares) {
    const tile = tiles.get(point);
    square.classList.toggle("old", tile.counted_s !== null && tile.state !== "stopped" && nowS() - tile.counted_s > OLD_S);
  }
}

// Each on a line of its own: 已封 2 已装箱 12 is read as 2 boxed.
function counts(of, kind) {
  return Object.entries(of).map(([state, n]) => `${say(`board.${kind}.${state}`)} ${n}`).join("\n");
}

async function look(point) {
  open = point;
  const answer = await fetch(`/point/${encodeURIComponent(point)}`);
  if (!answer.ok || open !== point) return;
  const page = await answer.json();
  const tile = page.tile;
  $("point-name").textContent = `${tile.point} ${tile.name} · ${say(`board.state.${tile.state}`)}`;
  const of = tile.expected === null ? "" : ` / ${number(tile.expected)}`;
  const rate = `${number(tile.per_hour)} ${say("board.page.rate")}`;
  $("point-sum").textContent = [`${say("board.page.people")} ${number(tile.people)}${of}`, rate, troubles(tile)].filter(Boolean).join(" · ");
  $("point-curve").toggleAttribute("hidden", page.curve.length < 2);
  bars($("point-curve"), page.curve, page.curve_min);
  const rows = page.tables.map((table) => {
    const row = el("tr");
    const printers = Object.entries(table.printers).map(([name, said]) => [part(name), ...said.map((each) => WORDS[`board.trouble.${each}`] ?? each)].join("\n")).join("\n");
    const refused = Object.values(table.refused).reduce((sum, n) => sum + n, 0);
    const machine = [table.celsius === null ? "" : `${table.celsius} °C`, table.free_mb === null ? "" : `${number(table.free_mb)} MB`, table.release].filter(Boolean).join("\n");
    const speed = table.p50_ms === null ? "–" : `${Math.round(table.p50_ms)} / ${Math.round(table.p99_ms)} ms`;
    const lives = table.lives > 1 ? `\n${say("board.page.lives", { n: table.lives })}` : "";
    const cells = [table.kiosk, say(`board.table.${table.state}`) + lives, number(table.people), number(refused), counts(table.tubes, "tube"), counts(table.boxes, "box"), age(table.oldest_tube_s), speed, printers, machine, age(table.counted_s || null)];
    row.append(...cells.map((text) => el("td", text)));
    row.querySelectorAll("td")[3].title = Object.entries(table.refused).map(([why, n]) => `${WORDS[`refusal.${why}`] ?? why} ${n}`).join("\n");
    return row;
  });
  $("tables").tBodies[0].replaceChildren(...rows);
  $("units").hidden = page.units.length === 0;
  $("units").tBodies[0].replaceChildren(
    ...page.units.map((unit) => {
      const row = el("tr", "", unit.unit === page.called ? "called" : "");
      row.append(...[unit.unit, unit.listed, unit.sampled + unit.other_table + unit.elsewhere, unit.missing].map((text) => el("td", String(text))));
      return row;
    }),
  );
  if (!$("point").open) $("point").showModal();
}

function hear(event) {
  const told = JSON.parse(event.data);
  heardAt = performance.now();
  ahead = told.at_s * 1000 - Date.now();
  for (const tile of told.tiles) {
    tiles.set(tile.point, tile);
    draw(tile);
  }
  head = told;
  document.body.classList.remove("waiting");
  sums();
  if (told.tiles.length) arrange(told.tiles);
  ages();
  if (open !== null && told.tiles.some((tile) => tile.point === open)) look(open);
}

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("message", hear);
  // A browser gives up for good where it is answered no, such as while somebody guesses passwords.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
  });
}

for (const button of document.querySelectorAll("#states button")) {
  button.addEventListener("click", () => {
    wanted = wanted === button.dataset.state ? "" : button.dataset.state;
    for (const each of document.querySelectorAll("#states button")) each.setAttribute("aria-pressed", String(each.dataset.state === wanted));
    anew();
  });
}
$("sort").addEventListener("change", anew);
$("search").addEventListener("input", anew);
$("point").addEventListener("close", () => (open = null));
const further = new IntersectionObserver(
  (seen) => {
    if (!seen.at(-1).isIntersecting) return;
    laidOut += STRIDE;
    arrange([]);
    // On a large screen the end may still be near: whoever is observed anew is told of anew.
    further.unobserve($("more"));
    further.observe($("more"));
  },
  { rootMargin: "0px 0px 1000px 0px" },
);
further.observe($("more"));
setInterval(ages, 1000);
listen();
