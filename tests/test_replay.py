"""A replay is exact in its moments, bounded in its size, whole or refused, and nothing typed can be read in it."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from analysis.measure import measure
from analysis.report import material_of, report
from analysis.report import replays as report_replays
from analysis.sessions import replay as player
from analysis.sessions.picture import picture_of
from journeys.equipment import Equipment, equipped
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser
from journeys.players.replay_frames import BLOCK, GAP, MOST, Roll, Shot, opened, replay_of, thinned
from journeys.walk import walk_of
from studies import archive, replays
from studies.replays import Replay
from studies.script import parse
from studies.troubles import Failed, WrongInput
from studies.words import say_in
from studies.workspace import Workspace

SCRIPT = """
session=s1 start=2026-03-02T08:00:00Z task=renew condition=as_is source=robot
 0.0 citizen begins renew
 0.1 citizen acts home step=open
 0.5 service answers home step=open
 0.5 service requests national_id step=open
 2.0 citizen submits office/form step=send
 5.5 service answers done step=send
 6.0 citizen acts more step=look
 6.2- 9.0 service responds step=look
 9.5 service answers more step=look
11.0 citizen submits office/last step=<last>&
14.0 service answers end step=<last>&
"""


def drawn(words: str, size: tuple[int, int] = (640, 400), place: tuple[int, int] = (40, 60)) -> Image.Image:
    """A page with words on it."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text(place, words, fill="black", font_size=28)
    return image


def as_jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return file.getvalue()


def rolled(*shots: tuple[float, Image.Image]) -> Roll:
    roll = Roll()
    for when, image in shots:
        roll.add(Shot(when, as_jpeg(image)))
    return roll


def standing(replay: Replay, at: float) -> Image.Image:
    """What a viewer shows at a second: each change drawn upon what stood."""
    screen = Image.new("RGB", (replay.width, replay.height))
    for one in replay.shown:
        if one.at > at:
            break
        if one.whole:
            screen.paste((0, 0, 0), (0, 0, *screen.size))
        screen.paste(Image.open(io.BytesIO(one.picture)), (one.x, one.y))
    return screen


def apart(a: Image.Image, b: Image.Image, more_than: int = 90) -> int:
    """How many pixels differ plainly."""
    plain = ImageChops.difference(a, b).convert("L").point(lambda shade: 255 if shade > more_than else 0)
    return plain.histogram()[255]


def sample(session: str = "s1", cover: replays.Cover = "fields") -> Replay:
    """Six pictures: the page, then a digit that counts."""
    roll = rolled(*((1000.0 * n, drawn(f"picture {n}")) for n in range(15)))
    made = replay_of(roll, session, "screencast", cover, lambda when: when / 1000)
    assert made is not None
    return made


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_replay_is_read_as_it_was_kept_and_can_be_taken_away(tmp_path: Path) -> None:
    made = sample()
    replays.keep(made, tmp_path / "s1")
    assert replays.read(tmp_path / "s1") == made
    assert [path.name for path in (tmp_path / "s1").iterdir()] == [replays.NAME]
    replays.forget(tmp_path / "s1")
    assert replays.read(tmp_path / "s1") is None
    replays.forget(tmp_path / "s1")


def _changed(text: str) -> str:
    told = json.loads(text)
    told["pictures"][3] = told["pictures"][4]
    return json.dumps(told)


@pytest.mark.parametrize(
    "hurt",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "{}",
        lambda text: "[1]",
        lambda text: text.replace(replays.KIND, "khutwa replay 9"),
        _changed,
    ],
    ids=["empty", "cut", "nothing", "a list", "another kind", "a picture changed"],
)
def test_a_damaged_replay_is_refused_with_one_message(tmp_path: Path, hurt: object) -> None:
    path = replays.keep(sample(), tmp_path)
    assert callable(hurt)
    path.write_text(hurt(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(Failed, match=r"replay\.json is damaged and cannot be shown\. Walk the journey again"):
        replays.read(tmp_path)


def test_a_replay_without_a_picture_is_damaged(tmp_path: Path) -> None:
    replays.keep(Replay("s1", "screencast", "fields", 640, 400, ()), tmp_path)
    with pytest.raises(Failed, match="damaged"):
        replays.read(tmp_path)


# --- few pictures, exact moments --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3)), min_size=1, max_size=60))
def test_of_every_burst_the_first_and_the_last_picture_are_kept_exactly(steps: list[tuple[int, int]]) -> None:
    roll, shots, when = Roll(), [], 0.0
    for gap, kind in steps:
        when += gap
        shots.append(Shot(when, bytes([kind])))
        roll.add(shots[-1])
    kept = roll.all()
    assert [one for one in kept if one not in shots] == []
    distinct = [one for place, one in enumerate(shots) if not place or one.picture != shots[place - 1].picture]
    assert kept[0] == distinct[0]
    assert kept[-1].picture == distinct[-1].picture
    assert [s.when for s in kept] == sorted(s.when for s in kept)
    for one, following in zip(distinct, distinct[1:], strict=False):
        if following.when - one.when >= GAP:  # what stood for long is there from its own moment
            assert one in kept
    assert all(c.when - a.when >= GAP for a, c in zip(kept, kept[2:], strict=False))


def test_a_long_session_stays_bounded_and_says_what_it_left_out() -> None:
    roll = Roll()
    for n in range(4 * MOST):
        roll.add(Shot(n * 150.0, bytes(str(n), "ascii")))
    assert len(roll.all()) <= MOST + 1
    assert roll.all()[-1].when == (4 * MOST - 1) * 150.0
    assert roll.left_out + len(roll.all()) == 4 * MOST


def test_what_rests_survives_thinning() -> None:
    shots = [Shot(when, b"") for when in (0.0, 100.0, 200.0, 300.0, 2000.0, 2100.0)]
    assert [s.when for s in thinned(shots, 250)] == [0.0, 300.0, 2000.0, 2100.0]


def test_what_is_drawn_at_any_moment_is_what_stood_there() -> None:
    pages = [drawn(f"page {n}", place=(40, 40 + 60 * (n % 4))) for n in range(12)]
    roll = rolled(*((1000.0 * n, image) for n, image in enumerate(pages)))
    made = replay_of(roll, "s", "screencast", "fields", lambda when: when / 1000 + 0.25)
    assert made is not None
    assert [one.at for one in made.shown] == [n + 0.25 for n in range(12)]
    assert not all(one.whole for one in made.shown)
    for n, image in enumerate(pages):
        assert apart(standing(made, n + 0.3), image) < 40, n
        assert apart(standing(made, n + 0.3), pages[n - 1]) > 200, n


def test_what_looks_the_same_is_not_kept_twice() -> None:
    image = drawn("still")
    nearly = image.copy()
    nearly.putpixel((5, 5), (250, 250, 250))
    made = replay_of(rolled((0, image), (500, nearly), (900, image)), "s", "screencast", "fields", lambda when: when)
    assert made is not None and len(made.shown) == 1


def test_a_replay_keeps_within_its_bytes() -> None:
    noise = [Image.effect_noise((640, 400), 90).convert("RGB") for _ in range(12)]
    roll = rolled(*((200.0 * n, image) for n, image in enumerate(noise)))
    made = replay_of(roll, "s", "screencast", "fields", lambda when: when, most=200_000)
    assert made is not None
    assert sum(len(one.picture) for one in made.shown) <= 200_000 or len(made.shown) == 2
    assert made.left_out + len(made.shown) == 12


def test_nothing_seen_is_no_replay() -> None:
    assert replay_of(Roll(), "s", "screencast", "fields", lambda when: when) is None


def test_windows_of_two_sizes_stand_in_one_picture() -> None:
    made = replay_of(
        rolled((0, drawn("wide")), (900, drawn("small", (300, 200)))), "s", "screencast", "fields", lambda w: w
    )
    assert made is not None and (made.width, made.height) == (640, 400)
    assert [one.whole for one in made.shown] == [True, True]


# --- where a person sits ----------------------------------------------------------------------------------------------


def test_a_persons_pictures_are_so_coarse_that_no_letter_is_left() -> None:
    image = opened(as_jpeg(drawn("National ID 851904")), coarse=True)
    few = image.resize((image.width // BLOCK, image.height // BLOCK), Image.Resampling.NEAREST)
    assert few.width <= 54
    assert few.resize(image.size, Image.Resampling.NEAREST).tobytes() == image.tobytes()  # there is no more in it
    # The same letters in another order: at this size nobody could tell which was typed.
    other = opened(as_jpeg(drawn("National ID 940185")), coarse=True)
    assert apart(image, other, more_than=40) == 0
    assert apart(opened(as_jpeg(drawn("")), coarse=True), image, more_than=8) > 0  # but something was


# --- the page in which it is watched ----------------------------------------------------------------------------------


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_silences_are_marked_and_nothing_is_fetched(tongue: str) -> None:
    with say_in(tongue):
        html = player.page(sample(), picture_of(parse(SCRIPT)), "Renewal")
    assert f'dir="{"rtl" if tongue == "ar" else "ltr"}"' in html
    assert re.findall(r'class="silence" data-from="([\d.]+)"', html) == ["2.0", "11.0"]
    assert not re.search(r"https?://|@import|url\(|<link|fetch\(|XMLHttp", html)
    assert "&lt;last&gt;&amp;" in html and "<last>" not in html.replace('"<last>', "")
    told = json.loads(re.search(r'id="what">(.*?)</script>', html, re.S)[1])  # type: ignore[index]
    assert told["start"] == 1.5  # half a second before the longest silence
    assert told["silences"] == [[2.0, 5.5], [11.0, 14.0]]
    assert len(told["pictures"]) == len(told["shown"]) == len(sample().shown)


def test_a_session_without_silences_begins_at_its_beginning() -> None:
    html = player.page(
        sample(), picture_of(parse("0.0 citizen begins x\n1.0 citizen acts y\n1.2 service answers y")), "x"
    )
    assert '"start": 0.0' in html and "data-from" not in html


def test_it_says_what_a_source_cannot_show() -> None:
    picture = picture_of(parse(SCRIPT))
    made = sample(cover="coarse")
    assert "A person sat here" in player.page(made, picture, "x")
    still = Replay("s1", "pictures", "fields", 640, 400, made.shown)
    assert "One picture after each step" in player.page(still, picture, "x")


# --- in the report ----------------------------------------------------------------------------------------------------


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def study(space: Workspace, n: int) -> list[str]:
    """A study of so many sessions, the later the more silent, each with a replay."""
    lines = []
    for i in range(n):
        start = f"session=r{i} start=2026-03-02T08:{i:02}:00Z task=renew{i % 4} condition=as_is source=robot"
        lines += [start, "0.0 citizen begins renew", "1.0 citizen submits a/form", f"{i + 3}.0 service answers done"]
    archive.seal(parse("\n".join(lines)), "watched", space)
    names = [f"r{i}" for i in range(n)]
    for name in names:
        replays.keep(sample(name), space.pictures / name)
    return names


def test_the_report_shows_the_three_most_silent_of_different_journeys(space: Workspace) -> None:
    study(space, 9)
    material = material_of("watched", space, datetime(2026, 3, 2, tzinfo=UTC))
    assert list(material.replays.shown) == ["r8", "r7", "r6"]
    assert material.replays.others == 6
    for tongue in ("en", "ar"):
        page = report(material, tongue)
        assert page.count("<iframe") == 3
        assert page.count('sandbox="allow-scripts"') == 3
        assert "<script" not in page  # the report's own page still has none
    assert "6 more replays are in the workbench." in report(material)


def test_the_report_leaves_out_what_is_damaged_or_too_large(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    study(space, 4)
    (space.pictures / "r3" / replays.NAME).write_text("", encoding="utf-8")
    monkeypatch.setattr(report_replays, "MOST_BYTES", sample().bytes + 1)
    material = material_of("watched", space, datetime(2026, 3, 2, tzinfo=UTC))
    assert list(material.replays.shown) == ["r2"]
    assert (material.replays.damaged, material.replays.others) == (1, 2)
    assert "1 replay is damaged and left out." in report(material)


def test_a_report_of_sessions_without_replays_says_nothing_of_them(space: Workspace) -> None:
    archive.seal(parse(SCRIPT), "plain", space)
    assert "<iframe" not in report(material_of("plain", space, datetime(2026, 3, 2, tzinfo=UTC)))


# --- what is asked for ------------------------------------------------------------------------------------------------


def test_what_is_secret_cannot_be_unmasked() -> None:
    journey = Journey.model_validate(
        {
            "journey": "in", "title": "In", "agency": "office", "base_url": "http://127.0.0.1:9",
            "steps": [{"visit": "/"}, {"give": {"password": "{{env.OFFICE_WORD}}"}}],
        }
    )  # fmt: skip
    walk = walk_of(journey, Persona("p", {}), session="s", equipment=Equipment(replay="unmasked"))
    with pytest.raises(WrongInput, match="types what is secret"):
        browser.play(walk)


def test_a_replay_is_part_of_the_equipment() -> None:
    assert equipped(replay="masked").replay == "masked"
    assert measure(parse(SCRIPT)).sessions["s1"]["silent_waits"].value == 2
