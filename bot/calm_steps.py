"""Which steps fit when nothing was found: by what happened, and by who they say they are."""

import re

from scamcheck.claims import OwnerKind
from scamcheck.verdict import Verdict

_AUTHORITIES = frozenset({OwnerKind.POLICE, OwnerKind.BANK, OwnerKind.AGENCY, OwnerKind.CARRIER})
_MISSED_CALL = re.compile(r"\b(?:goi nho|nha may|nhay may|cuoc nho|missed (?:a )?call)\b")
_KNOWS_NAMES = re.compile(
    r"\b(?:ho|no|nguoi ta|nguoi goi|ke goi|sao)\b.{0,20}\bbiet (?:ca |ro |dung |het )?(?:ten|lop|truong|"
    r"ngay sinh|dia chi|thong tin)\b|\bthey know\b"
)
"""Whoever is frightened by what a caller knows."""


def calm_steps(verdict: Verdict) -> str:
    """Nothing was found. One line is enough, and whom to call back depends on who they say they are."""
    if verdict.observables.assessment.alarming:
        return "unsure"
    if _MISSED_CALL.search(verdict.observables.text.folded):
        return "missed_call"
    if is_awed(verdict):
        return "knows_names"
    return "authority" if speaks_of_authorities(verdict) else "nothing"


def is_awed(verdict: Verdict) -> bool:
    """Whether the text tells that the caller knows names, which frightens and proves nothing."""
    return bool(_KNOWS_NAMES.search(verdict.observables.text.folded))


def speaks_of_authorities(verdict: Verdict) -> bool:
    """Whether police, a bank or an agency is spoken of and no school."""
    claimed = {claim.kind for claim in verdict.observables.claims}
    return bool(claimed & _AUTHORITIES) and OwnerKind.SCHOOL not in claimed
