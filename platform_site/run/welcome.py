"""The last thing `run` prints: where to go and how to get in."""

from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.conf import settings
from django.db import connections

from platform_site.run.console import Console


class DemoCode(Protocol):
    """One demo account, as `accounts.demo.credentials` describes it."""

    email: str
    role_label: str
    password: str
    code: str | None


def _credentials() -> list[DemoCode]:
    """None outside the demo: real accounts are nobody's business here."""
    if not settings.LOCAL or find_spec("accounts.demo") is None:
        return []
    try:
        return list(import_module("accounts.demo").credentials())
    finally:
        connections.close_all()


def show(console: Console, address: str, *, seconds: float) -> None:
    console.say()
    console.say(f"起動しました（{seconds:.1f} 秒）")
    console.say(f"  画面　　　　　 {address}")
    console.say(f"  事務局の画面　 {address}admin/")
    if settings.MAILBOX_DIR:
        console.say(f"  届いたメール　 {address}dev/mails/")
    _show_accounts(console)
    console.say()


def _show_accounts(console: Console) -> None:
    accounts = _credentials()
    if not accounts:
        return
    console.say()
    console.say("見本の利用者（メールアドレス / パスワード / いまの確認コード）")
    for account in accounts:
        code = f" / {account.code}" if account.code else ""
        console.say(f"  {account.role_label}: {account.email} / {account.password}{code}")
    console.say(
        "  確認コードは 30 秒ごとに変わります。いまのコード: manage.py demo_code メールアドレス"
    )
