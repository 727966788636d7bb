"""What ./lab test does when a test of the real thing failed: a second look, told by name, and never a third."""

from __future__ import annotations

from pathlib import Path

import everything
import pytest

STEADY = "def test_steady():\n    pass\n"
UNSTEADY = """
def test_unsteady(pytestconfig):
    mark = pytestconfig.rootpath / "was_here"
    been = mark.exists()
    mark.touch()
    assert been
"""
WRONG = "def test_wrong():\n    assert False\n"


@pytest.fixture(params=list(everything.LISTS))
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A small suite in a folder of its own, run as tests with browsers and loads are."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    monkeypatch.setattr(everything, "ROOT", tmp_path)
    monkeypatch.setattr(everything, "PROC_STAT", tmp_path / "stat")  # it tells nothing: nothing is waited for
    command = ["pytest", *everything.kept(request.param), "--cache-clear"]
    monkeypatch.setattr(everything, "checks", lambda quick, words: {request.param: command})
    return tmp_path


def test_one_that_passes_by_itself_is_named_and_the_run_holds(suite: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (suite / "test_them.py").write_text(STEADY + UNSTEADY, encoding="utf-8")
    assert everything.main([]) == 0
    said = capfd.readouterr()
    assert "test_them.py::test_unsteady unsteady: failed once, passed by itself" in said.err
    assert "once more, by themselves: 1" in said.out


def test_one_that_fails_again_fails_the_run(suite: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (suite / "test_them.py").write_text(UNSTEADY + WRONG, encoding="utf-8")
    assert everything.main([]) == 1
    assert "test_them.py::test_wrong failed twice" in capfd.readouterr().err


def test_many_that_fail_get_no_second_look(suite: Path, capfd: pytest.CaptureFixture[str]) -> None:
    many = "".join(
        UNSTEADY.replace("test_unsteady", f"test_{n}").replace("was_here", f"was_{n}")
        for n in range(everything.FEW + 1)
    )
    (suite / "test_them.py").write_text(many, encoding="utf-8")
    assert everything.main([]) == 1
    assert "once more" not in capfd.readouterr().out


def test_no_other_check_gets_a_second_look(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (suite / "test_them.py").write_text(UNSTEADY, encoding="utf-8")
    command = ["pytest", *everything.kept(everything.HEARS_TIME), "--cache-clear"]
    monkeypatch.setattr(everything, "checks", lambda quick, words: {"pytest, side by side": command})
    assert everything.main([]) == 1
    assert "once more" not in capfd.readouterr().out


def test_the_second_look_waits_until_the_machine_is_at_rest(
    suite: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (suite / "test_them.py").write_text(UNSTEADY, encoding="utf-8")
    # user nice system idle iowait irq softirq steal: half of it another machine's, then idle
    told = iter(["0 0 0 0 0 0 0 0", "0 0 0 50 0 0 0 50", "50 0 0 100 0 0 0 50", "51 0 0 190 9 0 0 50", "never read"])
    waited = []

    def tell(seconds: float = 0) -> None:
        waited.append(seconds)
        (suite / "stat").write_text(f"cpu {next(told)} 0 0\n", encoding="ascii")

    tell()
    monkeypatch.setattr(everything.time, "sleep", tell)
    assert everything.main([]) == 0
    assert len(waited) == 1 + 3 and "unsteady" in capfd.readouterr().err
