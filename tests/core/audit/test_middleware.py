"""Requests write in the name of whoever made them, and leave nothing behind."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from core.audit.middleware import AuditMiddleware
from core.audit.models import Change
from mailing.models import Address

pytestmark = pytest.mark.django_db(transaction=True)


def carried():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.audit', true)")
        return cursor.fetchone()[0] or ""


class Stranger:
    """A request's user that must not be looked at."""

    @property
    def is_authenticated(self):
        raise AssertionError("the account was looked up for a page that only reads")


def request_by(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_a_request_writes_in_the_name_of_its_user_and_the_connection_forgets():
    officer = User.objects.create(email="o@example.jp", name="職員")

    def view(request):
        Address.objects.create(email="a@example.jp")
        assert "職員" in carried()
        return HttpResponse("ok")

    AuditMiddleware(view)(request_by(officer))
    change = Change.objects.filter(table="mailing_address").get()
    assert (change.actor_id, change.actor_name) == (str(officer.pk), "職員")
    assert carried() == ""


def test_a_page_that_only_reads_asks_nobody_who_it_is():
    def view(request):
        return HttpResponse(str(Address.objects.count()))

    assert AuditMiddleware(view)(request_by(Stranger())).content == b"0"


def test_a_request_that_fails_leaves_no_name_on_the_connection():
    officer = User.objects.create(email="o@example.jp", name="職員")

    def view(request):
        Address.objects.create(email="a@example.jp")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        AuditMiddleware(view)(request_by(officer))
    assert carried() == ""


def test_the_login_itself_is_written_in_the_name_of_who_came_in():
    officer = User.objects.create(email="o@example.jp", name="職員")

    def view(request):
        request.user = officer
        Address.objects.create(email="a@example.jp")
        return HttpResponse("ok")

    request = RequestFactory().get("/")
    AuditMiddleware(view)(request)
    assert Change.objects.get(table="mailing_address").actor_id == str(officer.pk)
