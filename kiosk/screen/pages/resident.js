// Shows the newest view, and nothing of a person for longer than it says.
"use strict";

const lost = document.getElementById("lost").dataset;
let passing = 0;
let since = 0;

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

follow("resident", { see, lose });
