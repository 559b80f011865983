"""Made-up records at the size of a whole country: one seed gives one set. Nobody in them exists.

Names repeat as they do in life: a few hundred people and places name tens of thousands of schools. Scripts
share their sentences, so that common wording alone finds nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from scamcheck.claims import OwnerKind
from scamcheck.gazetteer import shipped_provinces
from scamcheck.knowledge import (
    Commune,
    Contact,
    IdentifierKind,
    Indicator,
    IndicatorStatus,
    Owner,
    School,
    Script,
)
from scamcheck.numbering import AREA_CODES
from scamcheck.places import shipped
from scamcheck.text import fold
from scripts.grammar.write import write_rows

SEED: Final = 20_261_120
VERIFIED: Final = date(2026, 11, 1)
UNIT: Final = "Công an (bản ghi dùng để đo)"


@dataclass(frozen=True, slots=True)
class Size:
    """How many records of each kind."""

    name: str
    indicators: int
    scripts: int
    contacts: int
    schools: int


DEMO: Final = Size("demo", 12, 30, 24, 6)
ONE: Final = Size("1x", 10_000, 100, 500, 540)
FULL: Final = Size("100x", 1_000_000, 10_000, 50_000, 54_000)
QUICK: Final = Size("10x", 100_000, 1_000, 5_000, 5_400)


@dataclass(frozen=True, slots=True)
class Records:
    """Official records of one size; indicators are made when asked for, they are too many to hold."""

    size: Size
    communes: tuple[Commune, ...]
    schools: tuple[School, ...]
    contacts: tuple[Contact, ...]
    scripts: tuple[Script, ...]

    def indicators(self) -> Iterator[Indicator]:
        """Every indicator, the same ones each time."""
        return _indicators(self.size.indicators)


def make(size: Size) -> Records:
    """The records of one size."""
    rng = Random(SEED)  # noqa: S311 - records, not secrets
    communes = _communes(rng, max(0, min(3_200, size.schools // 17)))
    schools = _schools(rng, size.schools, communes)
    return Records(
        size, communes, schools, _contacts(rng, size.contacts, schools, communes), _scripts(rng, size.scripts)
    )


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split("|"))


_PEOPLE: Final = _names(
    "Nguyễn Du|Lê Lợi|Trần Phú|Nguyễn Trãi|Lý Thường Kiệt|Quang Trung|Lê Hồng Phong|Võ Thị Sáu|Kim Đồng|"
    "Hùng Vương|Trần Hưng Đạo|Nguyễn Huệ|Phan Bội Châu|Phan Chu Trinh|Lê Quý Đôn|Chu Văn An|Ngô Quyền|"
    "Đinh Tiên Hoàng|Bà Triệu|Hai Bà Trưng|Nguyễn Văn Trỗi|Lê Văn Tám|Trần Quốc Toản|Nguyễn Bỉnh Khiêm|"
    "Nguyễn Thị Minh Khai|Hoàng Hoa Thám|Nguyễn Tất Thành|Trường Chinh|Tô Hiệu|Lương Thế Vinh|Lê Thánh Tông|"
    "Nguyễn Công Trứ|Hoàng Văn Thụ|Phan Đình Phùng|Nguyễn Đình Chiểu|Tô Vĩnh Diện|Bế Văn Đàn|La Văn Cầu|"
    "Phan Đình Giót|Nguyễn Viết Xuân|Lê Lai|Đoàn Thị Điểm|Hồ Xuân Hương|Mạc Đĩnh Chi|Nguyễn Khuyến|"
    "Lê Đình Chinh|Trần Văn Ơn|Nguyễn Bá Ngọc|Ngô Gia Tự|Hà Huy Tập|Nguyễn Văn Cừ|Lê Duẩn|Phạm Hồng Thái|"
    "Huỳnh Thúc Kháng|Cao Bá Quát|Đào Duy Từ|Nguyễn Thái Học|Lý Tự Trọng|Trần Đại Nghĩa|"
    "Tôn Đức Thắng|Phạm Văn Đồng|Võ Nguyên Giáp|Nguyễn Chí Thanh|Trần Quang Khải|Yết Kiêu|Dã Tượng|"
    "Lê Hữu Trác|Bùi Thị Xuân|Thái Phiên|Trưng Vương|Âu Cơ|Lạc Long Quân|An Dương Vương|Nguyễn Hiền|"
    "Nguyễn Trường Tộ|Phù Đổng|Bạch Đằng|Chi Lăng|Đống Đa|Hoà Bình|Thống Nhất|Độc Lập|Tự Do"
)
_FLOWERS: Final = _names(
    "Hoa Hồng|Hoa Mai|Hoa Sen|Họa Mi|Sơn Ca|Măng Non|Tuổi Thơ|Ánh Dương|Hướng Dương|Vành Khuyên|Sao Mai|"
    "Bông Sen|Hoa Phượng|Hoa Cúc|Bình Minh|Rạng Đông|Hoàng Yến|Búp Măng|Hoa Ban|Hoa Lan|Hoa Đào|Bé Ngoan|"
    "Thiên Thần Nhỏ|Mầm Xanh|Sóc Nâu|Thỏ Ngọc|Hải Âu|Vàng Anh|Bồ Câu|Thủy Tiên|Ban Mai|Tuổi Hồng"
)
_FIRST: Final = _names(
    "An|Bình|Cẩm|Châu|Đại|Đông|Đức|Gia|Hà|Hải|Hiệp|Hòa|Hồng|Hưng|Khánh|Kim|Lạc|Long|Lộc|Mỹ|Nam|Nghĩa|Ngọc|"
    "Phong|Phú|Phước|Quảng|Sơn|Tam|Tân|Tây|Thạch|Thanh|Thiện|Thọ|Thuận|Tiên|Trung|Trường|Tường|Vạn|Vân|Vĩnh|Xuân|Yên"
)
_SECOND: Final = _names(
    "An|Bình|Cường|Dương|Đình|Định|Giang|Hà|Hải|Hậu|Hòa|Hội|Hưng|Khê|Lâm|Lạc|Lập|Lộc|Lợi|Minh|Mỹ|Nghĩa|Ninh|"
    "Phong|Phú|Phúc|Quang|Quý|Sơn|Tân|Thắng|Thành|Thịnh|Thọ|Thủy|Tiến|Trạch|Trung|Vinh|Xá|Xuân"
)
_AREAS: Final = tuple(code[1:] for code in AREA_CODES)
_CARRIERS: Final = _names("32|35|38|70|79|81|86|90|91|93|97|98")
_LEVELS: Final = (("MN", 28), ("TH", 34), ("THCS", 24), ("THPT", 8), ("TH&THCS", 6))


def place_name(rng: Random) -> str:
    """A made-up name of a place."""
    return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"


def _communes(rng: Random, count: int) -> tuple[Commune, ...]:
    found = list(shipped())
    taken = {(commune.name, commune.province) for commune in found}
    provinces = shipped_provinces()
    while len(found) < count:
        province = provinces[len(found) % len(provinces)]
        name = f"{rng.choice(('Xã', 'Xã', 'Xã', 'Phường'))} {place_name(rng)}"
        if (name, province.name) in taken:
            continue
        taken.add((name, province.name))
        old = (*(f"Xã {place_name(rng)}" for _ in range(2)), f"Huyện {rng.choice(province.districts)}")
        found.append(Commune(f"9{len(found):05}", name, province.name, tuple(dict.fromkeys(old))))
    return tuple(found)


def _schools(rng: Random, count: int, communes: tuple[Commune, ...]) -> tuple[School, ...]:
    levels, weights = zip(*_LEVELS, strict=True)
    found: dict[tuple[str, str, str], School] = {}
    while len(found) < count:
        level = rng.choices(levels, weights)[0]
        commune = rng.choice(communes)
        kind = rng.random()
        if level == "MN" and kind < 0.6:
            name = rng.choice(_FLOWERS)
        elif kind < 0.55:
            name = rng.choice(_PEOPLE)
        elif kind < 0.8:
            name = commune.name.split(" ", 1)[1]
        else:
            name = place_name(rng)
        if kind > 0.93:
            name = f"{name} {rng.randint(1, 3)}"
        key = (level, fold(name), commune.code)
        districts = [old for old in commune.old_names if old.startswith(("Huyện", "Thành phố", "Thị xã"))]
        aliases = (f"{place_name(rng)}",) if rng.random() < 0.05 else ()
        found.setdefault(
            key,
            School(
                id=str(len(found) + 1),
                level=level,
                name=name,
                commune=commune.name,
                commune_code=commune.code,
                old_district=districts[0] if districts else "",
                province=commune.province,
                aliases=aliases,
            ),
        )
    return tuple(found.values())


def _contacts(
    rng: Random, count: int, schools: tuple[School, ...], communes: tuple[Commune, ...]
) -> tuple[Contact, ...]:
    found: dict[str, Contact] = {}
    while len(found) < count:
        number = len(found) + 1
        if number % 12 == 0:
            commune = rng.choice(communes)
            owner = Owner(
                OwnerKind.POLICE,
                f"police:{commune.code}",
                f"Công an {commune.name}",
                commune_code=commune.code,
            )
        else:
            school = schools[number % len(schools)]
            owner = Owner(
                OwnerKind.SCHOOL,
                school.id,
                f"Trường {school.level} {school.name}",
                f"{school.level} {school.name}",
                school.commune_code,
            )
        key = _landline(rng) if rng.random() < 0.7 else _mobile(rng)
        found.setdefault(
            key,
            Contact(
                id=str(number),
                kind=IdentifierKind.NUMBER,
                key=key,
                owner=owner,
                label="đường dây nóng",
                printed=f"0{key[3:]}",
                hours="T2-T6 07:00-17:00" if number % 3 else "",
                verified_at=VERIFIED,
            ),
        )
    return tuple(found.values())


def _landline(rng: Random) -> str:
    area = rng.choice(_AREAS)
    return f"+84{area}{rng.choice('23456')}{rng.randrange(10 ** (10 - len(area) - 2)):0{10 - len(area) - 2}}"


def _mobile(rng: Random) -> str:
    return f"+84{rng.choice(_CARRIERS)}{rng.randrange(10**7):07}"


def _indicators(count: int) -> Iterator[Indicator]:
    rng = Random(SEED + 1)  # noqa: S311 - records, not secrets
    seen: set[int] = set()
    for number in range(1, count + 1):
        part = number % 20
        if part == 0:
            kind = IdentifierKind.LINK
            key = f"{fold_host(place_name(rng))}-{number}.{rng.choice(('top', 'xyz', 'vip', 'icu'))}"
        elif part < 3:
            kind, key = IdentifierKind.BANK_ACCOUNT, f"970436:{1_000_000_000 + number}"
        else:
            kind = IdentifierKind.NUMBER
            digits = rng.randrange(10**8)
            while digits in seen:
                digits = rng.randrange(10**8)
            seen.add(digits)
            key = f"+84{'35789'[number % 5]}{digits:08}"
        yield Indicator(kind, key, IndicatorStatus.CONFIRMED, UNIT, VERIFIED, id=str(number))


def fold_host(name: str) -> str:
    """A name as part of a host."""
    return fold(name).replace(" ", "-")


def _scripts(rng: Random, count: int) -> tuple[Script, ...]:
    """Families made of sentences of many tellings: every sentence is shared by several scripts."""
    sentences: list[list[str]] = [[], [], []]
    for row in write_rows({"scam": max(60, min(4_000, count))}, seed=SEED):
        said = [part.strip() for part in row["text"].replace("\n", ". ").split(". ") if len(part) > 24]
        for at, sentence in enumerate(said):
            sentences[0 if at == 0 else 1 if at + 1 < len(said) else 2].append(sentence)
    found: list[Script] = []
    for number in range(count):
        middle = rng.sample(sentences[1] or sentences[0], min(2, len(sentences[1]) or 1))
        text = ". ".join((rng.choice(sentences[0]), *middle, rng.choice(sentences[2])))
        found.append(Script(f"bench:{number}", f"Kịch bản {number}", text, "other", "bản ghi dùng để đo"))
    return tuple(found)
