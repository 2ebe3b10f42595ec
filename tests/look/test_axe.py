import pytest
from django.urls import reverse

from tests.browser import axe_everywhere, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["portal:home", "portal:about", "portal:privacy", "portal:accessibility", "portal:sitemap"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_have_no_barrier(page, live_server, name):
    heard = complaints(page)
    page.goto(live_server.url + reverse(name))
    axe_everywhere(page)
    assert heard == []
