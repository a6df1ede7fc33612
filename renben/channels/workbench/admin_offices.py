"""机构与岗位: who works where. The security administrator appoints and ends; nothing is orphaned when a post ends."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels import export
from renben.channels.paging import paginate
from renben.channels.workbench.people_forms import DATE
from renben.engines.procedures.models import Case, CaseStep
from renben.engines.procedures.queries import OPEN
from renben.kernel import audit, clock, staffing
from renben.kernel.models import Organization, Post, StaffMember, User
from renben.kernel.policy import page
from renben.kernel.roles import Role

USERNAME = forms.RegexField(
    r"[a-z][a-z0-9_.-]{2,31}",
    label="登录名",
    help_text="小写字母开头，3 到 32 个字母或数字。",
    error_messages={"invalid": "登录名要以小写字母开头，只用小写字母、数字、点和横线，3 到 32 个。"},
    required=False,
)


def offices_asked(request: HttpRequest) -> tuple[QuerySet[Organization], str]:
    """Offices of the territory with the number of people who work there, and the text they were looked for by."""
    text = request.GET.get("q", "").strip()[:40]
    rows = request.principal.scoped("organization", "org.view")
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(posts__staff__name__contains=text)).distinct()
    today = clock.today()
    active = Q(posts__start_on__lte=today) & (Q(posts__end_on=None) | Q(posts__end_on__gt=today))
    return rows.annotate(staff_count=Count("posts__staff", filter=active, distinct=True)).order_by("path"), text


@page(action="org.view")
@require_GET
def offices(request: HttpRequest) -> HttpResponse:
    """The list of offices."""
    rows, text = offices_asked(request)
    return render(request, "admin/offices.html", {"rows": paginate(request, rows), "text": text})


@page(action="org.view")
@require_GET
def offices_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    rows = (
        [one.name, one.get_tier_display(), one.staff_count, one.phone, one.address, "启用" if one.is_active else "停用"]
        for one in offices_asked(request)[0][: export.CAP]
    )
    headings = ["机构", "层级", "在任人数", "电话", "地址", "状态"]
    return export.xlsx(request, name="机构名单", headings=headings, rows=rows, action="offices")


class AppointForm(forms.Form):
    staff = forms.ModelChoiceField(
        label="已有账号的人", queryset=StaffMember.objects.none(), required=False, empty_label="（新开账号）"
    )
    username = USERNAME
    name = forms.CharField(label="姓名", max_length=64, required=False)
    password = forms.CharField(
        label="初始口令",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 12 个字符、三类字符；当面告知本人，请本人登录后马上修改。",
    )
    role = forms.ChoiceField(label="岗位", choices=Role.choices)
    start_on = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))

    def clean(self) -> dict:
        asked = super().clean()
        if not asked.get("staff"):
            for field, label in (("username", "登录名"), ("name", "姓名"), ("password", "初始口令")):
                if not asked.get(field) and field not in self.errors:
                    self.add_error(field, f"新开账号要填{label}。")
            if asked.get("password"):
                try:
                    validate_password(asked["password"], User(username=asked.get("username", "")))
                except forms.ValidationError as weak:
                    self.add_error("password", weak)
        return asked


@page(action="org.view", subject="organization")
@require_GET
def office(request: HttpRequest, pk: int) -> HttpResponse:
    today = clock.today()
    posts = (
        Post.objects.filter(organization=request.subject)
        .filter(Q(end_on=None) | Q(end_on__gt=today))
        .select_related("staff__user")
        .order_by("role", "start_on", "id")
    )
    may_manage = request.subject.path.startswith(tuple(request.principal.paths("post.manage")) or ("-",))
    context = {
        "office": request.subject,
        "posts": posts,
        "may_manage": may_manage,
        "may_edit": request.principal.may("org.manage"),
        "now": clock.now(),
    }
    return render(request, "admin/office.html", context)


@page(action="post.manage", subject="organization")
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """A post for somebody who has an account, or for a new colleague."""
    form = AppointForm(request.POST or None, initial={"start_on": clock.today()})
    known = request.principal.within("posts__organization__path", "post.manage")
    form.fields["staff"].queryset = StaffMember.objects.filter(known).distinct().order_by("name", "id")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                with transaction.atomic():
                    staff = asked["staff"] or staffing.open_account(
                        username=asked["username"],
                        name=asked["name"],
                        password=asked["password"],
                        by=request.user,
                        organization=request.subject,
                    )
                    staffing.appoint(
                        staff=staff,
                        role=asked["role"],
                        organization=request.subject,
                        start_on=asked["start_on"],
                        by=request.user,
                    )
            except staffing.NotAllowed as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"{staff.name}的岗位已设好。")
                return redirect("offices:office", pk=pk)
    return render(request, "admin/appoint.html", {"office": request.subject, "form": form}, status=status)


class EndPostForm(forms.Form):
    last_on = forms.DateField(
        label="最后一天", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), help_text="这一天还在任。"
    )
    successor = forms.ModelChoiceField(
        label="谁来接手", queryset=StaffMember.objects.none(), required=False, empty_label="请选择"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：调离、退休。")


def orphaned(post: Post) -> dict:
    """What nobody would be left to do: steps taken by this person here, and, for the last holder of a role, its steps."""
    here = CaseStep.objects.filter(organization=post.organization, state__in=OPEN)
    others = Post.objects.active_on(clock.today()).filter(organization=post.organization, role=post.role)
    is_last = not others.exclude(staff=post.staff).exists()
    taken = Q(claimed_by=post.staff.user_id, roles__contains=[post.role])
    mine = here.filter(taken | Q(roles=[post.role]) if is_last else taken)
    firsts = Case.objects.filter(
        organization=post.organization, state=Case.State.OPEN, first_contact=post.staff.user_id
    )
    return {"steps": mine, "cases": firsts, "is_last": is_last}


@page(action="post.manage", subject="post")
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Ending a post shows the open work it would leave behind; then a successor is required and takes it over."""
    post = request.subject
    left = orphaned(post)
    count = left["steps"].count() + left["cases"].count()
    form = EndPostForm(request.POST or None, initial={"last_on": clock.today()})
    heirs = Post.objects.active_on(clock.today()).filter(organization=post.organization).exclude(staff=post.staff)
    form.fields["successor"].queryset = StaffMember.objects.filter(pk__in=heirs.values("staff")).order_by("name", "id")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and count and not form.cleaned_data["successor"]:
            form.add_error("successor", f"还有 {count} 项没办完的工作，请选择接手的人。")
        if form.is_valid():
            try:
                _hand_over_and_end(request, post, left, form.cleaned_data)
            except staffing.NotAllowed as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "岗位已结束，未办完的工作已交接。" if count else "岗位已结束。")
                return redirect("offices:office", pk=post.organization_id)
    steps = left["steps"].select_related("case").order_by("due_on", "id")[:50]
    context = {"post": post, "steps": steps, "count": count, "case_count": left["cases"].count(), "form": form}
    return render(request, "admin/end_post.html", context, status=status)


def _hand_over_and_end(request: HttpRequest, post: Post, left: dict, asked: dict) -> None:
    heir: StaffMember | None = asked["successor"]
    end_on = asked["last_on"] + dt.timedelta(days=1)
    with transaction.atomic():
        if heir is not None:
            steps = sorted(left["steps"].values_list("pk", flat=True))
            cases = sorted(left["cases"].values_list("pk", flat=True))
            CaseStep.objects.filter(pk__in=steps, claimed_by=post.staff.user_id).update(claimed_by=heir.user_id)
            Case.objects.filter(pk__in=cases).update(first_contact=heir.user_id)
            holds = Post.objects.active_on(clock.today()).filter(
                staff=heir, role=post.role, organization=post.organization
            )
            if left["is_last"] and not holds.exists():
                staffing.appoint(
                    staff=heir, role=post.role, organization=post.organization, start_on=clock.today(), by=request.user
                )
            audit.record(
                action="post.hand_over",
                subject=f"user:{post.staff.user_id}",
                detail={"to": heir.user_id, "steps": steps, "cases": cases},
                by=request.user,
                organization=post.organization,
            )
        staffing.end_post(post=post, end_on=end_on, reason=asked["reason"], by=request.user)


@page(action="post.manage", subject="post")
@require_POST
def account_action(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """unlock, enable or disable the account of whoever holds this post."""
    post = request.subject
    place = {"staff": post.staff, "by": request.user, "organization": post.organization}
    try:
        if what == "unlock":
            staffing.unlock(**place)
        else:
            staffing.set_active(is_active=what == "enable", **place)
    except staffing.NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, {"unlock": "已解锁。", "enable": "已启用。", "disable": "已停用。"}[what])
    return redirect("offices:office", pk=post.organization_id)


class OfficeForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["phone", "address", "is_active"]
        help_texts = {"is_active": "停用前请先结束这里的全部岗位。"}

    def clean_is_active(self) -> bool:
        is_active = self.cleaned_data["is_active"]
        if not is_active and Post.objects.active_on(clock.today()).filter(organization=self.instance).exists():
            raise forms.ValidationError("这里还有人在任，请先结束全部岗位再停用。")
        return is_active


@page(action="org.manage", subject="organization")
def edit_office(request: HttpRequest, pk: int) -> HttpResponse:
    """Telephone, address and whether the office works; names and places come from the register of regions."""
    form = OfficeForm(request.POST or None, instance=request.subject)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(
            action="office.edit",
            subject=f"organization:{pk}",
            detail={"fields": form.changed_data},
            by=request.user,
            organization=request.subject,
        )
        messages.success(request, "机构信息已保存。")
        return redirect("offices:office", pk=pk)
    context = {
        "question": f"修改{request.subject.name}",
        "consequences": [],
        "form": form,
        "button": "保存",
        "button_class": "btn-primary",
        "back": f"/admin/offices/{pk}/",
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)
