"""Everything that may change a case. One name per business act; see the package's docstring for the shapes."""

from renben.engines.procedures.acting import act, start, start_many
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext, Stop
from renben.engines.procedures.corrections import (
    pause,
    receive_evidence,
    refuse,
    resume,
    resume_after_correction,
    return_for_correction,
)
from renben.engines.procedures.followups import clear_follow_up, open_follow_up, record_follow_up
from renben.engines.procedures.transfers import (
    Moved,
    attach_person,
    claim,
    hand_over,
    recompute_due,
    record_anchor,
    release,
    undo,
    withdraw,
)

__all__ = [
    "Blocked",
    "Done",
    "Moved",
    "Reason",
    "StepContext",
    "Stop",
    "act",
    "attach_person",
    "claim",
    "clear_follow_up",
    "hand_over",
    "open_follow_up",
    "pause",
    "receive_evidence",
    "recompute_due",
    "record_follow_up",
    "record_anchor",
    "refuse",
    "release",
    "resume",
    "resume_after_correction",
    "return_for_correction",
    "start",
    "start_many",
    "undo",
    "withdraw",
]
