"""Writes scamcheck/data/communes.toml: the communes of one province and the names of every other place.

Run once after an administrative change, review the difference, commit it:

    python -m venv /tmp/units && /tmp/units/bin/pip install --no-deps vietnamadminunits==1.0.4
    .venv/bin/python -m scripts.generate_communes /tmp/units/lib/python3.*/site-packages

The package (MIT, see THIRD_PARTY.md) is read where it was installed and is not a dependency of this project.
Only names, codes and "was made from" are taken; its own address parser is not used, because it guesses.
"""

import json
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

PROVINCE = "Lâm Đồng"
VERSION = "1.0.4"
SOURCE = (
    "Resolution 202/2025/QH15 and the Standing Committee's resolutions on communes of June 2025; "
    f"codes of the statistics office; by way of vietnamadminunits {VERSION}"
)
TARGET = Path(__file__).parent.parent / "scamcheck" / "data" / "communes.toml"

# Districts merged into a neighbour shortly before districts were abolished (Đạ Huoai, 1 December 2024, by
# Resolution 1318/NQ-UBTVQH15); people still say them, the table no longer knows them.
EARLIER_DISTRICT = {
    "Huyện Đạ Tẻh": ("Xã Đạ Tẻh", "Xã Đạ Tẻh 2", "Xã Đạ Tẻh 3"),
    "Huyện Cát Tiên": ("Xã Cát Tiên", "Xã Cát Tiên 2", "Xã Cát Tiên 3"),
}


def main() -> None:
    """Read the package's tables below the folder given and write the TOML file."""
    package = Path(sys.argv[1]) / "vietnamadminunits" / "data"
    converter: dict[str, Any] = json.loads((package / "converter_2025.json").read_text(encoding="utf-8"))
    tables = sqlite3.connect(f"file:{package / 'dataset.db'}?mode=ro", uri=True)
    lines = [
        f"# Written by scripts/generate_communes.py from the tables of vietnamadminunits {VERSION} (MIT).",
        "# A commune that was divided is listed under every commune that took a part of it.",
        "as_of = 2025-07-01",
        f"source = {quoted(SOURCE)}",
        "",
        *communes(tables, converter),
        *provinces(tables, converter),
    ]
    TARGET.write_text("\n".join(lines), encoding="utf-8")


def communes(tables: sqlite3.Connection, converter: dict[str, Any]) -> list[str]:
    """The communes of the province, each with the communes, districts and province it was made from."""
    key = tables.execute(
        "select distinct provinceKey from admin_units where provinceShort = ?", (PROVINCE,)
    ).fetchone()[0]
    parts: dict[str, list[str]] = defaultdict(list)
    for new, old_keys in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][key].items():
        parts[new] += old_keys
    for old_key, pieces in converter["DICT_PROVINCE_WARD_DIVIDED"].get(key, {}).items():
        for piece in pieces:
            parts[piece["newWardKey"]].append(old_key)
    old = {
        f"{province_key}_{district_key}_{ward_key}": (ward, district, province)
        for province_key, district_key, ward_key, ward, district, province in tables.execute(
            "select provinceKey, districtKey, wardKey, ward, district, provinceShort from admin_units_legacy"
        )
    }
    lines: list[str] = []
    for code, name, ward_key in tables.execute(
        "select wardCode, ward, wardKey from admin_units where provinceShort = ? order by wardCode",
        (PROVINCE,),
    ):
        made_from = [old[part] for part in parts[ward_key] if part in old]
        missing = [part for part in parts[ward_key] if part not in old]
        if missing:
            print(f"{name}: not in the table of old communes: {missing}", file=sys.stderr)
        districts = sorted({district for _, district, _ in made_from})
        districts += [earlier for earlier, names in EARLIER_DISTRICT.items() if name in names]
        lines += [
            "[[commune]]",
            f"code = {quoted(code)}",
            f"name = {quoted(name)}",
            f"province = {quoted(PROVINCE)}",
            f"communes = {listed(sorted({ward for ward, _, _ in made_from if ward}))}",
            f"districts = {listed(districts)}",
            f"provinces = {listed(sorted({province for _, _, province in made_from}))}",
            "",
        ]
    return lines


def provinces(tables: sqlite3.Connection, converter: dict[str, Any]) -> list[str]:
    """Every province, the provinces it was made from and their districts: to know a place as *elsewhere*."""
    short = dict(tables.execute("select distinct provinceKey, provinceShort from admin_units_legacy"))
    lines: list[str] = []
    for key, name in tables.execute(
        "select distinct provinceKey, provinceShort from admin_units order by provinceCode"
    ):
        olds = [old for old in converter["DICT_PROVINCE"][key] if old in short]
        districts = sorted(
            {
                district
                for old in olds
                for (district,) in tables.execute(
                    "select distinct districtShort from admin_units_legacy where provinceKey = ?", (old,)
                )
                if district and not district.isdigit()
            }
        )
        lines += [
            "[[province]]",
            f"name = {quoted(name)}",
            f"provinces = {listed(sorted(short[old] for old in olds))}",
            f"districts = {listed(districts)}",
            "",
        ]
    return lines


def quoted(text: str) -> str:
    """A TOML string, composed letters, plain apostrophe."""
    return json.dumps(unicodedata.normalize("NFC", text).replace("’", "'"), ensure_ascii=False)


def listed(texts: list[str]) -> str:
    """A TOML array on one line."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


if __name__ == "__main__":
    main()
