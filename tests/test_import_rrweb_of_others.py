"""What recordings of rrweb that others made are heard to say, by their labels where they have any."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import urljoin

import pytest
from recordings import figures

from studies.importers import rrweb
from studies.places import page_key

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "rrweb"


def shared(pattern: str) -> list[Path]:
    return sorted(SHARED.glob(pattern)) if SHARED.is_dir() else []


@pytest.mark.skipif(not shared("*.json"), reason="the recordings of ../shared/data/rrweb are not at hand")
def test_every_recording_at_hand_is_read() -> None:
    for path in shared("*.json*"):
        if not path.name.endswith(".labels.json"):
            assert rrweb.recognises(path), path
            imported = rrweb.read(path)
            assert len(imported.log.sessions) == 1
            assert not any("cannot be read" in o.why or "no JSON" in o.why for o in imported.left_out), path


@pytest.mark.skipif(not shared("*.labels.json"), reason="the labelled recordings of ../shared are not at hand")
@pytest.mark.parametrize("labelled", shared("*.labels.json"), ids=lambda p: p.name)
def test_a_labelled_recording_agrees_with_its_labels(labelled: Path) -> None:
    recording = next(p for p in shared(labelled.name.replace(".labels.json", ".*")) if p != labelled)
    labels = json.loads(labelled.read_text(encoding="utf-8"))["labels"]
    imported = rrweb.read(recording)
    sentences = imported.log.said()
    clock = [s.when.timestamp() * 1000 for s in sentences]

    def between(since: float, until: float, *verbs: str) -> list[str]:
        moments = zip(sentences, clock, strict=True)
        return [f"{s.verb} {s.about or ''}".strip() for s, t in moments if since <= t <= until and s.verb in verbs]

    after = [label["t"] for label in labels[1:]] + [float("inf")]
    sent = 0.0
    for label, following in zip(labels, after, strict=True):
        page = page_key(label["url"], urljoin(label["url"], "/"))  # as a robot would call it
        match label["kind"]:
            case kind if kind.startswith("submit"):  # what is labelled before it was done is done before the next label
                assert between(label["t"], following, "submits") == [f"submits {page}"]
                sent = label["t"]
            case "page":
                came = between(sent, label["t"], "answers", "refuses")
                if label["title"].startswith("Error:"):
                    assert [word.split()[0] for word in came] == ["refuses"]
                else:
                    assert came[-1] == f"answers {page}"
                    assert not any(word.startswith("refuses") for word in came)
            case "back":
                later = labels[labels.index(label) + 1]["t"] + 2000
                assert between(label["t"], later, "acts") == ["acts back"]
            case "silent_wait":  # nobody waited: it is the citizen's hands that rested
                rested = [s for s in sentences if s.about == "idle" and s.until is not None]
                assert any(
                    s.when.timestamp() * 1000 <= label["t"] + 100
                    and s.until and (s.until - s.when).total_seconds() >= label["seconds"]
                    and s.until.timestamp() * 1000 >= label["t"] + label["seconds"] * 1000
                    for s in rested
                )  # fmt: skip
    kinds = [label["kind"] for label in labels]
    count = [s.verb if s.verb != "notes" else f"notes {s.about}" for s in sentences]
    assert count.count("submits") == sum(kind.startswith("submit") for kind in kinds)
    assert count.count("notes idle") == kinds.count("silent_wait")
    assert count.count("refuses") == sum("Error:" in label.get("title", "") for label in labels)
    assert not any(s.verb == "breaks" for s in sentences)


@pytest.mark.skipif(not shared("made_hof_*"), reason="the labelled recordings of ../shared are not at hand")
def test_the_labelled_recording_is_measured_as_it_is_labelled() -> None:
    imported = rrweb.read(shared("made_hof_*.gz")[0])
    with gzip.open(shared("made_hof_*.gz")[0]) as file:
        assert imported.rows == len(json.load(file))
    found = figures(imported)
    names = ("resubmissions", "refusals", "repeat_questions", "silent_waits")
    value = {name: found[name].get("value") for name in names}
    # Sent twice unrefused: the amount, after going back. Asked again for what it had been given: never.
    assert value == {"resubmissions": 1, "refusals": 3, "repeat_questions": 0, "silent_waits": 0}
