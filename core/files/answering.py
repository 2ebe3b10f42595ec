"""How a protected file leaves the house, after a view has asked whether it may."""

from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import filepath_to_uri
from django.utils.http import content_disposition_header

from core.files.ranges import OUTSIDE, Part, part_asked_for

# Whatever the file holds, no browser runs it in our name. Behind nginx the place that serves the
# files repeats these headers (README): it takes only some of ours over.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_CHUNK = 64 * 1024


def answer_file(
    *,
    file: FieldFile,
    name: str,
    content_type: str,
    request: HttpRequest | None = None,
    check_sum: str = "",
) -> HttpResponseBase:
    """The stored file as a download under `name`. Http404 when it is not where it should be.

    With a request, HEAD is answered without the bytes and Range with a part of them; `check_sum`
    tells a client that goes on later whether it is still the same file. With FILES_ACCEL_PREFIX set
    the web server in front sends the bytes (nginx, X-Accel-Redirect) and sees to all of that.
    """
    response: HttpResponseBase
    if settings.FILES_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        place = f"{settings.FILES_ACCEL_PREFIX.rstrip('/')}/{file.name}"
        response["X-Accel-Redirect"] = filepath_to_uri(place)
    else:
        response = _from_disk(file, content_type, request, check_sum)
    return as_download(response, name)


def as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """Under `name`, run by no browser, kept by no cache."""
    attached = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = attached or "attachment"
    for header, value in HEADERS.items():
        response[header] = value
    return response


def _from_disk(
    file: FieldFile, content_type: str, request: HttpRequest | None, check_sum: str
) -> HttpResponseBase:
    try:
        source = file.open("rb")
        size = file.size
    except FileNotFoundError as error:
        raise Http404(file.name) from error
    if request is None:
        return FileResponse(source, content_type=content_type)
    tag = f'"{check_sum}"' if check_sum else ""
    whole = request.method == "HEAD"
    part = None if whole else part_asked_for(request.headers, size=size, tag=tag)
    if whole or part is OUTSIDE:
        source.close()
        response: HttpResponseBase = HttpResponse(content_type=content_type)
    elif part is None:
        response = FileResponse(source, content_type=content_type)
    else:
        response = StreamingHttpResponse(_Piece(source, part), content_type=content_type)
    _describe(response, part, size, tag)
    return response


def _describe(response: HttpResponseBase, part: Part | None, size: int, tag: str) -> None:
    response["Accept-Ranges"] = "bytes"
    if tag:
        response["ETag"] = tag
    if part is OUTSIDE:
        response.status_code = 416
        response["Content-Range"] = f"bytes */{size}"
        response["Content-Length"] = "0"
        return
    response["Content-Length"] = str(size if part is None else part.length)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"


class _Piece:
    """A part of an open file, in chunks; closes the file with the answer."""

    def __init__(self, source: "IO[bytes] | FieldFile", part: Part) -> None:
        self.source, self.left = source, part.length
        source.seek(part.first)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (chunk := self.source.read(min(_CHUNK, self.left))):
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.source.close()
