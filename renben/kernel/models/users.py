from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Whoever can sign in. What they may do comes from posts, from being one person, or from an employer's contact.

    There is no superuser: 三员分立 leaves nobody who may do everything.
    """

    username = models.CharField("登录名", max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=64)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    person = models.OneToOneField("kernel.Person", models.PROTECT, null=True, blank=True, related_name="user")
    password_changed_at = models.DateTimeField("口令修改时间", null=True, blank=True)
    failed_logins = models.PositiveSmallIntegerField("连续登录失败", default=0)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.display_name

    # Django's admin and permission tables are not used; allauth only asks these two.
    is_staff = False
    is_superuser = False


class FormerPassword(models.Model):
    """Hashes of the passwords an account has had, the present one last, so that none of the last few is used again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField("口令（散列）", max_length=128)
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "用过的口令"
