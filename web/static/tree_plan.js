// A line of a plan asks for what its operation needs; without scripts all fields stand there.
"use strict";

const lines = document.querySelector("form[data-needs]");
const needs = JSON.parse(lines.dataset.needs);

function fit(row) {
  const chosen = row.querySelector("select[name$='.operation']").value;
  const wanted = new Set(["operation", "code", ...(needs[chosen] ?? [])]);
  row.querySelectorAll("[name^='changes.']").forEach((control) => {
    const name = control.name.split(".").at(-1);
    control.closest(".mb-3").hidden = Boolean(chosen) && !wanted.has(name);
  });
}

lines.addEventListener("change", (event) => {
  if (event.target.matches("select[name$='.operation']")) fit(event.target.closest("[data-row]"));
});
lines.querySelectorAll("[data-list] [data-row]").forEach(fit);
