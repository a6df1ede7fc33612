// Nothing typed is lost by accident, and no form is sent twice by an impatient hand. The server counts a form once anyway.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-main]");
  if (form) dirty.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  dirty.delete(form);
  if (form.method !== "post" || form.hasAttribute("data-download")) return;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(release);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-sent]");
  if (form) release(form);
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
}

window.addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});

// A select that narrows a list does so at once; the button stays for everyone without a script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filter]");
  if (form && event.target.matches("select")) form.requestSubmit();
});

document.querySelectorAll("[data-focus]").forEach((element) => element.focus());
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
