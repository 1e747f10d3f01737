"""What was ordered: plans, sections, measures, responsibilities, targets; and the uploads they are read from."""

from measures.models.plan import Measure, Plan, Responsibility, Section, Target
from measures.models.record import PlanEvent, PlanVerb
from measures.models.upload import Upload

__all__ = ["Measure", "Plan", "PlanEvent", "PlanVerb", "Responsibility", "Section", "Target", "Upload"]
