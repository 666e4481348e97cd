"use strict";
// It adds mails as they look, a picker of sample people, two widths, and tables that sort; all else is there without it.

const show = (mail) => {
  if (mail.firstChild) return;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.title = mail.dataset.title;
  frame.srcdoc = mail.dataset.html;
  mail.append(frame);
};
const near = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) { near.unobserve(one.target); show(one.target); }
}, { rootMargin: "800px" });
for (const mail of document.querySelectorAll(".mail")) near.observe(mail);

for (const text of document.querySelectorAll("article.text")) {
  const specimens = [...text.querySelectorAll(".specimen")];
  if (specimens.length < 2) continue;
  const picker = document.createElement("select");
  picker.setAttribute("aria-label", "Sample person");
  specimens.forEach((one, i) => picker.add(new Option(one.dataset.who, i)));
  const choose = () => specimens.forEach((one, i) => { one.hidden = i !== Number(picker.value); });
  picker.addEventListener("change", choose);
  const tools = document.createElement("p");
  tools.className = "tools";
  tools.append("As ", picker, " would see it");
  text.insertBefore(tools, specimens[0]);
  choose();
}

const tools = document.querySelector("#words .tools");
if (tools) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("all" in button.dataset) {
      for (const mail of document.querySelectorAll(".specimen:not([hidden]) .mail")) show(mail);
      button.disabled = true;
      return;
    }
    document.body.classList.toggle("phone", button.dataset.width === "phone");
    for (const one of tools.querySelectorAll("[data-width]")) one.setAttribute("aria-pressed", String(one === button));
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
      const number = head.classList.contains("n");
      const value = (row) => { const cell = row.cells[column]; return number ? Number(cell.dataset.n || 0) : cell.textContent; };
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        return (number ? x - y : x.localeCompare(y)) * (up ? 1 : -1);
      });
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows);
    });
  });
}
