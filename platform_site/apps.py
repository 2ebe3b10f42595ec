from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PlatformSiteConfig(AppConfig):
    name = "platform_site"
    default = True


class SecretariatAdminConfig(admin_apps.AdminConfig):
    default_site = "platform_site.admin.SecretariatSite"
    default = False
