"""The platform's tables as plain models without any of our code."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField()
    is_active = models.BooleanField()

    USERNAME_FIELD = "email"

    class Meta:
        managed = False
        db_table = "accounts_user"

    def __str__(self) -> str:
        return self.email


class Organization(models.Model):
    slug = models.CharField(max_length=40)
    kind = models.CharField(max_length=30, choices=[("npo", "NPO"), ("company", "company")])
    name = models.CharField(max_length=200)
    name_kana = models.CharField(max_length=300)
    prefecture = models.CharField(max_length=2)
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=400)
    confirmed_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "members_organization"

    def __str__(self) -> str:
        return self.name
