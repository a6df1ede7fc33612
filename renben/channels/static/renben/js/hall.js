// The hall of an online fair: the page says every few seconds that somebody is here and hears how long the queue is. A number is
// kept at the server, so that a lost line or a reload loses nothing.

const watch = document.querySelector("[data-watch]");
const BEAT = 3000;
const title = document.title;
let isLeaving = false;

function isBusy() {
  return document.querySelector("[data-room][data-live]") || document.activeElement?.matches("input, select, textarea");
}

function show(texts) {
  for (const [name, text] of Object.entries(texts)) {
    const place = document.querySelector(`[data-text="${name}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

function announce(isCalled) {
  const banner = document.querySelector("[data-call]");
  if (banner) banner.hidden = !isCalled;
  document.title = isCalled ? `轮到您了 · ${title}` : title;
}

async function beat() {
  const line = watch.querySelector("[data-line]");
  try {
    const answer = await fetch(watch.dataset.watch, { method: "POST", headers: { "X-CSRFToken": watch.dataset.token } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { texts, call, shape } = await answer.json();
    line.textContent = "";
    show(texts);
    if (call) {
      const link = document.querySelector("[data-call] a");
      if (link) link.href = call;
    }
    announce(Boolean(call));
    if (isLeaving) return;
    if (shape !== watch.dataset.shape && !isBusy()) {
      location.reload();
      return;
    }
  } catch {
    if (isLeaving) return;
    line.textContent = "网络断了，正在重连……您的号还在，不会丢。";
  }
  setTimeout(beat, BEAT);
}

// A form on its way leads to another page; a reload must not overtake it.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) isLeaving = true;
});
if (watch) beat();
