"""Peers of the mail bench, each in a process of its own, away from our code.

`python bench/peers/mail_peers.py WAY PORT NUMBER`, where WAY is send_messages, send_mail, smtplib
or newsletter (django-newsletter on SQLite in memory, which is to its favour). All send the same
20 kB letter, text and HTML, personalised, to the sink on PORT. Prints seconds and processor time.
"""

import json
import resource
import smtplib
import sys
import time
from collections.abc import Callable
from types import ModuleType

import django
from django.conf import settings
from django.core import mail
from django.db.models import ImageField
from django.template import Context, Template

WAY, PORT, NUMBER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
TEXT, HTML = json.loads(sys.stdin.readline())
FROM = "jimukyoku@platform.example"
SUBJECT = "【孤独・孤立PF】メールマガジン第1号(令和4年6月15日)"


def configure(*apps: str) -> None:
    settings.configure(
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=PORT,
        USE_I18N=False,
        USE_TZ=True,
        SITE_ID=1,
        SECRET_KEY="bench",
        ROOT_URLCONF="newsletter_urls",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        NEWSLETTER_THUMBNAIL="sorl-thumbnail",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=apps,
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
    )
    django.setup()


def readers() -> list[tuple[str, str, str]]:
    return [
        (f"山田 {n}", f"reader{n}@sink.test", f"https://pf.example/unsubscribe/{n}/")
        for n in range(NUMBER)
    ]


def with_django(name: str, email: str, url: str) -> mail.EmailMultiAlternatives:
    values = Context({"name": name, "unsubscribe_url": url})
    letter = mail.EmailMultiAlternatives(
        SUBJECT, TEXT_TEMPLATE.render(values), FROM, [f"{name} <{email}>"],
        headers={"List-Unsubscribe": f"<{url}>"},
    )  # fmt: skip
    letter.attach_alternative(HTML_TEMPLATE.render(values), "text/html")
    return letter


def send_messages() -> None:
    with mail.get_connection() as connection:
        for reader in readers():
            connection.send_messages([with_django(*reader)])


def send_mail() -> None:
    for reader in readers():
        with_django(*reader).send()


def kept_line() -> None:
    """smtplib with one kept line and the MIME built once: no ledger, no retry, no consent."""
    whole = with_django("NAMEMARK", "mark@sink.test", "URLMARK").message().as_bytes()
    whole = whole.replace(b"mark@sink.test", b"MAILMARK")
    client = smtplib.SMTP("127.0.0.1", PORT)
    client.ehlo()
    for name, email, url in readers():
        body = whole.replace(b"NAMEMARK", name.encode()).replace(b"URLMARK", url.encode())
        client.sendmail(FROM, [email], body.replace(b"MAILMARK", email.encode()))
    client.quit()


def stand_in_for_thumbnails() -> None:
    """django-newsletter does not start without a thumbnail library; the letter has no pictures."""
    root, thumbnail, fields = (
        ModuleType(name) for name in ("sorl", "sorl.thumbnail", "sorl.thumbnail.fields")
    )
    root.thumbnail, thumbnail.fields, fields.ImageField = thumbnail, fields, ImageField
    sys.modules |= {module.__name__: module for module in (root, thumbnail, fields)}


def django_newsletter() -> Callable[[], None]:
    from django.contrib.sites.models import Site  # noqa: PLC0415 -- needs configure()
    from django.core.management import call_command  # noqa: PLC0415

    from newsletter import models  # noqa: PLC0415

    call_command("migrate", verbosity=0, run_syncdb=True)
    site = Site.objects.get_or_create(id=1)[0]
    letter = models.Newsletter.objects.create(
        title="magazine", slug="magazine", email=FROM, sender="pf"
    )
    letter.site.add(site)
    models.Subscription.objects.bulk_create(
        models.Subscription(newsletter=letter, name_field=name, email_field=email, subscribed=True)
        for name, email, _url in readers()
    )
    message = models.Message.objects.create(newsletter=letter, title=SUBJECT, slug="first")
    models.Article.objects.create(post=message, sortorder=1, title=SUBJECT, text=TEXT)
    return models.Submission.from_message(message).submit


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if WAY == "newsletter":
    stand_in_for_thumbnails()
    configure("django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sites",
              "newsletter")  # fmt: skip
    work = django_newsletter()
else:
    configure()
    TEXT_TEMPLATE = Template(TEXT.replace("⟦", "{{ ").replace("⟧", " }}"))
    HTML_TEMPLATE = Template(HTML.replace("⟦", "{{ ").replace("⟧", " }}"))
    work = {"send_messages": send_messages, "send_mail": send_mail, "smtplib": kept_line}[WAY]
before, started = processor(), time.monotonic()
work()
sys.stdout.write(
    json.dumps({"seconds": time.monotonic() - started, "cpu": processor() - before}) + "\n"
)
