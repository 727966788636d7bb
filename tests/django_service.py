"""A permit desk written with Django itself: its forms, its masked tokens, its signed sessions."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY=secrets.token_hex(16),
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": False}],
        FORM_RENDERER="django.forms.renderers.DjangoTemplates",
        USE_TZ=True,
    )
    django.setup()

DONE: list[str] = []
PAGE = (
    '<!doctype html><html lang="en"><body><h1>{{ title }}</h1><form method="post">{% csrf_token %}{{ form.as_p }}'
    "<button>Continue</button></form></body></html>"
)


class Who(forms.Form):
    """Who applies."""

    national_id = forms.CharField(label="National ID")
    email = forms.EmailField(label="Email")


class Sure(forms.Form):
    """A number that the form itself carries."""

    version = forms.CharField(widget=forms.HiddenInput)


def shown(request: HttpRequest, title: str, form: forms.Form) -> HttpResponse:
    """A page with a form."""
    return HttpResponse(engines["django"].from_string(PAGE).render({"title": title, "form": form}, request))


def apply(request: HttpRequest) -> HttpResponse:
    """The first page."""
    form = Who(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = secrets.token_hex(6)
        request.session["permit"] = {"number": number, "who": form.cleaned_data["national_id"]}
        return HttpResponseRedirect(f"/permits/{number}/confirm/")
    return shown(request, "Apply for a permit", form)


def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """The second; its hidden version must be the one that was shown."""
    permit = request.session.get("permit", {})
    if permit.get("number") != number:
        return HttpResponse("<h1>Not found</h1>", status=404)
    if request.method == "POST":
        if request.POST.get("version") != permit.get("version"):
            return HttpResponse("<h1>Changed meanwhile</h1>", status=409)
        return HttpResponse(
            '<!doctype html><html lang="en"><body><h1>One more thing</h1><p id="app">Loading</p></body></html>'
        )
    permit["version"] = secrets.token_hex(5)
    request.session["permit"] = permit
    return shown(request, "Is this right?", Sure(initial={"version": permit["version"]}))


def send(request: HttpRequest, number: str) -> JsonResponse:
    """What a script sends last: the token is in the header, as Django's manual has it."""
    permit = request.session.get("permit", {})
    if permit.get("number") != number or request.method != "POST":
        return JsonResponse({"error": "unknown"}, status=404)
    DONE.append(permit["who"])
    return JsonResponse({"status": "The permit desk has it"})


urlpatterns = [
    path("apply/", apply),
    path("permits/<str:number>/confirm/", confirm),
    path("api/permits/<str:number>/send", send),
]


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def served_by_django() -> Iterator[str]:
    """The permit desk on a port of its own."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Threads, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
