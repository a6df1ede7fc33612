// `/` goes to the search box, j and k walk the rows of a list, Enter opens the row, Ctrl+S sends the main form.
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function rows() {
  return [...document.querySelectorAll("[data-rows] > tr, [data-rows] > li")];
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains("row-here"));
  const next = Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + step));
  all.forEach((row) => row.classList.remove("row-here"));
  all[next].classList.add("row-here");
  const link = all[next].querySelector("a");
  if (link) link.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const form = document.querySelector("form[data-main]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") {
    const box = document.querySelector('[data-key="/"]');
    if (box) {
      event.preventDefault();
      box.focus();
    }
  } else if (event.key === "j") {
    walk(1);
  } else if (event.key === "k") {
    walk(-1);
  }
});
