// One box ticks all rows of its table. Without a script the rows are ticked one by one.
document.querySelectorAll("[data-check-all]").forEach((box) => {
  box.hidden = false;
  const rows = () => document.querySelectorAll(`input[type=checkbox][name="${box.dataset.checkAll}"]`);
  box.addEventListener("change", () => rows().forEach((row) => { row.checked = box.checked; }));
});
