"""A browser of the standard library: cookies, forms with their hidden fields, no retries of its own."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CHANGING = re.compile(r'(name="(?:csrfmiddlewaretoken|_once)" value="|X-CSRFToken[^a-zA-Z0-9]+)[\w-]+')


@dataclass
class Answer:
    status: int
    location: str
    text: str

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's last form: the one in the middle, after those of the frame."""
        main = self.text[self.text.find("<main") :]
        return dict(HIDDEN.findall(main[main.find('<form method="post" data-main') :]))

    @property
    def steady(self) -> str:
        """The page without what differs at each request."""
        return CHANGING.sub(r"\1", self.text)


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        """One request. Raises OSError or http.client.HTTPException when the answer does not come whole."""
        body, kind = urlencode(fields or {}), "application/x-www-form-urlencoded"
        return self.send(method, path, body.encode() if method == "POST" else None, kind)

    def send(self, method: str, path: str, body: bytes | None, kind: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            if body is not None:
                headers["Content-Type"] = kind
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            for line in response.headers.get_all("Set-Cookie") or ():
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.split(";")[0]
            return Answer(response.status, response.headers.get("Location", ""), text)
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        answer = self.ask("GET", path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.location} {answer.text[:500]}"
        return answer

    def sign_in(self, username: str) -> None:
        """With one click, as the demonstration offers it."""
        page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        answer = self.ask("POST", f"/demo/sign-in/{username}/", {"csrfmiddlewaretoken": token})
        assert answer.status == 302, f"sign-in: {answer.status} {answer.text[:500]}"
