"use strict";
// Everything is there without this script; it adds a picker of sample people, two widths, and tables that sort.

for (const text of document.querySelectorAll("article.text")) {
  const specimens = [...text.querySelectorAll(".specimen")];
  if (specimens.length < 2) continue;
  const picker = document.createElement("select");
  picker.setAttribute("aria-label", "Sample person");
  specimens.forEach((one, i) => picker.add(new Option(one.dataset.who, i)));
  const show = () => specimens.forEach((one, i) => { one.hidden = i !== Number(picker.value); });
  picker.addEventListener("change", show);
  text.insertBefore(picker, specimens[0]);
  show();
}

const tools = document.querySelector("#words .tools");
if (tools) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    document.body.classList.toggle("phone", button.dataset.width === "phone");
    for (const one of tools.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      const value = (row) => { const cell = row.cells[column]; return cell.dataset.n ? Number(cell.dataset.n) : cell.textContent; };
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        return (typeof x === "number" ? x - y : x.localeCompare(y)) * (up ? 1 : -1);
      });
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows);
    });
  });
}
