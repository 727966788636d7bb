"""A page printed by the browser: selectable words, joined letters, the page's own sheet, headers and numbers."""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys.players.browser_start import started
from studies.troubles import Failed
from studies.words import _

PATIENCE: Final = 60.0  # seconds for a report of hundreds of charts
#: a sheet that holds more than it has room for is set smaller, step by step, down to two thirds
FIT: Final = """
for (const sheet of document.querySelectorAll('.sheet')) {
  for (let size = 100; size > 66 && sheet.scrollHeight > sheet.clientHeight + 1; size -= 2) {
    sheet.style.fontSize = size + '%';
  }
}
return document.fonts.ready.then(() => true);
"""


def printed(page: str, language: str = "en") -> bytes:
    """A page that stands alone, as PDF. Raises Failed when there is no browser, or it does not print."""
    with TemporaryDirectory(prefix="khutwa-print-") as folder, started(language, True, PATIENCE) as browser:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        try:
            driver = browser.driver
            driver.get(path.as_uri())
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
            driver.execute_script(FIT)
            told = driver.execute_cdp_cmd(
                "Page.printToPDF",
                {
                    "preferCSSPageSize": True,
                    "printBackground": True,
                    "generateTaggedPDF": True,
                    "generateDocumentOutline": True,
                },
            )
        except (WebDriverException, HTTPError, OSError) as cause:
            why = str(getattr(cause, "msg", None) or cause).splitlines()[0]
            raise Failed(
                _("The browser did not print the page: {why}. Try again, or take HTML.").format(why=why)
            ) from None
        return base64.b64decode(told["data"])
