import pytest
from django.urls import reverse

PAGES = ["home", "about", "privacy", "accessibility", "sitemap"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_needs_no_account(client, name):
    assert client.get(reverse(f"portal:{name}")).status_code == 200
