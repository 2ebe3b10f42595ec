from platform_site.settings import *  # noqa: F403 -- the settings of production, without the noise

LOGGING = {"version": 1, "disable_existing_loggers": True}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
