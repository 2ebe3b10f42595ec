"""How a protected file leaves the house, after a view has asked whether it may."""

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.utils.encoding import filepath_to_uri
from django.utils.http import content_disposition_header

# Whatever the file holds, no browser runs it in our name.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def answer_file(*, file: FieldFile, name: str, content_type: str) -> HttpResponse | FileResponse:
    """The stored file as a download under `name`. Http404 when it is not where it should be.

    With FILES_ACCEL_PREFIX set the web server in front sends the bytes (nginx, X-Accel-Redirect).
    """
    response: HttpResponse | FileResponse
    if settings.FILES_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        place = f"{settings.FILES_ACCEL_PREFIX.rstrip('/')}/{file.name}"
        response["X-Accel-Redirect"] = filepath_to_uri(place)
    else:
        try:
            response = FileResponse(file.open("rb"), content_type=content_type)
        except FileNotFoundError as error:
            raise Http404(file.name) from error
    attached = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = attached or "attachment"
    for header, value in HEADERS.items():
        response[header] = value
    return response
