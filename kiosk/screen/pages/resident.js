// Shows the newest view, and nothing of a person for longer than it says. Whoever is silent too long is lost.
"use strict";

const SILENT_MS = 2500;
const AGAIN_MS = 500;
const lost = document.getElementById("lost").dataset;
let heard = performance.now();
let passing = 0;
let since = 0;
let events = null;

function put(id, text) {
  document.getElementById(id).textContent = text;
}

function show(face) {
  document.body.dataset.tone = face.tone;
  document.body.dataset.symbol = face.symbol;
  for (const id of ["headline", "line", "name", "place", "tube", "unit"]) {
    put(id, face[id]);
  }
}

function see(view) {
  clearTimeout(passing);
  if (view.passing && view.for_ms > 0) {
    const resting = view.resting;
    show(view.passing);
    // The second of two people with one face sees that it is theirs.
    if (view.since_ms !== since) document.querySelector("svg").animate([{ transform: "scale(0.6)" }, { transform: "scale(1)" }], 250);
    since = view.since_ms;
    passing = setTimeout(() => show(resting), view.for_ms);
  } else {
    show(view.resting);
  }
}

function lose() {
  clearTimeout(passing);
  show({ tone: "wait", symbol: "person", headline: lost.headline, line: lost.line, name: "", place: "", tube: "", unit: "" });
}

// The server is there and tells this page nothing: it is another page that it wants to give.
async function again() {
  const there = await fetch("/resident").then((answer) => answer.ok, () => false);
  if (there) location.reload();
  else connect();
}

function connect() {
  events?.close();
  events = new EventSource("/resident/events");
  const hear = (name, then) => events.addEventListener(name, (event) => {
    heard = performance.now();
    then(event);
  });
  hear("pages", (event) => { if (event.data !== document.body.dataset.version) location.reload(); });
  hear("view", (event) => {
    // What cannot be shown whole is not shown at all.
    try { see(JSON.parse(event.data)); } catch { lose(); }
  });
  hear("beat", () => {});
  hear("lost", lose);
  hear("ended", () => location.reload());
  events.onerror = () => {
    lose();
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(again, AGAIN_MS);
    }
  };
}

setInterval(() => {
  if (performance.now() - heard > SILENT_MS) {
    lose();
    heard = performance.now();
    connect();
  }
}, AGAIN_MS);

connect();
