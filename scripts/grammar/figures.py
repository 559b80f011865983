"""Makes the figures in a text: amounts as people write them, accounts, phone numbers, links, dates."""

from collections.abc import Mapping
from random import Random

from scripts.grammar.expand import Maker, read_grammar

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_NAMES = read_grammar("words.toml")["names"]
_BANKS, _FAMILIES, _GIVEN = (_NAMES[kind].split("|") for kind in ("banks", "families", "given"))


def in_words(number: int) -> str:
    """Say 1 to 999 as a Vietnamese speaker does: 25 is "hai mươi lăm", 41 "bốn mươi mốt"."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = [_DIGITS[hundreds], "trăm"] if hundreds else []
    if not tens:
        if hundreds and ones:
            said.append("linh")
        return " ".join([*said, _DIGITS[ones]] if ones or not hundreds else said)
    said += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        said.append("lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else _DIGITS[ones])
    return " ".join(said)


def _spoken(thousands: int) -> str:
    millions, rest = divmod(thousands, 1000)
    parts = [f"{in_words(millions)} triệu"] if millions else []
    if rest:
        parts.append(f"{in_words(rest)} nghìn" if not millions or rest % 100 else _DIGITS[rest // 100])
    return " ".join(parts)


def _typed(rng: Random, thousands: int) -> str:
    millions, rest = divmod(thousands, 1000)
    full = f"{thousands * 1000:,}"
    if not millions:
        return rng.choice(
            (f"{rest}k", f"{rest} nghìn", f"{rest} ngàn", full.replace(",", ".") + "đ", f"{rest}K")
        )
    tail = f"{rest // 100}" if rest and not rest % 100 else ""
    whole = [f"{millions} triệu", f"{millions}tr", f"{millions} củ", f"{millions} tr", f"{millions}trieu"]
    parted = [f"{millions}tr{tail}", f"{millions} triệu {tail}", f"{millions},{tail} triệu"] if tail else []
    long = [full.replace(",", ".") + "đ", full + " VND", full.replace(",", ".") + " đồng", f"{full}d"]
    return rng.choice(long + (parted if rest else whole * 2))


def _money(thousands: tuple[int, ...], *, spoken: bool) -> Maker:
    def make(rng: Random) -> str:
        amount = rng.choice(thousands)
        return _spoken(amount) if spoken or rng.random() < 0.12 else _typed(rng, amount)

    return make


def phone(rng: Random) -> str:
    """Return a mobile number of the blocks kept for examples, in one of the usual notations."""
    triples = [f"{rng.randrange(1000):03}" for _ in range(2)]
    return rng.choice((" ", ".", "", "", "-")).join((rng.choice(("0530", "0531")), *triples))


def landline(rng: Random) -> str:
    """Return a landline of the example block 0261 0xx xxxx."""
    return f"0261 0{rng.randrange(100):02} {rng.randrange(10000):04}"


def account(rng: Random) -> str:
    """Return an invented account number with or without its bank and holder."""
    number = f"53{rng.randrange(10 ** rng.choice((7, 8, 10, 11))):07}"
    if rng.random() < 0.3:
        number = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    holder = f"{rng.choice(_FAMILIES)} {rng.choice(_GIVEN)}"
    holder = rng.choice((holder, holder.title(), holder.lower(), f"chủ TK {holder}", ""))
    parts = (number, rng.choice((*_BANKS, *_BANKS, "")), holder)
    return rng.choice((" ", " ", ", ", " - ")).join(part for part in parts if part)


def date(rng: Random) -> str:
    """Return a day of the year as notices print it."""
    day, month = rng.randrange(1, 29), rng.randrange(1, 13)
    return rng.choice((f"{day:02}/{month:02}", f"{day}/{month}", f"{day:02}/{month:02}/2026"))


def hour(rng: Random) -> str:
    """Return a time of day as people type it."""
    at, minute = rng.randrange(7, 22), rng.choice(("00", "15", "30", "45"))
    return rng.choice((f"{at}h", f"{at}h{minute}", f"{at}:{minute}", f"{at} giờ"))


def site_end(rng: Random) -> str:
    """Return what follows the imitated owner in an invented host, most often ending in `.example`."""
    word = rng.choice(
        ("xacminh", "capnhat", "hotro", "nhanthuong", "tracuu", "dangky", "baomat", "hoantien", "nopphi")
    )
    end = rng.choice(("example", "example", "example", "icu", "top", "cfd", "sbs"))
    path = rng.choice(("", "", f"/{rng.choice('abcdehkm')}{rng.randrange(100, 9999)}"))
    return f"{word}{rng.choice(('', rng.randrange(100)))}.{end}{path}"


def makers(*, spoken: bool) -> Mapping[str, Maker]:
    """Return what fills the figure slots; `spoken` says amounts in words, as on the phone."""
    big = (*range(8_000, 80_000, 1_000), *range(2_500, 20_000, 700), *(20_000, 30_000, 40_000, 50_000) * 6)
    small = (*range(50, 1_000, 25), 1_200, 1_500, 2_000, 2_300, 3_000)
    fees = (*range(90, 990, 15), 1_150, 1_280, 1_620, 2_400, 3_150, 5_600)
    return {
        "amount": _money(big, spoken=spoken),
        "small": _money(small, spoken=spoken),
        "fee": _money(fees, spoken=spoken),
        "huge": _money(tuple(range(80_000, 600_000, 20_000)), spoken=spoken),
        "phone": phone,
        "landline": landline,
        "account": account,
        "site_end": site_end,
        "date": date,
        "hour": hour,
        "code": lambda rng: f"{rng.randrange(10**6):06}",
        "tail": lambda rng: f"{rng.randrange(10**4):04}",
        "mark": lambda rng: f"{rng.randrange(5, 10)}.{rng.choice('0258')}",
        "number": lambda rng: str(rng.randrange(2, 31)),
        "balance": lambda rng: f"{rng.randrange(10, 20000) * 1000 + rng.randrange(1000):,} VND",
        "class": lambda rng: f"{rng.randrange(1, 13)}{rng.choice('ABCA/')}{rng.randrange(1, 9)}",
    }
