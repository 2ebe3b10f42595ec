from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "core.shell"
    label = "shell"
