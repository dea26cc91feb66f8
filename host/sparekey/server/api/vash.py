"""The visual hash of a server's key."""

from starlette.responses import Response

from sparekey.server.embed import visual_hash
from sparekey.server.http.operation import Call, operation


@operation("GET", "/servers/{serverid}/vash", "sessions", "servers", media=("image/png",))
async def vash(call: Call) -> Response:
    """A picture derived from serverpk."""
    return Response(visual_hash.png(call.server.public_key), media_type="image/png")
