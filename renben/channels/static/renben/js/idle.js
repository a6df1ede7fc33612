// Before the server ends an idle sign-in the page says so; afterwards it covers itself, and what was typed stays behind the cover.
const WARN = 120;
const body = document.body;
const limit = Number(body.dataset.idle || 0);
const KEY = "renben-seen";

function token() {
  const found = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return found ? found.slice("csrftoken=".length) : "";
}

// Signing in again in another window changes the token: the forms of this page take the new one when they are sent.
document.addEventListener("submit", (event) => {
  const field = event.target.querySelector?.("input[name=csrfmiddlewaretoken]");
  if (field && token()) field.value = token();
}, true);

function seen() {
  localStorage.setItem(KEY, String(Date.now()));
}

function left() {
  return limit - (Date.now() - Number(localStorage.getItem(KEY) || Date.now())) / 1000;
}

function box(className, text, label, act) {
  const outer = document.createElement("div");
  outer.className = className;
  outer.setAttribute("role", "alertdialog");
  outer.setAttribute("aria-label", "自动退出提醒");
  const line = document.createElement("p");
  line.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-primary";
  button.textContent = label;
  button.addEventListener("click", act);
  outer.append(line, button);
  body.append(outer);
  return { outer, line, button };
}

async function ask() {
  try {
    const answer = await fetch(body.dataset.stay, {
      method: "POST", headers: { "X-CSRFToken": token() }, redirect: "manual",
    });
    return answer.status === 204;
  } catch {
    return false;
  }
}

function start() {
  let warning = null;
  let cover = null;
  seen();

  async function stay() {
    if (await ask()) {
      seen();
      warning?.outer.remove();
      warning = null;
    } else {
      close();
    }
  }

  async function back() {
    if (await ask()) {
      seen();
      cover.outer.remove();
      cover = null;
      body.classList.remove("is-closed");
    } else {
      window.open(body.dataset.login, "_blank", "noopener");
      cover.line.textContent = "请在新打开的窗口里登录，再回到这一页点“继续”。您填的内容还在。";
      cover.button.textContent = "已登录，继续";
    }
  }

  function close() {
    warning?.outer.remove();
    warning = null;
    if (cover) return;
    body.classList.add("is-closed");
    cover = box("idle-cover", "久未操作，系统已自动退出。您在这一页填的内容还在，登录后可以接着填。", "去登录", back);
    cover.button.focus();
  }

  setInterval(() => {
    if (cover) return;
    const rest = left();
    if (rest <= 0) {
      close();
    } else if (rest <= WARN) {
      const minutes = Math.ceil(rest / 60);
      const text = `您有一会儿没有操作了，${minutes} 分钟后自动退出。`;
      if (warning) warning.line.textContent = text;
      else warning = box("idle-warning", text, "继续工作", stay);
    } else if (warning) {
      warning.outer.remove();
      warning = null;
    }
  }, 1000);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && !event.detail.pathInfo?.requestPath?.includes("/progress/")) seen();
  });
}

if (limit > 0) start();
