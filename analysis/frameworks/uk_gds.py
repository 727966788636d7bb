"""The four indicators that every UK government service must publish."""

from __future__ import annotations

from typing import Final

from analysis.frameworks import MONEY, SHARE, Figure, Looked
from analysis.sureness import Sure, share_of
from studies.words import N_

TITLE: Final = N_("UK Government Digital Service: the four mandatory indicators")
SOURCE: Final = (
    "https://www.gov.uk/service-manual/measuring-success/data-you-must-publish",
    "https://www.gov.uk/service-manual/measurement/digital-takeup.html",
    "https://gds.blog.gov.uk/2013/03/28/beating-performance-anxiety",
)


def _completion(looked: Looked) -> Sure | None:
    return looked.share(looked.cases.loc[looked.cases["by_web"], "settled"])


def _take_up(looked: Looked) -> Sure | None:
    done = looked.cases[looked.cases["settled"] == 1]
    others = looked.ways()
    if not done[others].to_numpy(bool).any():
        return None  # one channel was observed: that all of it was digital says nothing
    online = done["by_web"] & ~done[others].any(axis=1)
    return share_of(int(online.sum()), len(done), looked.who)


FIGURES: Final = (
    Figure(
        "cost_per_transaction",
        N_("Cost per transaction"),
        N_("What a transaction costs the agency stands in its accounts; citizens' own cost is under the standard cost "
           "model."),
        unit=MONEY,
    ),
    Figure(
        "user_satisfaction",
        N_("User satisfaction"),
        N_("The share of satisfied and very satisfied among those who answered GOV.UK's question."),
        ("govuk_1",),
        SHARE,
        lambda looked: looked.agree("govuk", "govuk_1"),
        lacking=N_("Ask GOV.UK's question: `./lab survey STUDY --instrument govuk`"),
    ),
    Figure(
        "completion_rate",
        N_("Completion rate"),
        N_("Of the cases that came online, those whose need was settled; “you are not eligible” settles it too."),
        ("outcome",),
        SHARE,
        _completion,
        lacking=N_("No source here that hears when a need is settled observed anybody online."),
    ),
    Figure(
        "digital_take_up",
        N_("Digital take-up"),
        N_("Of the cases that were settled, those that needed no other channel. Of those observed, not of all: a study "
           "chooses whom it observes."),
        ("outcome", "channel"),
        SHARE,
        _take_up,
        near=True,
        lacking=N_("No need was heard to be settled by another channel: bring in calls, chats or case files as well."),
    ),
)  # fmt: skip
