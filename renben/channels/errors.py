"""When something goes wrong: what happened, what to do next, and a code to give when asking for help."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from renben.kernel.policy import PUBLIC, page


@dataclass(frozen=True)
class Explanation:
    heading: str
    text: str
    step: str


EXPLANATIONS = {
    400: Explanation(
        "这次请求看不懂", "地址或提交的内容不完整。", "请返回上一页重新操作；若是收藏的旧地址，请从首页进入。"
    ),
    403: Explanation(
        "您不能办理这一项", "您的岗位没有这项权限。", "需要办理时，请联系可以办理的岗位，或请安全管理员核对您的岗位。"
    ),
    404: Explanation(
        "没有找到这个页面",
        "地址可能写错了，或者这份资料不在您的辖区内。",
        "请用上方的查找框按姓名、证件号后四位或办件编号查找。",
    ),
    409: Explanation(
        "内容已被别人修改", "您打开页面之后，别人已经保存过这份资料。", "请返回并刷新页面，核对新内容后再修改。"
    ),
    413: Explanation("文件太大", "上传的文件超过了允许的大小（30 MB）。", "请压缩图片或分成几份再上传。"),
    429: Explanation("操作太频繁", "短时间内请求太多，系统暂时不接受新的操作。", "请等一分钟再试。"),
    500: Explanation(
        "系统出了问题", "这次操作没有办成，没有保存任何内容。", "请再试一次；仍不行，请把下面的反馈码告诉系统管理员。"
    ),
    503: Explanation("系统正在维护", "系统暂时不能使用。", "请稍后再试。"),
}


def answer(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """The error page of a status; `text` replaces the general explanation. htmx gets the sentence alone."""
    known = EXPLANATIONS[status]
    context = {
        "status": status,
        "heading": known.heading,
        "text": text or known.text,
        "step": known.step,
        "request_id": getattr(request, "request_id", ""),
    }
    if request.headers.get("HX-Request"):
        return HttpResponse(render_to_string("errors/fragment.html", context), status=status)
    signed_in = bool(getattr(request, "principal", None) and request.principal.posts)
    context["layout"] = "workbench.html" if signed_in else "public.html"
    return render(request, "errors/error.html", context, status=status)


@page(PUBLIC)
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 400)


@page(PUBLIC)
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, str(exception) if isinstance(exception, PermissionDenied) else "")


@page(PUBLIC)
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


@page(PUBLIC)
def server_error(request: HttpRequest) -> HttpResponse:
    """No database and no context: this page must come even when nothing else works."""
    known = EXPLANATIONS[500]
    html = render_to_string(
        "errors/500.html",
        {
            "heading": known.heading,
            "text": known.text,
            "step": known.step,
            "request_id": getattr(request, "request_id", ""),
        },
    )
    return HttpResponse(html, status=500)


@page(PUBLIC)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, 403, "页面打开太久或登录状态变了，为了安全没有提交。请返回上一页刷新后再提交一次。")
