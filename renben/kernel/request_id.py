"""The id of the request being answered (反馈码), for the log lines written on the way."""

from contextvars import ContextVar

current: ContextVar[str] = ContextVar("renben_request_id", default="")
