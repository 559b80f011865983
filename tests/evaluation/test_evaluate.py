"""scripts/evaluate reads any labelled file, tells its kind by the fields and scores it as documented."""

import json
from pathlib import Path

import pytest

from scripts.evaluation import document, overlap, texts
from scripts.evaluation.__main__ import main, own_overlap
from scripts.evaluation.figures import Rate
from scripts.evaluation.rows import Kind, UnknownRow, kind_of, read_rows

SCAM = "Con chị cấp cứu ở bệnh viện tỉnh, chuyển gấp 30 triệu vào stk 5310998877 để mổ, đừng báo ai"
ROWS: list[dict[str, object]] = [
    {"id": "a1", "text": SCAM, "label": "scam", "scenario": "child", "voice": "message", "style": "plain"},
    {"id": "a2", "text": "ok", "label": "legit", "scenario": "chat", "difficulty": "easy", "style": "very_short"},
    {"id": "a3", "text": "Mẹ nấu cơm chưa", "label": "legit", "scenario": "chat", "difficulty": "easy", "style": "plain"},
    {"id": "a4", "text": "Giảm giá 50% áo mưa", "label": "spam", "scenario": "advert"},
    {"id": "a5", "text": SCAM, "label": "legit", "scenario": "chat", "ambiguous": True, "difficulty": "hard"},
    {"id": "n1", "text": "gọi 0912 345 678 nhé", "expect": {"phones": ["+84912345678"], "accounts": [], "urls": []}, "kind": "mobile"},
    {"id": "n2", "text": "không có số nào", "expect": {"phones": ["+84912345678"], "accounts": [], "urls": [], "hard": True}, "kind": "mobile"},
    {"id": "k1", "official": "+842613546278", "official_name": "Trường Ví Dụ", "seen": "0261 3546 278", "expect": "same"},
    {"id": "k2", "official": "+842613546278", "official_name": "Trường Ví Dụ", "seen": "0261 3546 287", "expect": "lookalike"},
    {"id": "k3", "official": "+842613546278", "official_name": "Trường Ví Dụ", "seen": "0912 345 678", "expect": "different"},
    {"type": "school", "key": "s1", "level": "THCS", "name": "Trường THCS Ví Dụ Sao Mai", "commune": "Xã Đức Lập", "old_district": "Huyện Đắk Mil", "province": "Lâm Đồng"},
    {"type": "query", "id": "q1", "text": "trường THCS Ví Dụ Sao Mai xã Đức Lập", "expect": ["s1"], "must_not": [], "kind": "plain"},
    {"type": "query", "id": "q2", "text": "hôm nay trời đẹp", "expect": [], "must_not": ["s1"], "kind": "none"},
]  # fmt: skip


@pytest.fixture(name="file")
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_the_kind_is_seen_from_the_fields() -> None:
    assert [kind_of(row) for row in (ROWS[0], ROWS[5], ROWS[7], ROWS[10], ROWS[11])] == [
        Kind.TEXT,
        Kind.NUMBER,
        Kind.LOOKALIKE,
        Kind.SCHOOL,
        Kind.SCHOOL,
    ]


def test_a_row_of_no_kind_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text('\n{"colour": "blue"}\n', encoding="utf-8")

    with pytest.raises(UnknownRow, match=r"odd\.jsonl:2: .*colour"):
        read_rows([path])


def test_the_figures_come_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(file)]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["texts"]["recall"] == 1
    assert report["texts"]["false_alarm"] == 0
    assert report["texts"]["others"] == 2
    assert report["texts"]["without_very_short"]["false_alarm"]["of"] == 1
    assert report["texts"]["by_scenario"]["scam: child"]["rate"] == 1
    assert report["texts"]["ambiguous_flagged"]["of"] == 1
    assert report["texts"]["spam_flagged"]["of"] == 1
    assert report["numbers"]["exact"] == 0.5
    assert report["numbers"]["wrong"] == 0
    assert report["numbers"]["hard"]["rate"] == 0
    assert report["lookalikes"]["recall"] == 1
    assert report["lookalikes"]["same"]["rate"] == 1
    assert report["lookalikes"]["false_alarm"] == 0
    assert report["schools"]["offered"] == 1
    assert report["schools"]["wrong_alone"] == 0


def test_the_figures_come_as_tables(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file)]) == 0

    printed = capsys.readouterr().out
    for title in ("TEXTS", "NUMBERS", "LOOK-ALIKES", "SCHOOLS", "misread n2"):
        assert title in printed


def test_a_missing_file_is_told_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_rates_carry_wilsons_interval() -> None:
    rate = Rate(of=10, hits=9)
    low, high = rate.interval

    assert rate.value == 0.9
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Rate().interval == (0, 1)
    assert Rate().as_text() == "-"


def test_what_trains_never_tests() -> None:
    found = own_overlap()

    assert found.trained_on.of > 600
    assert found.trained_on.hits == 0
    assert found.near_duplicates.hits == 0
    assert "0/" in "\n".join(overlap.lines(found))


def test_the_document_shows_figures_and_no_text() -> None:
    rows: list[dict[str, object]] = [row for row in ROWS if "label" in row]
    figures = texts.measure([rows])
    written = document.document({"some texts": figures}, None, [(0.03, 1.5, 0.75)])

    assert "| some texts | 100.0%" in written
    assert "75.0%" in written
    assert "## What is not known" in written
    assert not [row for row in rows if len(str(row["text"])) > 20 and str(row["text"]) in written]


def test_a_document_of_one_kind_has_no_curve() -> None:
    assert "Recall against" not in document.document({"none": texts.TextFigures()}, None)
