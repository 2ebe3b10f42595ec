#!/usr/bin/env python
"""Command line of the platform."""

import os
import sys

from django.core.management import execute_from_command_line

from platform_site.run.environment import adopt

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
    adopt(sys.argv)
    execute_from_command_line(sys.argv)
