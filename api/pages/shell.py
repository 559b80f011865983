"""What makes the page installable: manifest, service worker, icons."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import assets, wording
from api.dependencies import LanguageDep
from api.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/manifest.webmanifest")
async def manifest(language: LanguageDep) -> Response:
    """Name, icons, and the share sheet entry: other apps POST text and links to `/share`."""
    words = wording.load(language).page
    icons = [{"src": assets.address("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {
            "src": assets.address(f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JSONResponse(
        {
            "id": "/",
            "name": words["title"],
            "short_name": words["brand"],
            "description": words["description"],
            "lang": language,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f4f2ed",
            "theme_color": "#f4f2ed",
            "icons": icons,
            "share_target": {
                "action": "/share",
                "method": "POST",
                "enctype": "multipart/form-data",
                "params": {"title": "title", "text": "text", "url": "url"},
            },
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/sw.js")
async def service_worker(request: Request) -> Response:
    """Keeps the shell and the offline page; never a question or an answer."""
    shell = ["/offline", *(assets.address(name) for name in ("app.css", "app.js", assets.HTMX, "icon.svg"))]
    script = render(
        "sw.js",
        language="vi",
        settings=request.app.state.settings,
        version=assets.version(),
        shell=shell,
    )
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Browsers ask here whatever the page says."""
    return RedirectResponse(assets.address("icon-192.png"), 301)
