"""Our three searches beside what else could have been used: by turns, recall beside speed."""

import tempfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

import tantivy
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from scamcheck.claims import OwnerKind, find_claims
from scamcheck.knowledge import Contact, IdentifierKind, Owner
from scamcheck.lookalike import imitations, neighbours
from scamcheck.phone import SeenNumber, parse_number
from scamcheck.schools import SchoolIndex
from scamcheck.scripts import ScriptIndex, masked
from scamcheck.text import Text, fold, read
from scripts.benchmarks.records import SEED, VERIFIED, Records
from scripts.benchmarks.timing import Times, interleaved

_LETTERS = "aăâeêioôơuưbcdđghklmnpqrstvxy"


def disturbed(rng: Random, text: str, share: float) -> str:
    """The text with about this share of its letters written wrong."""
    return "".join(
        rng.choice(_LETTERS) if letter.isalpha() and rng.random() < share else letter for letter in text
    )


class Trigrams:
    """A trigram index searched as pg_trgm does: every string that shares enough trigrams, then the best.

    PostgreSQL from the wheel ships no extensions, so the method is measured and not its C code: in its own
    favour, in the same process and without a query.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = strings
        self._with: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for at, string in enumerate(strings):
            for gram in self._grams(string):
                self._with[gram].append(at)

    @staticmethod
    def _grams(string: str) -> set[str]:
        padded = f"  {string} "
        return {padded[at : at + 3] for at in range(len(padded) - 2)}

    def near(self, asked: str, similarity: float = 0.5) -> list[str]:
        """Strings whose share of common trigrams is at least this."""
        grams = self._grams(asked)
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self._with.get(gram, ()))
        return [
            self._strings[at]
            for at, count in shared.items()
            if count >= similarity * 2 * len(grams) / (1 + similarity)
        ]


def lookalikes(keys: Sequence[str], count: int) -> dict[str, object]:
    """Numbers one step from an official one: which official number is imitated?"""
    rng = Random(SEED + 5)  # noqa: S311 - questions, not secrets
    contacts = {
        key: Contact(key, IdentifierKind.NUMBER, key, _OWNER, "", "", verified_at=VERIFIED) for key in keys
    }
    asked: list[tuple[str, SeenNumber]] = []
    while len(asked) < count:
        key = rng.choice(keys)
        near = [other for other, how in neighbours(key) if how == "near_miss"]
        seen = rng.choice(near)
        number = parse_number("0" + seen[3:])
        if seen not in contacts and number is not None and number.number.key == seen:
            asked.append((key, number))
    trigrams = Trigrams(keys)

    def ours(question: tuple[str, SeenNumber]) -> list[str]:
        return [found.contact.key for found in imitations(question[1], contacts)]

    def brute(question: tuple[str, SeenNumber]) -> list[str]:
        seen = question[1].number.key
        found = process.extract(seen, keys, scorer=OSA.distance, score_cutoff=1, limit=50)
        return [key for key, _, _ in found]

    def by_trigrams(question: tuple[str, SeenNumber]) -> list[str]:
        seen = question[1].number.key
        return [found for found in trigrams.near(seen) if OSA.distance(found, seen) <= 1]

    ways = (ours, brute, by_trigrams)
    times = interleaved(asked, ways)
    recalls = [
        sum(question[0] in way(question) for question in asked[:20]) / min(20, len(asked)) for way in ways[1:]
    ]
    recall = sum(question[0] in ours(question) for question in asked) / len(asked)
    return _table(("ours", "rapidfuzz process.extract", "trigram search"), times, [recall, *recalls])


def scripts(records: Records, count: int) -> dict[str, object]:
    """Tellings of known scripts with a fifth of the letters wrong: which script is it?"""
    rng = Random(SEED + 6)  # noqa: S311 - questions, not secrets
    index = ScriptIndex(records.scripts)
    texts = [masked(read(script.text).folded) for script in records.scripts]
    chosen = [rng.choice(records.scripts) for _ in range(count)]
    asked = [read(disturbed(rng, script.text, 0.2)) for script in chosen]
    letters = {id(text): masked(text.folded) for text in asked}  # the others are spared the masking
    with tempfile.TemporaryDirectory() as folder:
        searcher, schema = _tantivy(folder, texts)

        def ours(question: Text) -> float:
            return max((found.score for found in index.candidates(question)), default=0.0)

        def brute(question: Text) -> float:
            found = process.extractOne(letters[id(question)], texts, scorer=fuzz.ratio, score_cutoff=68)
            return found[1] if found else 0.0

        def by_tantivy(question: Text) -> float:
            return _ask_tantivy(searcher, schema, letters[id(question)], texts)

        times = interleaved(asked, (ours, brute, by_tantivy))
        best = [brute(question) for question in asked]
        recalls = [
            sum(way(question) >= score - 0.01 for question, score in zip(asked, best, strict=True) if score)
            / max(1, sum(score > 0 for score in best))
            for way in (ours, brute, by_tantivy)
        ]
    return _table(("ours", "rapidfuzz brute force", "tantivy BM25 4-grams"), times, recalls)


def _tantivy(folder: str, texts: Sequence[str]) -> tuple[tantivy.Searcher, tantivy.Index]:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("grams", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("at", stored=True)
    index = tantivy.Index(builder.build(), path=folder)
    writer = index.writer(num_threads=1)
    for at, text in enumerate(texts):
        document = tantivy.Document()
        document.add_text("grams", _grams(text))
        document.add_integer("at", at)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher(), index


def _grams(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(max(1, len(text) - 3)))


def _ask_tantivy(
    searcher: tantivy.Searcher, index: tantivy.Index, question: str, texts: Sequence[str]
) -> float:
    query = index.parse_query(_grams(question), ["grams"])
    found = [searcher.doc(address)["at"][0] for _, address in searcher.search(query, 20).hits]
    return max((fuzz.ratio(question, texts[at], score_cutoff=68) for at in found), default=0.0)


def schools(records: Records, count: int) -> dict[str, object]:
    """Schools as parents name them, by name and place: is the right record among those offered?"""
    rng = Random(SEED + 7)  # noqa: S311 - questions, not secrets
    index = SchoolIndex(records.schools, records.communes)
    variants: list[str] = []
    of_variant: list[str] = []
    for school in records.schools:
        name = fold(f"{school.level} {school.name}")
        places = (school.commune, school.old_district, school.province)
        for variant in (name, *(f"{name} {fold(place)}" for place in places if place)):
            variants.append(variant)
            of_variant.append(school.id)
    asked: list[tuple[str, str]] = []
    while len(asked) < count:
        school = rng.choice(records.schools)
        place = rng.choice(
            (school.commune, school.commune.split(" ", 1)[1], school.old_district or school.commune)
        )
        asked.append((school.id, f"trường {school.level} {school.name} {place}"))

    def ours(question: tuple[str, str]) -> list[str]:
        message = read(question[1])
        return [found.school.id for found in index.candidates(message, find_claims(message))]

    def brute(question: tuple[str, str]) -> list[str]:
        said = fold(question[1].removeprefix("trường "))
        found = process.extract(said, variants, scorer=fuzz.ratio, limit=16)
        return [of_variant[at] for _, _, at in found]

    times = interleaved(asked, (ours, brute))
    right = [sum(question[0] in way(question) for question in asked) / len(asked) for way in (ours, brute)]
    return _table(("ours", "rapidfuzz brute force"), times, right)


_OWNER = Owner(OwnerKind.SCHOOL, "1", "Trường")


def _table(names: Sequence[str], times: Sequence[Times], recalls: Sequence[float]) -> dict[str, object]:
    return {
        name: {"p50_ms": time.p50, "p99_ms": time.p99, "mean_ms": time.mean, "recall": recall}
        for name, time, recall in zip(names, times, recalls, strict=True)
    }
