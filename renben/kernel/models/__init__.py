from renben.kernel.models.audit import AuditEvent, AuditHead
from renben.kernel.models.employers import Employer, EmployerContact, EmployerLicence, EmployerMerge
from renben.kernel.models.files import StoredFile
from renben.kernel.models.organizations import Delegation, Organization, Post, Region, StaffMember
from renben.kernel.models.people import (
    Household,
    HouseholdMember,
    IdentityDocument,
    LabourSpell,
    Mandate,
    Person,
    PersonMerge,
)
from renben.kernel.models.platform import ImportBatch, NumberSequence, RequestKey, Setting, Task, WorkDay
from renben.kernel.models.users import FormerPassword, User

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Delegation",
    "Employer",
    "EmployerContact",
    "EmployerLicence",
    "EmployerMerge",
    "FormerPassword",
    "Household",
    "HouseholdMember",
    "IdentityDocument",
    "ImportBatch",
    "LabourSpell",
    "Mandate",
    "NumberSequence",
    "Organization",
    "Person",
    "PersonMerge",
    "Post",
    "Region",
    "RequestKey",
    "Setting",
    "StaffMember",
    "StoredFile",
    "Task",
    "User",
    "WorkDay",
]
