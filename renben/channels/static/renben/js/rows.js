// A small table grows by a row, and takes a block of cells copied from a spreadsheet.
const bodyOf = (name) => document.querySelector(`table[data-rows="${name}"] tbody`);

function addRow(body) {
  const last = body.lastElementChild;
  const row = last.cloneNode(true);
  const number = body.children.length;
  row.querySelectorAll("input, select").forEach((cell) => {
    cell.name = cell.name.replace(/-\d+-/, `-${number}-`);
    cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/第\d+行/, `第${number + 1}行`));
    cell.value = "";
  });
  body.append(row);
  return row;
}

document.querySelectorAll("[data-rows-add]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    addRow(bodyOf(button.dataset.rowsAdd)).querySelector("input, select").focus();
  });
});

function put(cell, text) {
  if (cell.tagName === "SELECT") {
    const wanted = [...cell.options].find((option) => option.text === text || option.value === text);
    cell.value = wanted ? wanted.value : "";
  } else {
    const day = cell.type === "date" && text.match(/^(\d{4})\D?(\d{1,2})\D?(\d{1,2})/);
    cell.value = day ? `${day[1]}-${day[2].padStart(2, "0")}-${day[3].padStart(2, "0")}` : text;
  }
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const start = event.target.closest?.("table[data-rows] td");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!start || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const body = start.closest("tbody");
  const first = [...body.children].indexOf(start.parentElement);
  const left = [...start.parentElement.children].indexOf(start);
  text.replace(/\s+$/, "").split(/\r?\n/).slice(0, 400).forEach((line, down) => {
    const row = body.children[first + down] ?? addRow(body);
    line.split("\t").forEach((value, across) => {
      const cell = row.children[left + across]?.querySelector("input, select");
      if (cell) put(cell, value.trim());
    });
  });
});
