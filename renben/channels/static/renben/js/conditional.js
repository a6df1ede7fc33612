// A field that only some answers ask for is shown with those answers; a hidden one is not sent. Without a script all are shown,
// and the label says when each is needed.
function answers(form, name) {
  return [...form.elements]
    .filter((box) => box.name === name && !box.disabled && (box.checked || !["radio", "checkbox"].includes(box.type)))
    .map((box) => box.value);
}

function settle(form) {
  form.querySelectorAll("[data-when]").forEach((field) => {
    const given = answers(form, field.dataset.when);
    const isAsked = field.dataset.whenIn.split("|").some((answer) => given.includes(answer));
    if (field.hidden === !isAsked) return;
    field.hidden = !isAsked;
    field.querySelectorAll("input, select, textarea, button").forEach((box) => {
      box.disabled = !isAsked;
      if (isAsked && box.dataset.today && !box.value) box.value = box.dataset.today;
    });
  });
}

document.querySelectorAll("form[data-main]").forEach((form) => {
  if (!form.querySelector("[data-when]")) return;
  settle(form);
  form.addEventListener("change", () => settle(form));
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-main]").forEach(settle));
