"""The vocabulary: frozen values without behaviour. changes and queries are the words between session and journal."""

from kiosk.model.boxes import Box, BoxState, Handover, Mismatch, Packed, Stray, Tally
from kiosk.model.counts import Counters, Loss, Totals
from kiosk.model.expected import Absent, Expected, Figures, MissingList, Progress, Roster, RosterHead, Standing, Status
from kiosk.model.instants import Instant, dated
from kiosk.model.people import Beside, Exempt, ExemptReason, Person, Sample
from kiosk.model.slips import CopyReason, JobKind, JobState, PrintJob, Role, Roll, Settlement, Shift, Subject, is_stale
from kiosk.model.staff import Badge, Hand, Refusal, StaffAction, StaffRole
from kiosk.model.tables import Elsewhere, Sheet, SheetName, Told
from kiosk.model.tubes import HOUSEHOLD, SINGLE, Pool, Purpose, Tube, TubeOrder, TubeSource, TubeState

__all__ = [
    "HOUSEHOLD",
    "SINGLE",
    "Absent",
    "Badge",
    "Beside",
    "Box",
    "BoxState",
    "CopyReason",
    "Counters",
    "Elsewhere",
    "Exempt",
    "ExemptReason",
    "Expected",
    "Figures",
    "Hand",
    "Handover",
    "Instant",
    "JobKind",
    "JobState",
    "Loss",
    "Mismatch",
    "MissingList",
    "Packed",
    "Person",
    "Pool",
    "PrintJob",
    "Progress",
    "Purpose",
    "Refusal",
    "Role",
    "Roll",
    "Roster",
    "RosterHead",
    "Sample",
    "Settlement",
    "Sheet",
    "SheetName",
    "Shift",
    "StaffAction",
    "StaffRole",
    "Standing",
    "Status",
    "Stray",
    "Subject",
    "Tally",
    "Told",
    "Totals",
    "Tube",
    "TubeOrder",
    "TubeSource",
    "TubeState",
    "dated",
    "is_stale",
]
