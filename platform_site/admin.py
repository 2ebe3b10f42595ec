"""The secretariat's admin site and its sidebar, declared by job."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class SecretariatSite(admin.AdminSite):
    site_title = _("Secretariat")
    site_header = _("Public-private platform secretariat")
    enable_nav_sidebar = False
