// A full number stays on the screen for as long as the server allows, then it is masked again.
function watch(element) {
  const clock = element.querySelector("[data-seconds]");
  element.dataset.watched = "yes";
  let left = Number(element.dataset.expires);
  const timer = setInterval(() => {
    left -= 1;
    if (clock) clock.textContent = String(Math.max(0, left));
    if (left > 0) return;
    clearInterval(timer);
    element.textContent = "已自动隐藏";
  }, 1000);
}
const find = (root) => root.querySelectorAll("[data-expires]:not([data-watched])").forEach(watch);
find(document);
document.addEventListener("htmx:afterSwap", (event) => find(event.target.parentElement || event.target));
