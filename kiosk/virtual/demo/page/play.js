// A visitor plays resident and fault.
"use strict";

const AGAIN_MS = 700;
let slips = "";

async function post(path) {
  await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  await look();
}

async function look() {
  const answer = await fetch("/now").catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.json();
  for (const button of document.querySelectorAll("[data-turn]")) {
    button.setAttribute("aria-pressed", String(now.on.includes(button.dataset.turn)));
  }
  document.getElementById("said").textContent = now.said;
  if (slips !== now.slips.join()) {
    slips = now.slips.join();
    document.getElementById("slips").replaceChildren(...now.slips.map((n) => {
      const picture = document.createElement("img");
      picture.src = `/slip/${n}`;
      picture.alt = `${n}`;
      return picture;
    }));
  }
}

document.addEventListener("click", (event) => {
  const { come, turn } = event.target.dataset ?? {};
  if (come) post(`/come/${come}`);
  if (turn) post(`/turn/${turn}`);
});

setInterval(look, AGAIN_MS);
look();
