from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from bench.peers.stock.models import Organization

_LIST = Template(
    "<!doctype html><title>list</title><ul>{% for o in rows %}<li><a href='/item/{{ o.slug }}/'>"
    "{{ o.name }}</a> {{ o.name_kana }} {{ o.prefecture }}</li>{% endfor %}</ul>"
)
_ITEM = Template("<!doctype html><title>{{ o.name }}</title><h1>{{ o.name }}</h1>{{ o.address }}")


def plain_list(request: HttpRequest) -> HttpResponse:
    rows = Organization.objects.order_by("sort_key")[:20]
    return HttpResponse(_LIST.render(Context({"rows": rows})))


def plain_item(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(_ITEM.render(Context({"o": Organization.objects.get(slug=slug)})))


class StockOrganizationAdmin(ModelAdmin):
    list_display = ("name", "name_kana", "kind", "prefecture", "phone", "confirmed_on")
    list_filter = ("kind", "prefecture")
    search_fields = ("name", "name_kana")
    list_per_page = 100


site = AdminSite(name="admin")
site.register(Organization, StockOrganizationAdmin)

urlpatterns = [
    path("list/", plain_list),
    path("item/<slug:slug>/", plain_item),
    path("admin/", site.urls),  # the list is at admin/stock/organization/
]
