"""A start without what is optional says what is missing and how to get it, and fails in no other way."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from analysis import on_spark
from journeys.checks import accessibility
from journeys.players import browser_firefox_start, browser_start
from studies.store.tables import engine
from studies.troubles import Failed, Trouble, WrongInput


@pytest.mark.parametrize("library", ["pyspark", "py4j"])
def test_spark(library: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(on_spark, "find_spec", lambda name: None if name == library else there(name))
    with pytest.raises(WrongInput, match=r"-m pip install -r .*requirements-spark\.txt"):
        on_spark.write([], None, "local[1]", tmp_path / "out")  # type: ignore[arg-type]


def test_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(on_spark, "find_spec", lambda _name: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(WrongInput, match=r"Java 17.*apt install"):
        on_spark.write([], None, "local[1]", tmp_path / "out")  # type: ignore[arg-type]


def test_browsers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("KHUTWA_BROWSER", "KHUTWA_FIREFOX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(browser_start, "ON_A_MAC", ())
    with pytest.raises(Failed, match=r"apt install chromium.*--player wire"):
        browser_start.found()
    with pytest.raises(Trouble, match=r"apt install firefox.*--browser chromium"):
        browser_firefox_start.found_firefox()


def test_the_line_to_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Failed, match=r"“psycopg” is not installed.*-m pip install psycopg"):
        engine("postgresql+psycopg://somebody@127.0.0.1/nowhere")


def test_axe(monkeypatch: pytest.MonkeyPatch) -> None:
    accessibility.axe.cache_clear()
    monkeypatch.setitem(sys.modules, "axe_playwright_python", None)
    with pytest.raises(Failed, match=r"axe-core, which is not installed.*\./lab"):
        accessibility.axe()
    accessibility.axe.cache_clear()
