// An htmx request that fails must say so where the reader is; a page that stays silent looks as if it had worked.
function say(text) {
  const box = document.querySelector(".messages");
  if (!box) return;
  const line = document.createElement("p");
  line.className = "notice notice-error";
  line.textContent = text;
  box.replaceChildren(line);
}
document.addEventListener("htmx:responseError", (event) => {
  const code = event.detail.xhr.getResponseHeader("X-Request-ID") || "";
  say(`没有办成，请再试一次；仍不行请刷新本页。反馈码 ${code}`);
});
document.addEventListener("htmx:sendError", () => say("网络不通，请检查网络后再试一次。已填写的内容还在。"));
