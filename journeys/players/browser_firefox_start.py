"""A Firefox of its own for each walk: found, started with nothing in its memory, made what the citizen holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from selenium.common.exceptions import WebDriverException

from journeys.equipment import Equipment
from journeys.players.browser_firefox import FirefoxPage, kill
from journeys.players.browser_line import Line
from studies.troubles import Failed
from studies.words import _

FIREFOXES: Final = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
START: Final = 40.0  # seconds that a start may take

# Nothing in its memory, nothing phones home, no page of its own, no page kept behind another.
PREFERENCES: Final[dict[str, bool | int | str]] = {
    "remote.active-protocols": 1,
    "browser.startup.page": 0,
    "browser.startup.homepage": "about:blank",
    "browser.newtabpage.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.tabs.warnOnClose": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.sessionhistory.max_total_viewers": 0,
    "fission.bfcacheInParent": False,
    "browser.translations.enable": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.region.network.url": "",
    "browser.topsites.contile.enabled": False,
    "browser.download.useDownloadDir": True,
    "browser.download.alwaysOpenPanel": False,
    "browser.download.folderList": 2,
    "app.update.enabled": False,
    "app.update.auto": False,
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "app.shield.optoutstudies.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "toolkit.telemetry.unified": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-provider.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "network.http.speculative-parallel-limit": 0,
    "network.manage-offline-status": False,
    "services.settings.server": "data:,#no-remote-settings",
    "signon.rememberSignons": False,
    "signon.autofillForms": False,
    "browser.formfill.enable": False,
    "dom.disable_open_during_load": False,
    "dom.ipc.processPrelaunch.enabled": False,
    "dom.min_background_timeout_value": 4,
    "dom.max_script_run_time": 0,
    "security.fileuri.strict_origin_policy": False,
    "focusmanager.testmode": True,  # a window behind another tells its fields that they are left, too
    "prompts.contentPromptSubDialog": False,
    "ui.prefersReducedMotion": 0,
}


def found_firefox() -> str:
    """The Firefox to walk in. Raises Failed when there is none."""
    named = os.environ.get("KHUTWA_FIREFOX")
    for name in (named,) if named else FIREFOXES:
        if where := shutil.which(name):
            return where
    if named:
        raise Failed(_("KHUTWA_FIREFOX names {name}, which is no program. Correct it or unset it.").format(name=named))
    raise Failed(
        _(
            "No Firefox was found. Install one (Debian: apt install firefox-esr; Ubuntu: apt install firefox), or put"
            " the path of yours into KHUTWA_FIREFOX, or walk in Chromium: --browser chromium."
        )
    )


def start_firefox(
    profile: Path, language: str, headless: bool, patience: float, equipment: Equipment
) -> tuple[FirefoxPage, str]:
    """A Firefox with an empty profile that speaks a language. Raises Failed when it does not start."""
    binary = found_firefox()
    spoken = language if language.split("-")[0] == "en" else f"{language}, en"
    preferences = {**PREFERENCES, "intl.accept_languages": spoken, "browser.download.dir": str(profile)}
    held = equipment.held
    if held and held.touch:
        preferences |= {"dom.w3c_touch_events.enabled": 1, "ui.primaryPointerCapabilities": 1}
        preferences |= {"ui.allPointerCapabilities": 1, "dom.maxtouchpoints.testing.value": 5}
    (profile / "user.js").write_text("".join(f"user_pref({_js(k)}, {_js(v)});\n" for k, v in preferences.items()))
    words = [binary, "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)]
    words += ["--width", "1280", "--height", "900", *(["--headless"] if headless else [])]
    said = profile / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=os.name == "posix"
        )
    try:
        url = _address(process, said)
        line = Line(url, START, lambda: process.poll() is None)
        answer = line.say(
            "session.new",
            capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "accept", "file": "ignore"}}},
        )
        version = str(answer["capabilities"]["browserVersion"]).split(".")[0]
        page = FirefoxPage(line, process, patience, touch=bool(held and held.touch))
        line.hear("browsingContext.contextCreated", page.opened)
        line.hear("browsingContext.contextDestroyed", page.closed)
        # The tab that it starts with never has the focus, and without that no field tells that it was left.
        first = [one["context"] for one in line.say("browsingContext.getTree", maxDepth=0)["contexts"]]
        page.window = line.say("browsingContext.create", type="tab")["context"]
        for old in first:
            line.say("browsingContext.close", context=old)
        page.windows = [page.window]
        page.each_window = lambda window: _equip(window, equipment, version)
        page.each_window(page)
        line.response_wait_timeout = patience
        line.hear("network.authRequired", page.asked_who)
        line.say("network.addIntercept", phases=["authRequired"])
        with suppress(WebDriverException):  # an older Firefox keeps them in the profile, which goes with it
            line.say("browser.setDownloadBehavior", downloadBehavior={"type": "denied"})
        return page, version
    except (WebDriverException, ConnectionError, OSError, IndexError) as cause:
        kill(process)
        raise Failed(_not_started(binary, said, str(cause))) from cause


def _equip(page: FirefoxPage, equipment: Equipment, version: str) -> None:
    """Make a window be what the citizen holds: its size, its introduction, its connection."""
    tell, here = page.line.say, [page.window]
    tell("browsingContext.activate", context=page.window)  # only a window in focus tells its fields that they are left
    if held := equipment.held:
        viewport = {"width": held.width, "height": held.height}
        tell("browsingContext.setViewport", context=page.window, viewport=viewport, devicePixelRatio=held.ratio)
        if held.agent:
            agent = held.agent["firefox"].format(version=version)
            tell("emulation.setUserAgentOverride", userAgent=agent, contexts=here)
    if equipment.connection and equipment.connection.offline:
        tell("emulation.setNetworkConditions", networkConditions={"type": "offline"}, contexts=here)


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    """Where this Firefox listens, once it has said so."""
    end = time.monotonic() + START
    while True:
        text = said.read_text(errors="replace")
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", text):
            return found[1] + "/session"
        if process.poll() is not None or time.monotonic() > end:
            raise ConnectionError(text.strip()[-200:] or "no word from it")
        time.sleep(0.02)


def _not_started(binary: str, said: Path, why: str) -> str:
    return _(
        "Firefox did not start ({binary}): {said} Try it by hand; if it starts, see that there is room in memory and in"
        " the temporary folder."
    ).format(binary=binary, said=why.splitlines()[0] if why else said.name)


def _js(value: bool | int | str) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower()
