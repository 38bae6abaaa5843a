// What the pages do beyond htmx: repeating rows, focus on what is wrong, printing, one submission at a time.
"use strict";

function addRow(fieldset, index = Number(fieldset.dataset.next), focus = true) {
  fieldset.dataset.next = String(Math.max(index + 1, Number(fieldset.dataset.next)));
  const holder = document.createElement("template");
  const source = fieldset.querySelector(":scope > .card-body > template");
  holder.innerHTML = source.innerHTML.replaceAll(fieldset.dataset.mark, String(index));
  const row = holder.content.firstElementChild;
  fieldset.querySelector("[data-list]").append(row);
  const typed = "input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea";
  if (focus) (row.querySelector(typed) ?? row.querySelector("input:not([type=hidden])"))?.focus();
}

function removeRow(row) {
  const fieldset = row.closest("[data-rows]");
  row.remove();
  fieldset.querySelector("[data-add-row]").focus();
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-add-row]")) addRow(target.closest("[data-rows]"));
  else if (target.closest("[data-remove-row]")) removeRow(target.closest("[data-row]"));
  else if (target.closest("[data-print]")) window.print();
  else if (target.closest("[data-dismiss]")) target.closest("[data-toast]").remove();
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.method === "post" && button) {
    // The browser has taken the button's value by the next turn.
    setTimeout(() => button.setAttribute("disabled", ""), 0);
  }
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form button[disabled]:not([data-locked])").forEach((one) => one.removeAttribute("disabled"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details.header-menu[open]").forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  }
});

document.getElementById("error-summary")?.focus();
