"""Forms of a member's page, the same for the firm and for the clerk who writes it down."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseGone

from renben.kernel import files
from renben.services.placement.firms.image_pages import Words
from renben.services.placement.firms.models import FirmPage, FirmPicture


class WordsForm(forms.Form):
    slogan = forms.CharField(
        label="一句话介绍", max_length=60, help_text="例如：顺义本地食品企业，管吃管住，月月准时发工资。"
    )
    about = forms.CharField(
        label="单位介绍",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="做什么的、多少人、在哪里、怎么去。",
    )
    benefits = forms.CharField(
        label="待遇和福利", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    video_url = forms.URLField(
        label="视频网址",
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text="有单位宣传片的，填网址；没有不填。",
    )

    @property
    def words(self) -> Words:
        return Words(**self.cleaned_data)


class PictureForm(forms.Form):
    file = forms.FileField(
        label="图片", help_text="JPEG 或 PNG 图片，厂房、车间、宿舍、食堂都可以。拍到人的，请先征得本人同意。"
    )
    caption = forms.CharField(label="图片说明", max_length=60, help_text="看不见图的人听这一句，例如：二车间包装线。")


def first_words(page: FirmPage) -> dict[str, str]:
    """What stands in the form before anybody types."""
    return {name: getattr(page, name) for name in ("slogan", "about", "benefits", "video_url")}


def picture_response(picture: FirmPicture) -> HttpResponse:
    """The bytes of a picture, of the type they were found to be, in a sandbox. 410 when they are no longer on disk."""
    try:
        content = files.read_bytes(picture.file)
    except FileNotFoundError:
        return HttpResponseGone("这张图片已经不在了。")
    response = HttpResponse(content, content_type=picture.file.mime)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
