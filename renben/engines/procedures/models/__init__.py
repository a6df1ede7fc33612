from renben.engines.procedures.models.cases import Case, CaseStep, StepEvent
from renben.engines.procedures.models.checklists import EvidenceItem, FollowUp, OneTimeNotice, Pause
from renben.engines.procedures.models.definitions import (
    Definition,
    DefinitionActivation,
    DefinitionDraft,
    Origin,
)

__all__ = [
    "Case",
    "CaseStep",
    "Definition",
    "DefinitionActivation",
    "DefinitionDraft",
    "EvidenceItem",
    "FollowUp",
    "OneTimeNotice",
    "Origin",
    "Pause",
    "StepEvent",
]
