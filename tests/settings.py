from pathlib import Path

import axe_playwright_python

from platform_site.settings import *  # noqa: F403 -- the settings under test, faster

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # nothing has been collected
# The live server's threads would keep their connections and with them the test's database.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
# A browser keeps what it has fetched and compiled; what is handed to it, it reads anew each time.
STATICFILES_DIRS += [("axe", Path(axe_playwright_python.__file__).parent)]  # noqa: F405
