"""A link that a telephone can read off a screen or a sheet of paper."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_svg(link: str) -> str:
    """The QR code of a link as one SVG element, black on white, with the quiet margin that readers need."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=10, border=4)
    code.add_data(link)
    code.make(fit=True)
    drawn = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(drawn)
    svg = drawn.getvalue().decode("utf-8")
    picture = svg[svg.index("<svg") :]
    # A dark page would otherwise show black on black.
    return picture.replace("<svg ", f'<svg style="background:#fff" role="img" aria-label={quoteattr(link)} ', 1)
