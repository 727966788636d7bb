"""The command that freezes a protocol before anybody takes part."""

from __future__ import annotations

from datetime import UTC, datetime

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, file_of, materials_of, read_whole
from studies.words import _
from studies.workspace import workspace


def freeze(study: StudyName, json: Json = False) -> None:
    """Freeze a protocol: from now on every change is an amendment with its reason. Running a study freezes it too."""
    from studies.planning.freezing import freeze as frozen_now

    space = workspace()
    file = file_of(study, space)
    with one_document(json) as show:
        whole, _journeys = read_whole(file, space)
        kept = frozen_now(whole, materials_of(whole, file, space), file, space, datetime.now(UTC))
        said = _("Frozen on {at}: protocol {hash}.").format(at=kept.at[:16], hash=kept.hash[:12])
        show({"study": kept.study, "frozen": kept.at, "protocol": kept.hash}, said)
