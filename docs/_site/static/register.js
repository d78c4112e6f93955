// Filters the matrix of the register and the entries below it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("register-filters");
  const matrix = document.getElementById("register-matrix");
  const rows = [...matrix.querySelectorAll("tr[data-entry]")];

  const shown = (row) => {
    const { edition, operation, wire } = form.elements;
    const cell = edition.value && row.querySelector(`td[data-edition="${CSS.escape(edition.value)}"]`);
    return (
      (!cell || !cell.classList.contains("unknown")) &&
      (!operation.value || row.dataset.operations.split(" ").includes(operation.value)) &&
      (!wire.checked || row.dataset.wire === "1")
    );
  };

  const filter = () => {
    let count = 0;
    for (const row of rows) {
      row.hidden = !shown(row);
      document.getElementById(row.dataset.entry).hidden = row.hidden;
      count += !row.hidden;
    }
    for (const group of matrix.tBodies) {
      group.hidden = !group.querySelector("tr[data-entry]:not([hidden])");
    }
    for (const cell of matrix.querySelectorAll("[data-edition]")) {
      cell.classList.toggle("chosen", cell.dataset.edition === form.elements.edition.value);
    }
    form.querySelector("output").textContent = count === 1 ? "1 entry" : `${count} entries`;
  };

  // A link to an entry that is filtered away shows it.
  const show = () => {
    const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (entry && entry.hidden) {
      form.reset();
      filter();
      entry.scrollIntoView();
    }
  };

  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", show);
  filter();
});
