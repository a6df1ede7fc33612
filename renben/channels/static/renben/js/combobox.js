// A field that offers codes (ARIA combobox): the arrows move through the list, Enter takes, Esc closes, a finger takes too.
const listOf = (box) => document.getElementById(box.getAttribute("aria-controls"));
const boxOf = (list) => document.querySelector(`[role=combobox][aria-controls="${list.id}"]`);
const optionsOf = (box) => [...listOf(box).querySelectorAll("[role=option]:not([aria-disabled])")];

function close(box) {
  listOf(box).hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function mark(box, wanted) {
  optionsOf(box).forEach((option) => option.setAttribute("aria-selected", String(option === wanted)));
  if (!wanted) return;
  box.setAttribute("aria-activedescendant", wanted.id);
  wanted.scrollIntoView({ block: "nearest" });
}

function take(box, option) {
  box.value = option.dataset.text;
  close(box);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(box, step) {
  const all = optionsOf(box);
  if (!all.length) return;
  listOf(box).hidden = false;
  box.setAttribute("aria-expanded", "true");
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length;
  mark(box, all[next]);
}

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[role=combobox]");
  if (!box || event.isComposing) return;
  const isOpen = box.getAttribute("aria-expanded") === "true";
  const chosen = isOpen && optionsOf(box).find((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && chosen) {
    event.preventDefault();
    take(box, chosen);
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    close(box);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = event.target;
  if (list.getAttribute("role") !== "listbox") return;
  const box = boxOf(list);
  const isOpen = list.children.length > 0 && document.activeElement === box;
  list.hidden = !isOpen;
  box.setAttribute("aria-expanded", String(isOpen));
  box.removeAttribute("aria-activedescendant");
});

// Before the field loses the focus: a press on an option is a choice, not a click beside the list.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("[role=listbox] [role=option]:not([aria-disabled])");
  if (!option) return;
  event.preventDefault();
  take(boxOf(option.closest("[role=listbox]")), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[role=combobox]")) close(event.target);
});
