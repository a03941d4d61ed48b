// A code of the table's own screen makes this device one of the table's.
"use strict";

const value = (id) => document.getElementById(id).value;
const said = document.getElementById("said");

document.getElementById("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ code: value("code").trim(), name: value("name") });
  const asked = fetch("/staff/pair", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const status = await asked.then((answer) => answer.status, () => 0);
  if (status === 204) location.replace("/staff");
  else said.textContent = { 0: said.dataset.unsent, 429: said.dataset.slow, 507: said.dataset.full }[status] ?? said.dataset.wrong;
});
