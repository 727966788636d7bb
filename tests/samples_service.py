"""A small service that needs every verb a journey has: two agencies, a rejection, a redirect, a loop, a document."""

from __future__ import annotations

from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route


def t(request: Request, english: str, arabic: str) -> str:
    """A text in the language that the citizen's client asks for first."""
    return arabic if request.headers.get("accept-language", "").startswith("ar") else english


def page(request: Request, *parts: str, status: int = 200) -> HTMLResponse:
    """A page in that language, the right way round."""
    lang, way = ("ar", "rtl") if t(request, "", "ar") else ("en", "ltr")
    body = (
        f'<!doctype html><html lang="{lang}" dir="{way}"><meta charset="utf-8"><title>x</title><body>{"".join(parts)}'
    )
    return HTMLResponse(body, status)


async def home(request: Request) -> Response:
    return page(
        request,
        f"<h1>{t(request, 'Licences', 'الرخص')}</h1>",
        '<form role="search" action="/search"><input type="search" name="q" aria-label="Search"></form>',
        f'<a href="/licences/renew">{t(request, "Renew a licence", "تجديد رخصة")}</a>',
    )


async def help_page(request: Request) -> Response:
    return page(request, f"<h1>{t(request, 'An identity card', 'بطاقة هوية')}</h1>")


def who(request: Request, national_id: str = "", name: str = "", wrong: bool = False) -> Response:
    message = t(request, "The number has nine digits.", "الرقم من تسعة أرقام.")
    aria = ' aria-invalid="true" aria-describedby="id-error"' if wrong else ""
    return page(
        request,
        f'<a href="/licences/help">{t(request, "What do I need?", "ماذا أحتاج؟")}</a>',
        '<form id="who" method="post" action="/licences/renew"><input type="hidden" name="token" value="a&amp;b">',
        f'<p><label for="nid">{t(request, "National ID", "رقم الهوية")} *</label>'
        f'<input id="nid" name="nid" value="{escape(national_id)}"{aria}>'
        + (f'<span id="id-error" class="error">{message}</span>' if wrong else "")
        + "</p><p>",
        f'<label>{t(request, "Full name", "الاسم الكامل")} <input name="name" value="{escape(name)}"></label></p>',
        f"<button>{t(request, 'Continue', 'متابعة')}</button></form>",
    )


async def renew(request: Request) -> Response:
    if request.method == "GET":
        return who(request)
    async with request.form() as form:
        assert form["token"] == "a&b"
        if len(str(form["nid"])) != 9:
            return who(request, "", str(form["name"]), wrong=True)
    return RedirectResponse("/licences/details", 303)


async def details(request: Request) -> Response:
    if request.method == "POST":
        async with request.form() as form:
            sent = [(name, getattr(value, "filename", value)) for name, value in form.multi_items()]
        expected = ["kind", "plate", "newsletter", "extras", "extras", "address", "seen", "policy"]
        assert [name for name, _value in sent] == expected, sent
        assert dict(sent)["policy"] == "policy.txt", sent
        return RedirectResponse("/insurance/confirm", 302)
    return page(
        request,
        '<form method="post" action="/licences/details" enctype="multipart/form-data">',
        f"<fieldset><legend>{t(request, 'Licence type', 'نوع الرخصة')}</legend>",
        f'<label><input type="radio" name="kind" value="c"> {t(request, "Private car", "سيارة خاصة")}</label>',
        f'<label><input type="radio" name="kind" value="t"> {t(request, "Truck", "شاحنة")}</label></fieldset>',
        f'<p><label for="plate">{t(request, "Plate number", "رقم اللوحة")}</label><select id="plate" name="plate">',
        f'<option value="">{t(request, "Choose", "اختر")}</option>',
        f'<option value="1">{t(request, "First car", "السيارة الأولى")}</option>',
        f'<option value="2">{t(request, "Second car", "السيارة الثانية")}</option></select></p>',
        f'<p><label><input type="checkbox" name="newsletter"> {t(request, "Newsletter", "النشرة")}</label></p>',
        f"<fieldset><legend>{t(request, 'Extras', 'إضافات')}</legend>",
        f'<label><input type="checkbox" name="extras" value="r"> {t(request, "Reminder", "تذكير")}</label>',
        f'<label><input type="checkbox" name="extras" value="p"> {t(request, "Paper copy", "نسخة ورقية")}</label>',
        "</fieldset>",
        f"<p>{t(request, 'Has your address changed?', 'هل تغير عنوانك؟')} ",
        f'<label>{t(request, "New address", "العنوان الجديد")} <textarea name="address"></textarea></label></p>',
        '<fieldset disabled><input name="off"></fieldset><input name="seen" value="yes" readonly>',
        f'<p><label>{t(request, "Insurance policy", "وثيقة التأمين")} <input type="file" name="policy"></label></p>',
        f"<button>{t(request, 'To insurance', 'إلى التأمين')}</button></form>",
    )


async def confirm(request: Request) -> Response:
    return page(
        request,
        '<form name="insured" method="get" action="/insurance/children">',
        f'<label>{t(request, "National ID", "رقم الهوية")} <input name="id" autocomplete="off"></label>',
        f'<input type="submit" value="{t(request, "Confirm", "تأكيد")}"></form>',
    )


async def children(request: Request) -> Response:
    return page(
        request,
        '<form id="child" method="post" action="/insurance/children">',
        f'<label>{t(request, "Child name", "اسم الطفل")} <input name="child_name"></label>',
        f"<button>{t(request, 'Add another', 'إضافة آخر')}</button></form>",
        f'<a href="/licences/done">{t(request, "Finish 2 of 2", "إنهاء 2 من 2")}</a>',
    )


async def done(request: Request) -> Response:
    return page(request, f"<h1>{t(request, 'Your licence is <em>renewed</em>.', 'تم تجديد الرخصة.')}</h1>")


def app() -> Starlette:
    """The service, with nothing kept between requests."""
    return Starlette(
        routes=[
            Route("/licences", home),
            Route("/licences/help", help_page),
            Route("/licences/renew", renew, methods=["GET", "POST"]),
            Route("/licences/details", details, methods=["GET", "POST"]),
            Route("/insurance/confirm", confirm),
            Route("/insurance/children", children, methods=["GET", "POST"]),
            Route("/licences/done", done),
        ]
    )
