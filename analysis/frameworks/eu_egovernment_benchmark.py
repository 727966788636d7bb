"""The four dimensions by which mystery shoppers score online services in Europe."""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.frameworks import SHARE, Figure, Looked
from analysis.sureness import Sure, share_of
from studies.words import N_

TITLE: Final = N_("EU eGovernment Benchmark: the four dimensions")
SOURCE: Final = (
    "https://digital-strategy.ec.europa.eu/en/policies/egovernment",
    "eGovernment Benchmark Framework 2012-2017, Method Paper, SMART 2016/0049",
    "eGovernment Benchmark 2023, doi:10.2759/069703",
)


def _online_from_end_to_end(looked: Looked) -> Sure | None:
    others = looked.ways()
    online = looked.cases[looked.cases["by_web"]]
    return looked.share(online["settled"].mask(online[others].any(axis=1) & online["settled"].notna(), 0.0))


def _in_silence(looked: Looked) -> Sure | None:
    silent = looked.cases["silent_waits"].to_numpy(float)
    heard = silent[~np.isnan(silent)]
    return share_of(int((heard == 0).sum()), len(heard), looked.who) if len(heard) else None


def _nothing_asked_again(looked: Looked) -> Sure | None:
    again = looked.cases["repeat_questions"].to_numpy(float)
    heard = again[~np.isnan(again)]
    return share_of(int((heard == 0).sum()), len(heard), looked.who) if len(heard) else None


FIGURES: Final = (
    Figure(
        "user_centricity",
        N_("User centricity: online from end to end"),
        N_("Of the cases that came online, those settled there without another channel. The benchmark scores whether "
           "it can be done; this is how many did it."),
        ("outcome", "channel"),
        SHARE,
        _online_from_end_to_end,
        near=True,
        lacking=N_("No source here that hears when a need is settled observed anybody online."),
    ),
    Figure(
        "mobile_friendliness",
        N_("User centricity: mobile friendliness"),
        N_("Not in the log of sentences: `./lab run FILE --check --device phone` looks at the pages."),
        unit=SHARE,
    ),
    Figure(
        "transparency",
        N_("Transparency of service delivery: no wait in silence"),
        N_("The share of cases in which the citizen never waited in silence. The benchmark scores whether progress and "
           "duration are told; this is whether anything was."),
        ("silent_waits",),
        SHARE,
        _in_silence,
        near=True,
        lacking=N_("No source here hears signs of work."),
    ),
    Figure(
        "personal_data",
        N_("Transparency of personal data"),
        N_("Whether citizens can see who used their data is to be looked up on the service's pages."),
        unit=SHARE,
    ),
    Figure(
        "key_enablers",
        N_("Key enablers: nothing asked again"),
        N_("The share of cases in which nothing was asked for again; `./lab once-only` says what the state holds in "
           "any case. The benchmark scores pre-filling, eID, eDocuments and digital post."),
        ("repeat_questions",),
        SHARE,
        _nothing_asked_again,
        near=True,
        lacking=N_("No source here hears what is asked and given."),
    ),
    Figure(
        "cross_border",
        N_("Cross-border services"),
        N_("A study would have to be walked from another country, with that country's eID."),
        unit=SHARE,
    ),
)  # fmt: skip
