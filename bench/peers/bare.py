"""Bare Django on the same tables: one query and one template per page, and the stock admin."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.bare_settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
