"""Small Word, Excel and PowerPoint files, and the harm that can be put into one."""

import io
import zipfile

_OPEN = "application/vnd.openxmlformats-officedocument"
MAINS = {
    "docx": ("word/document.xml", f"{_OPEN}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OPEN}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OPEN}.presentationml.presentation.main+xml"),
}
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)


def contents(kind: str = "docx", extra: str = "", main: str = "") -> str:
    """[Content_Types].xml of a package whose main part is of this kind."""
    part, content_type = MAINS[kind]
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main or content_type}"/>{extra}</Types>'
    )


def office(
    kind: str = "docx", parts: "dict[str, str | bytes] | None" = None, types: str | bytes = ""
) -> bytes:
    """A package of one main part, and of what is given besides."""
    return package(
        {
            "[Content_Types].xml": types or contents(kind),
            "_rels/.rels": RELATIONS,
            MAINS[kind][0]: "<document>議事次第</document>",
            **(parts or {}),
        }
    )


def package(parts: "dict[str, str | bytes]", way: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
