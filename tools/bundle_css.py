"""Writes static/css/bundle.css: the files that site.css imports, in its order and layers, in one.

The browser could read site.css as it is, but thirty requests before the first paint are too many
behind a municipal gateway. Run `python tools/bundle_css.py` after a change; a test compares.
"""

import re
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>\w+)\);')
HEAD = "/* Made by tools/bundle_css.py from site.css and what it imports. Do not edit. */\n"


def squeeze(css: str) -> str:
    """Comments, indentation and empty lines gone; nothing cleverer, so nothing can break."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def bundle() -> str:
    source = (CSS / "site.css").read_text(encoding="utf-8")
    order = re.search(r"@layer [^;]+;", source)
    if order is None:
        message = "site.css must begin with the order of its layers"
        raise ValueError(message)
    parts = [HEAD + order.group()]
    for found in IMPORT.finditer(source):
        css = squeeze((CSS / found["path"]).read_text(encoding="utf-8"))
        parts.append(f"@layer {found['layer']} {{\n{css}\n}}")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (CSS / "bundle.css").write_text(bundle(), encoding="utf-8")
