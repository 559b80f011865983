"""Known scripts: found under other names and amounts, and nowhere else."""

import random
import re

import pytest

from scamcheck.knowledge import Script
from scamcheck.red_flags import Scenario
from scamcheck.scripts import ScriptIndex, masked, shipped, stretch_likeness, whole_likeness
from scamcheck.text import read
from scamcheck.thresholds import SCRIPT_MATCH_SCORE, SCRIPT_MIN_LETTERS

SLOTS = {
    "ten": ["Nguyễn Thị Bích Ngọc", "Khải", "Y Thuận", "Lê Hoàng Bảo Châu"],
    "benh_vien": ["Chợ Rẫy", "Đa khoa Đắk Nông", "Nhi đồng 1"],
    "tien": ["30 triệu", "25tr", "40.000.000đ", "một trăm triệu"],
    "stk": ["0530 112 233 (MB)", "5310998877"],
    "so": ["0530112233", "8.421"],
    "link": ["https://vi-du.example/x", "vi-du.top"],
    "ngan_hang": ["Agribank", "MB"],
    "gio": ["17h", "23:59"],
}
INDEX = ScriptIndex(shipped())


def make_script(text: str, *, id_: str = "s1") -> Script:
    return Script(id=id_, name="Thử", text=text, scenario="other")


def chances(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a repeatable disturbance


def filled(script: Script, chance: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: chance.choice(SLOTS[slot[1]]), script.text)


def disturbed(text: str, share: float, chance: random.Random) -> str:
    letters = list(text)
    for at in range(len(letters)):
        if chance.random() < share:
            letters[at] = chance.choice(
                ["", chance.choice("abcdeghiklmn "), letters[at] + chance.choice("aeiou")]
            )
    return "".join(letters)


def test_every_shipped_script_has_a_scenario_a_source_and_its_own_name() -> None:
    scripts = shipped()

    assert {script.scenario for script in scripts} <= {scenario.value for scenario in Scenario}
    assert all(script.source and script.name for script in scripts)
    assert len({script.id for script in scripts}) == len(scripts)


def test_every_scenario_but_the_catch_all_has_scripts() -> None:
    assert {script.scenario for script in shipped()} == {scenario.value for scenario in Scenario}


@pytest.mark.parametrize("script", shipped(), ids=lambda script: script.id)
def test_a_script_is_found_with_other_slots_and_a_fifth_of_its_letters_disturbed(script: Script) -> None:
    chance = chances(script.id)
    found = INDEX.candidates(read(disturbed(filled(script, chance), 0.2, chance)))

    assert script.id in [candidate.script.id for candidate in found]


def test_a_long_post_contains_a_script_and_a_stretch_of_one_is_enough() -> None:
    script = shipped()[0]
    text = filled(script, chances("post"))
    post = "Các bác xem giúp em tin này ạ, em nhận sáng nay lúc đang đi chợ, sợ quá. " * 4 + text
    half = text[: len(text) // 2]

    assert INDEX.candidates(read(post))[0].script.id == script.id
    assert INDEX.candidates(read(half))[0].script.id == script.id


def test_spacing_accents_and_case_do_not_matter() -> None:
    text = filled(shipped()[1], chances("form"))
    scores = {INDEX.candidates(read(form))[0].score for form in (text, text.upper(), text.replace(" ", "  "))}

    assert len(scores) == 1


@pytest.mark.parametrize(
    "unrelated",
    [
        "Ngày mai lớp mình đi dã ngoại ở hồ, ba mẹ chuẩn bị cho con mũ, nước uống và áo mưa nhé ạ, xe chạy lúc 6h45.",
        "Công ty cấp nước thông báo ngừng cấp nước từ 22h đến 4h sáng để sửa đường ống, bà con tích trữ nước dùng.",
        "Nhà trường mời phụ huynh khối sáu họp lúc bảy giờ rưỡi sáng chủ nhật tại hội trường để nghe kế hoạch năm học.",
        "Con chào mẹ, tuần này con thi xong môn cuối rồi, thứ sáu con bắt xe về, mẹ nấu canh chua cho con với nha mẹ.",
        "Bác sĩ hẹn tái khám sáng thứ hai, nhớ nhịn ăn từ tối hôm trước và mang theo phim chụp cũ với thẻ bảo hiểm.",
    ],
)
def test_unrelated_texts_match_nothing(unrelated: str) -> None:
    assert INDEX.candidates(read(unrelated)) == ()


def test_a_short_text_is_no_stretch_of_anything() -> None:
    assert INDEX.candidates(read("Con anh cấp cứu")) == ()
    assert stretch_likeness("a" * (SCRIPT_MIN_LETTERS - 1), "a" * 300) == 0


def test_wholes_far_apart_are_not_searched_for_a_stretch_and_near_ones_are() -> None:
    one = "kichbanthunghiem" * 6

    assert whole_likeness(one, one) == 100
    assert whole_likeness(one, "xyzwvu" * 16) == 0
    assert whole_likeness(one, one[:48] + "xyzwvu" * 8) is None
    assert whole_likeness(one, one * 2) is None


def test_a_disturbed_script_is_found_however_much_is_written_around_it() -> None:
    around = "Các bác xem giúp em tin này ạ, em nhận sáng nay lúc đang đi chợ, nhờ cả nhà chỉ giúp với. " * 12
    tried = [(script, share) for script in shipped() for share in (0.1, 0.2, 0.3, 0.4, 0.5, 1.0, 2.0)]
    lost: list[str] = []
    for script, share in tried:
        chance = chances(f"{script.id} {share}")
        text = disturbed(filled(script, chance), 0.2, chance)
        before = around[: int(len(text) * share * chance.random())]
        after = around[: int(len(text) * share) - len(before)]
        found = INDEX.candidates(read(f"{before} {text} {after}"))
        if script.id not in [candidate.script.id for candidate in found]:
            lost.append(f"{script.id} {share}")

    assert len(lost) <= len(tried) * 0.015, lost


def test_order_counts() -> None:
    script = make_script(
        "một hai ba bốn năm sáu bảy tám chín mười đây là kịch bản thử nghiệm của chúng ta hôm nay nhé"
    )
    words = script.text.split()
    index = ScriptIndex([script])

    assert index.candidates(read(script.text))[0].score == 100
    assert index.candidates(read(" ".join(sorted(words)))) == ()


def test_candidates_come_best_first() -> None:
    text = "Xin chào phụ huynh, đây là một kịch bản dùng để thử việc xếp thứ tự các kết quả tìm được trong danh sách."
    near = make_script(text.replace("thứ tự các kết quả", "hạng những mẩu tin"), id_="near")
    same = make_script(text, id_="same")

    found = ScriptIndex([near, same]).candidates(read(text))

    assert [candidate.script.id for candidate in found] == ["same", "near"]
    assert found[1].score >= SCRIPT_MATCH_SCORE


def test_masking_drops_slots_numbers_links_and_marks() -> None:
    assert masked("gui {tien} 30.000.000d qua https://a.top/x, so 0912-345-678!") == "guiquaso"
