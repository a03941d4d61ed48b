// A code of the table's own screen makes this device one of the table's.
"use strict";

const value = (id) => document.getElementById(id).value;
const said = document.getElementById("said");

document.getElementById("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ code: value("code").trim(), name: value("name") });
  const answer = await fetch("/staff/pair", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (answer.ok) location.replace("/staff");
  else said.textContent = answer.status === 429 ? said.dataset.slow : said.dataset.wrong;
});
