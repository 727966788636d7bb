"""A drawing as a picture, for slides and documents that take no SVG.

A browser paints it, since it joins and orders Arabic letters as a reader expects; resvg, which vl-convert has, sets
right-to-left text from the wrong end (tried with 1.9).
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys.players.browser_start import started
from studies.troubles import Failed
from studies.words import _

PATIENCE: Final = 30.0  # seconds
SCALE: Final = 2.0  # pixels of the picture for each of the drawing: sharp in print


def painted(svg: str, scale: float = SCALE) -> bytes:
    """An SVG drawing as PNG. Raises Failed where there is no browser to paint it, or it does not."""
    size = re.search(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', svg)
    if size is None:
        raise Failed(_("The drawing does not say how large it is."))
    clip = {"x": 0, "y": 0, "width": float(size[1]), "height": float(size[2]), "scale": scale}
    asked = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    style = "body { margin: 0 } svg { display: block }"
    with TemporaryDirectory(prefix="khutwa-paint-") as folder, started("en", True, PATIENCE) as browser:
        page = Path(folder) / "drawing.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{svg}", encoding="utf-8")
        try:
            browser.driver.get(page.as_uri())
            shot = browser.driver.execute_cdp_cmd("Page.captureScreenshot", asked)
        except (WebDriverException, HTTPError, OSError) as cause:
            why = str(getattr(cause, "msg", None) or cause).splitlines()[0]
            text = _("The browser did not paint the picture: {why}. Try again, or take the SVG.")
            raise Failed(text.format(why=why)) from None
        return base64.b64decode(shot["data"])
