"""Policies + configuration -> what a cluster enforces them with, from the same files that `check` judges by."""

from .rules import Admission, AdmissionRule, admission_rules

__all__ = ["Admission", "AdmissionRule", "admission_rules"]
