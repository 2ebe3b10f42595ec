"""Every address of the site with everything that might lead somewhere, and all that it answers.

New addresses are walked by themselves: a parameter is filled by its kind (uuid, slug, int), in the
admin by the records of its model.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import product
from urllib.parse import unquote, urlencode

from django.contrib.admin import site
from django.db.models import ForeignKey, ManyToManyField
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, UUIDConverter

from tests.meetings.planted import PREFIX

NOT_WALKED = {"account_logout", "admin:logout"}  # ends the walk
# A paper or page under its public key, a version of it, or whatever has an ending.
_FILE = re.compile(
    r"^/(?!admin/).*([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/|/versions/\d+/|\.\w+)$"
)
_KINDS = ((UUIDConverter, "uuid"), (SlugConverter, "slug"), (IntConverter, "int"))


def addresses(keys: dict[str, list[str]], *, records: int) -> list[str]:
    """Every address, once for each value that its parameters can take.

    `records`: how many of each model in the admin, the newest; outsiders do not come that far, see
    tests/role_table.py.
    """
    keys = {**keys, "records": [str(records)]}
    found = {}
    for name, parameters in _routes(get_resolver(), "", {}):
        if name not in NOT_WALKED:
            for values in _fillings(name, parameters, keys):
                found |= dict.fromkeys(_address(name, values))
    return [*found, *_autocompletes()]


def _routes(
    resolver: URLResolver, space: str, above: dict[str, object]
) -> Iterator[tuple[str, dict[str, object]]]:
    for entry in resolver.url_patterns:
        asked = dict.fromkeys(entry.pattern.regex.groupindex) | entry.pattern.converters
        here = {**above, **asked}
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _routes(entry, inner, here)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{space}{entry.name}", here


def _fillings(
    name: str, parameters: dict[str, object], keys: dict[str, list[str]]
) -> Iterator[dict[str, str]]:
    choices = [_values(name, parameter, kind, keys) for parameter, kind in parameters.items()]
    for values in product(*choices):
        yield dict(zip(parameters, values, strict=True))


def _values(name: str, parameter: str, kind: object, keys: dict[str, list[str]]) -> list[str]:
    if name.startswith("admin:") and parameter in {"object_id", "pk"}:
        for model in site._registry:
            if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
                found = model._default_manager.order_by("-pk").values_list("pk", flat=True)
                return [str(key) for key in found[: int(keys["records"][0])]]
    if parameter in keys:
        return keys[parameter]
    for converter, sort in _KINDS:
        if isinstance(kind, converter):
            return keys.get(f"{sort} of {name.partition(':')[0]}", keys[sort])
    return ["1"]


def _address(name: str, values: dict[str, str]) -> Iterator[str]:
    """With and without a search; what no value fits has no address."""
    try:
        address = reverse(name, kwargs=values)
    except NoReverseMatch:
        return
    yield address
    if not values or name.endswith("_changelist"):
        yield f"{address}?{urlencode({'q': PREFIX})}"


def _autocompletes() -> Iterator[str]:
    """The suggestions of every reference in the admin that has them."""
    for model, model_admin in site._registry.items():
        for name in model_admin.autocomplete_fields:
            field = model._meta.get_field(name)
            if isinstance(field, ForeignKey | ManyToManyField):
                asked = {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": name,
                    "term": PREFIX,
                }
                yield f"{reverse('admin:autocomplete')}?{urlencode(asked)}"


def everything_in(response: HttpResponseBase) -> str:
    """Headers and body as a reader may unfold them: unzipped, unescaped, in small letters.

    The planted words are plain ASCII, so no other way of writing letters hides them.
    """
    body = response.getvalue() if hasattr(response, "getvalue") else b""
    parts = [unquote(f"{name}: {value}") for name, value in response.items()]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [f"{name} {archive.read(name).decode(errors='replace')}" for name in
                      archive.namelist()]  # fmt: skip
    text = body.decode(errors="replace").replace("\r\n ", "")
    return html.unescape(" ".join([*parts, text])).lower()


def answers(client: Client, address: str) -> Iterator[tuple[str, HttpResponseBase, str]]:
    """GET, and of what may be a file HEAD and a part, too."""
    response = client.get(address)
    yield "GET", response, everything_in(response)
    if _FILE.search(address):
        response = client.head(address)
        yield "HEAD", response, everything_in(response)
        response = client.get(address, headers={"Range": "bytes=2-400"})
        yield "Range", response, everything_in(response)
