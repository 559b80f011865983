"""The words around the answers: labels, pages, errors. One file per language in `api/texts`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A heading and its lines on a reading page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    text: tuple[str, ...]


class ReadingPage(BaseModel):
    """A page to read: what the service is, what it keeps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    lead: str
    section: tuple[Section, ...]
    see: str = ""
    see_lead: str = ""
    erase: str = ""
    erase_lead: str = ""


class FixedSteps(BaseModel):
    """The steps that hold whatever happens, also with no connection and no records."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    steps: tuple[str, ...]
    police: str
    police_note: str
    ambulance: str
    ambulance_note: str


class Wording(BaseModel):
    """All words of one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: dict[str, str]
    card: dict[str, str]
    fixed: FixedSteps
    offline: dict[str, str]
    about_page: ReadingPage
    privacy_page: ReadingPage
    directory: dict[str, str]
    appeal: dict[str, str]
    error: dict[str, str]


@dataclass(frozen=True, slots=True)
class UnknownLanguage(Exception):
    """There is no file for this language."""

    language: str


@cache
def load(language: str) -> Wording:
    """The words of `language`, "vi" or "en".

    Raises:
        UnknownLanguage: another language was asked for.
    """
    if language not in {"vi", "en"}:
        raise UnknownLanguage(language)
    source = resources.files("api").joinpath(f"texts/{language}.toml").read_text(encoding="utf-8")
    return Wording.model_validate(tomllib.loads(source))
