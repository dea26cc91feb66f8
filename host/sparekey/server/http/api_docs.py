"""``/docs``: the API's calls to read and to try, made in the browser from ``/openapi.json`` alone."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).parent / "docs_page"
_FILES = {"/docs": "index.html", "/docs/docs.js": "docs.js", "/docs/docs.css": "docs.css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def docs_routes() -> list[BaseRoute]:
    """The page, its script and its style; nothing comes from elsewhere, and the policy holds it to that."""

    async def file(request: Request) -> Response:
        headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff"}
        return FileResponse(_FOLDER / _FILES[request.scope["path"]], headers=headers)

    return [Route(path, file) for path in _FILES]
