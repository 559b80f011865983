"""Which school a text names: offered when named, alone only when beyond doubt, none when none is meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck import name_index, thresholds
from scamcheck.claims import find_claims
from scamcheck.knowledge import School
from scamcheck.places import shipped
from scamcheck.schools import SchoolIndex
from scamcheck.text import read
from tests.core.registry import make_index

INDEX = make_index()


def offered(text: str) -> list[str]:
    message = read(text)
    return [candidate.school.id for candidate in INDEX.candidates(message, find_claims(message))]


def full(text: str) -> list[str]:
    message = read(text)
    return [found.school.id for found in INDEX.candidates(message, find_claims(message)) if found.full]


def searched(query: str) -> list[str]:
    return [candidate.school.id for candidate in INDEX.search(query)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # The same name, told apart by level and by place, new or old.
        ("trường Ngô Gia Tự", {"ngu1", "ngu2", "ngu3", "ngu4", "ngu5", "ngu6", "far1"}),
        ("ngo gia tu gia nghia", {"ngu1", "ngu2"}),
        ("gia nghia ngo gia tu", {"ngu1", "ngu2"}),
        ("thcs ngô gia tự đắk mil", {"ngu3"}),
        ("thcs ngo gia tu h.dak mil", {"ngu3"}),
        ("THPT Ngô Gia Tự tỉnh Đắk Nông cũ", {"ngu4"}),
        ("ngô gia tự q1", {"far1"}),
        ("ngô gia tự quận 1 sài gòn", {"far1"}),
        ("ngô gia tự bảo lộc", {"ngu6"}),
        ("Ngô Gia Tự phường 1 Bảo Lộc", {"ngu6"}),
        ("Tiểu học Mạc Thị Bưởi xã Nam Xuân", {"old1"}),
        ("tiểu học nam xuân", {"old1"}),
        ("cấp 2 thị trấn Đắk Mil", {"ngu3", "nt1"}),
        ("thị trấn Đắk Mil cấp 2", {"ngu3", "nt1"}),
        ("tô hiệu đức an", {"code"}),
        # Levels as people write them.
        ("c2 ngô gia tự", {"ngu1", "ngu3", "ngu5", "far1"}),
        ("ngô gia tự cấp 1", {"ngu2", "ngu5"}),
        ("trường Ngô Gia Tự cấp 3 bảo lộc", {"ngu6"}),
        ("cấp 1 và 2 ngô gia tự", {"ngu5"}),
        ("TH & THCS Ngô Gia Tự", {"ngu5"}),
        ("ngô gia tự cấp 1 2", {"ngu5"}),
        ("mn bông sen", {"bon1", "bon2"}),
        ("mẫu giáo 3 cư jút", {"bon1"}),
        ("trường ptdtnt n trang guh", {"nt2"}),
        ("dan toc noi tru dak mil", {"nt1"}),
        ("trường nội trú gia nghĩa", {"nt2"}),
        ("trường dân tộc nội trú lạc dương", {"nt3"}),
        ("PTDTBT N'Trang Gưh", {"bt1"}),
        ("trung tâm giáo dục thường xuyên Đắk Mil", {"tx1"}),
        ("thpt đắc mil", {"mil1", "nt1"}),
        ("thpt dak mil đức lập pt", {"mil1", "nt1"}),
        # A class says the level.
        ("lớp 4/2 trường Ngô Gia Tự", {"ngu2", "ngu5"}),
        ("10C2 trường ngô gia tự", {"ngu4", "ngu6"}),
        ("bé học lớp lá trường Bông Sen", {"bon1", "bon2"}),
        ("cháu lớp 9A1 Ngô Gia Tự Đắk Mil bị ngã", {"ngu3"}),
        ("lớp 12 trường Bông Sen", set()),
        # Written carelessly.
        ("truong ng gia tu dak mil", {"ngu3"}),
        ("trường n.gia tự đắk mil", {"ngu3"}),
        ("thcs ngt đắk mil", {"ngu3"}),
        ("thcs ngogiatu dakmil", {"ngu3"}),
        ("thcs ngô dza tự đức lập", {"ngu3"}),
        ("trường phan chu chinh la gi", {"phan"}),
        ("phan châu chinh la gi", {"phan"}),
        ("lê viết thuậc quảng khê", {"khe1"}),
        ("THPT Lê Viết Thuật", {"khe1"}),
        ("trường mac thi buowi", {"old1"}),
        ("mac thi buowi", {"old1"}),
        ("trường Mạc Thj Bưởi", {"old1"}),
        ("trường ngô gia tự gia ngĩa", {"ngu1", "ngu2"}),
        ("trường ngô gia tự huyện krôg nô", {"ngu4"}),
        ("mn 20/10", {"ngay"}),
        ("trường mầm non 20-10 đơn dương", {"ngay"}),
        # In whole messages.
        ("con anh học THPT Ngô Gia Tự Bảo Lộc bị ngã cầu thang, chuyển gấp 20tr", {"ngu6"}),
        ("Trường Tiểu học Lê Tân, xã Di Linh thông báo nghỉ học", {"tan1"}),
        ("mẹ ơi con ở trường Trường Chinh đau bụng quá", {"chi1"}),
        ("con tôi học ở Lê Viết Thuật có sao không", {"khe1"}),
        ("trường ngo gia tu gia nghia của con tôi số mấy", {"ngu1", "ngu2"}),
        ("cho em xin số trường Trần Quốc Tuấn với ạ", {"toan"}),
        ("trường THCS Trần Quốc Tuấn và trường tiểu học Lê Tài đều bị gọi", {"toan", "tai1"}),
        ("tr.ườ.ng tiểu h0c Lê Tân", {"tan1"}),
        ("cho hỏi ngô gia tự đắk mil", {"ngu3"}),
        ("chuyển cho trường Lê Viết Thuật 3 triệu", {"khe1"}),
        # A name that is a place is a school only with its level.
        ("Trường Đắk Mil", {"mil1", "nt1", "tx1", "ngu3"}),
        ("đắk mil", set()),
    ],
)
def test_the_schools_a_text_names_are_offered(text: str, ids: set[str]) -> None:
    assert set(offered(text)) == ids


@pytest.mark.parametrize(
    "text",
    [
        "xe tông ở ngã tư Ngô Gia Tự - Lê Tân",
        "nhà số 12 Ngô Gia Tự",
        "đường Ngô Gia Tự",
        "anh Ngô Gia Tự gọi",
        "tôi tên Trần Quốc Tuấn",
        "em Trần Quốc Tuấn",
        "cô hiệu trưởng Lê Tân",
        "hieu truong le tan",
        "chợ Đắk Mil hôm nay đông quá",
        "công an xã Krông Nô mời lên làm việc",
        "bệnh viện Ngô Gia Tự",
        "quán Bông Sen",
        "trung tâm anh ngữ Bông Sen",
        "trường Cao đẳng Ngô Gia Tự",
        "20/10 này họp phụ huynh",
        "20/10",
        "mẫu giáo 3 giờ chiều tan học",
        "cô giáo chủ nhiệm lớp 4/2 gọi báo con ngất",
        "con mình học lớp lá",
        "trường con ở đâu",
        "trường",
        "tiểu học",
        "cảm ơn ad",
        "",
        # Not in the registry: another name, level or place is another school.
        "TH Lê Tấn Bê",
        "trường Lê Tai Ương",
        "THPT Lê Tân",
        "TH&THCS Lê Tân",
        "thcs Trần Quốc Toản",
        "TH Lê Tôn",
        "tiểu học Lê Tân 2",
        "trường Lê Tân\nthông báo: trường Lê Tuyến",
        "THCS Ngô Gia Tự Hà Nội",
        "trường Ngô Gia Tự xã Mường Tè",
        "trường Ngô Gia Tự huyện Xa Lắc",
        "bé học trường Lê Tân Phú Thứ nhé các mẹ ơi",
        "trường Bông Sen Hồng bị mất điện rồi mọi người",
        "trường nội trú ở đâu xa lắm",
        "truong thi xa",
    ],
)
def test_nothing_is_offered_when_no_school_of_the_registry_is_named(text: str) -> None:
    assert [id_ for id_ in offered(text) if not (id_ == "tan1" and "\n" in text)] == []


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("trường THCS Ngô Gia Tự phường Bắc Gia Nghĩa", "ngu1"),
        ("thpt ngo gia tu bao loc", "ngu6"),
        ("TIỂU HỌC LÊ TÂN DI LINH", "tan1"),
        ("Trường THCS Trần Quốc Tuấn (Nâm Nung) gọi phụ huynh", "toan"),
        ("mẫu giáo Bông Sen Cư Jút", "bon1"),
    ],
)
def test_a_school_is_chosen_alone_when_level_name_and_place_say_so(text: str, id_: str) -> None:
    assert full(text) == [id_]


@pytest.mark.parametrize(
    "text",
    [
        "trường Ngô Gia Tự Bắc Gia Nghĩa",  # no level
        "THPT Lê Viết Thuật",  # no place
        "THPT Ngô Gia Tự tỉnh Đắk Nông",  # a province is no place to be sure of
        "thcs ngô gia tự",  # several
        "TH Mạc Thị Bưởi xã Nam Xuân",  # an old commune may be split
        "cấp 2 Ngô Gia Tự Tà Đùng",  # the school has another level too
        "thcs ngô dza tự đức lập",  # the name as heard
        "trường thcs ng gia tự đức lập",  # the name shortened
        "thcs Ngô Gia Tự xã Đắk Mil",  # the old town Đắk Mil is not the commune Đắk Mil
        "lớp 9 trường Trần Quốc Tuấn Nâm Nung",  # the class is the caller's word
    ],
)
def test_a_doubt_ends_in_a_question(text: str) -> None:
    assert offered(text) != []
    assert full(text) == []


def test_two_schools_named_in_full_are_both_asked_about() -> None:
    text = "trường tiểu học Lê Tân Di Linh và trường tiểu học Lê Tài Di Linh"

    assert set(offered(text)) == {"tan1", "tai1"}
    assert full(text) == []


def test_the_school_of_the_very_level_comes_first() -> None:
    assert offered("TH Ngô Gia Tự")[0] == "ngu2"


def test_a_place_said_elsewhere_comes_first() -> None:
    assert offered("em ở Tà Đùng, con em học trường Ngô Gia Tự đang bị gọi")[0] == "ngu5"
    assert offered("con học trường Ngô Gia Tự, nhà em bên Tà Đùng")[0] == "ngu5"


def test_accents_decide_between_names_that_differ_in_nothing_else() -> None:
    schools = [
        School("a", "TH", "Trường Tiểu học Hòa Mai", "Xã Di Linh", None, "", "Lâm Đồng"),
        School("b", "TH", "Trường Tiểu học Hoa Mai", "Xã Di Linh", None, "", "Lâm Đồng"),
    ]

    found = SchoolIndex(schools, shipped()).candidates(read("tiểu học Hoa Mai Di Linh"))

    assert [candidate.school.id for candidate in found] == ["b", "a"]
    assert not any(candidate.full for candidate in found)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ngo gia tu gia nghia", {"ngu1", "ngu2"}),
        ("trường ngô gia tự đắk mil", {"ngu3"}),
        ("à là cái trường gần chợ ấy, Lê Viết Thuật đó", {"khe1"}),
        ("đắk mil", {"mil1", "nt1", "tx1", "ngu3"}),
        ("thpt ở đức lập", {"mil1", "nt1"}),
        ("trường ở tà đùng", {"ngu5"}),
        ("le viet thuac", {"khe1"}),
        ("không nhớ", set()),
        ("", set()),
    ],
)
def test_a_reply_to_which_school_finds_more_than_a_message(query: str, ids: set[str]) -> None:
    assert set(searched(query)) == ids


def test_search_keeps_to_its_limit() -> None:
    assert len(INDEX.search("ngô gia tự", limit=3)) == 3


def test_aliases_that_say_nothing_new_are_passed_over() -> None:
    aliases = ("Trường Tiểu học Tô Hiệu", "Trường Tiểu học", "Trường Tiểu học Nghĩa Lộ")
    index = SchoolIndex([School("a", "TH", "Trường TH Tô Hiệu", "Xã Di Linh", None, "", "", aliases)], ())

    assert [found.school.id for found in index.search("nghĩa lộ")] == ["a"]
    assert [found.school.id for found in index.search("tô hiệu")] == ["a"]


def test_an_empty_registry_answers_nothing() -> None:
    empty = SchoolIndex((), ())

    assert empty.candidates(read("trường THCS Ngô Gia Tự Đắk Mil")) == ()
    assert empty.search("ngô gia tự") == ()


def make_many(count: int) -> list[School]:
    syllables = [
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Giang",
        "Hải",
        "Khang",
        "Lâm",
        "Minh",
        "Nam",
        "Phong",
        "Quân",
        "Sơn",
    ]
    names = [f"{a} {b} {c}" for a in syllables for b in syllables for c in syllables]
    communes = [commune.name for commune in shipped()]
    return [
        School(
            f"{at}",
            "TH",
            f"Trường Tiểu học {names[at % len(names)]}",
            communes[at % 124],
            None,
            "",
            "Lâm Đồng",
        )
        for at in range(count)
    ]


def test_the_work_for_a_mistyped_name_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []
    ratio = name_index.ratio

    def counted(a: str, b: str, *, cutoff: float = 0.0) -> float:
        scored.append(a)
        return ratio(a, b, cutoff=cutoff)

    index = SchoolIndex(make_many(4000), shipped())
    monkeypatch.setattr(name_index, "ratio", counted)

    index.candidates(read("trường tiểu học Binhf Khangg Phongg Di Linh"))

    looks = len(set(scored))
    assert 0 < looks <= 3 * thresholds.MAX_NAME_CANDIDATES


def test_a_name_of_hundreds_of_schools_gives_a_bounded_list() -> None:
    communes = [commune.name for commune in shipped()]
    same = [
        School(f"{at}", "TH", "Trường Tiểu học Tô Hiệu", communes[at % 124], None, "", "Lâm Đồng")
        for at in range(999)
    ]
    index = SchoolIndex(same, shipped())

    everywhere = index.candidates(read("trường Tô Hiệu"))
    here = index.candidates(read("trường Tô Hiệu xã Di Linh"))

    assert len(everywhere) == thresholds.MAX_SCHOOL_CANDIDATES
    assert {candidate.school.commune for candidate in here} == {"Xã Di Linh"}


WORDS = st.sampled_from(
    [
        "trường",
        "thcs",
        "c2",
        "cấp",
        "2",
        "-",
        ",",
        ".",
        "học",
        "lớp",
        "4/2",
        "lá",
        "Ngô",
        "Gia",
        "Tự",
        "Đắk",
        "Mil",
        "xã",
        "huyện",
        "tỉnh",
        "ở",
        "cũ",
        "20/10",
        "Bông",
        "Sen",
        "và",
        "nội",
        "trú",
        "TH",
        "\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=20).map(" ".join)))
def test_no_text_breaks_the_search(text: str) -> None:
    message = read(text)
    candidates = INDEX.candidates(message, find_claims(message))

    assert sum(candidate.full for candidate in candidates) <= (len(candidates) == 1)
    assert len(INDEX.search(text)) <= 8
