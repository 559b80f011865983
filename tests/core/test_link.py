"""Links are read however they are dressed, keyed by host, and told from sentences."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.link import Link, defanged, find_links, lookup_keys


def hosts(text: str) -> list[str]:
    return [link.host for link in find_links(text)]


def only(text: str) -> Link:
    (link,) = find_links(text)
    return link


@pytest.mark.parametrize(
    "text",
    [
        "https://tra-cuu.top/dangnhap",
        "hxxps://tra-cuu[.]top/x",
        "hxxp[:]//tra-cuu[.]top",
        "h**ps://tra-cuu.top",
        "tra-cuu[.]top",
        "tra-cuu(.)top",
        "tra-cuu {.} top",
        "tra-cuu (dot) top",
        "tra-cuu[dot]top",
        "tra-cuu dot top",
        "tra-cuu chấm top",
        "tra-cuu (chấm) top",
        "vào tra-cuu . top nhé",
        "vào tra-cuu .top nhé",
        "vào tra-cuu. top nhé",
        "https://www.tra-cuu.top/",
        "WWW.TRA-CUU.TOP",
        "Tra-Cuu.Top",
        "(xem tại tra-cuu.top/tk)",
        "tra-cuu.top:8080/x",
        "tra-cuu.top?x=1",
        "Vào web:tra-cuu.top.",
        "'https://tra-cuu.top'",
        "**https://tra-cuu.top**",
        "https:/tra-cuu.top",
        "https//tra-cuu.top",
        "http:\\\\tra-cuu.top",
        "ftp://tra-cuu.top",
        "https://vietcombank.com.vn@tra-cuu.top/tk",
        "vietcombank.com.vn@tra-cuu.top/tk",
        "tra-cuu。top",
        "xem https://tra-cuu.top.Vui lòng đăng nhập",
        "tra-cuu . top . Vui lòng",
        "tra-cuu.top và lại tra-cuu.top/khac",
    ],
)
def test_a_link_in_any_dress_is_the_same_host(text: str) -> None:
    assert hosts(text) == ["tra-cuu.top"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tra cứu tại csgt.vn.Em cảm ơn", ["csgt.vn"]),
        ("vneid . gov . vn . dinh-danh . top", ["vneid.gov.vn.dinh-danh.top"]),
        ("thongtinhocsinh . com", ["thongtinhocsinh.com"]),
        ("xem http://bit.ly/abc và https://tra-cuu.vip/1", ["bit.ly", "tra-cuu.vip"]),
        ("http://103.27.1.5/login", ["103.27.1.5"]),
        ("103.27.1.5/login", ["103.27.1.5"]),
        ("http://1730871553/x", ["1730871553"]),
        ("t.me/abc, g.co/abc", ["t.me", "g.co"]),
        ("đọc dantri.com.vn, nganhang.com và 789.club", ["dantri.com.vn", "nganhang.com", "789.club"]),
        ("abc.pages.dev và vneid.web.app", ["abc.pages.dev", "vneid.web.app"]),
        ("thongtinlop.me", ["thongtinlop.me"]),
        ("https://tra-cuu.top.khongco", ["tra-cuu.top.khongco"]),
    ],
)
def test_hosts_are_read_whole(text: str, expected: list[str]) -> None:
    assert hosts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gửi mail nguyenvana@gmail.com",
        "abc.com@gmail.com",
        "Con học xong.Em về nhà",
        "con khoe roi.me goi lai nhe",
        "da chuyen tien.co giao goi",
        "Chào chị.Con chị bị tai nạn",
        "TP.HCM, Th.S Nguyễn Văn A, GS.TS, v.v...",
        "file hoadon.pdf, anh.zip, vneid.apk",
        "1.5tr và 30.000.000",
        "3.5.Top",
        "IP 192.168.1.1",
        "ngày 09.12.2026",
        "đi học . Cơm nhà",
        "lớp 10a1. Com nha",
        "mua o shop-abc. Link day",
        "em o Q.1. Vn",
        "Kính gửi . Info",
        "https://localhost",
        "a.vn",
        "0703.96x.xxx",
        "đón.Vn ơi",
        "com.vn",
        "hay là . dot nào . gì",
        "2.me ơi",
        "http://" + "é" * 63 + ".vn",
    ],
)
def test_sentences_files_addresses_and_amounts_are_no_links(text: str) -> None:
    assert hosts(text) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://www.tra-cuu.top/a", "tra-cuu.top"),
        ("https://techcombаnk.com", "xn--techcombnk-6qi.com"),
        ("bit.ly/3Kx9QpZ?x=1", "bit.ly/3Kx9QpZ"),
        ("https://m.facebook.com/profile.php?id=100012&x=2", "facebook.com/profile.php?id=100012"),
        ("https://facebook.com/profile.php", "facebook.com/profile.php"),
        ("zalo.me/g/abcxyz/", "zalo.me/g/abcxyz"),
        ("zalo.me", "zalo.me"),
        ("https://github.io/abc", "github.io/abc"),
        ("https://abc_☃.tk", "abc_☃.tk"),
    ],
)
def test_the_key_is_the_host_and_on_shared_hosts_the_page(text: str, key: str) -> None:
    found = [link.key for link in find_links(text)]
    assert found == ([key] if key.isascii() else [])


def test_names_that_the_strict_rules_refuse_still_get_a_key() -> None:
    assert only("https://tra-cuuא-x.top").key.startswith("xn--")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("https://a.b.tra-cuu.com.vn/x", ("a.b.tra-cuu.com.vn", "b.tra-cuu.com.vn", "tra-cuu.com.vn")),
        ("https://ai.github.io/x", ("ai.github.io",)),
        ("bit.ly/3Kx", ("bit.ly/3Kx",)),
        ("bit.ly", ()),
        ("http://103.27.1.5/x", ("103.27.1.5",)),
    ],
)
def test_a_subdomain_matches_and_a_bare_shared_host_never_does(text: str, keys: tuple[str, ...]) -> None:
    assert lookup_keys(only(text)) == keys


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("https://vneid.gov.vn.dinh-danh.top/login", "vneid.gov.vn"),
        ("https://vietcombank.com.vn@xac-thuc.top/tk", "vietcombank.com.vn"),
        ("https://capnhat-sim.vip/vneid.gov.vn/login", "vneid.gov.vn"),
        ("https://techcombаnk.com", "techcombank.com"),
        ("https://xn--techcombnk-6qi.com", "techcombank.com"),
        ("https://viêtcombank.com", "vietcombank.com.vn"),
        ("vietc0mbank.com", "vietcombank.com.vn"),
        ("vietcombamk.com", "vietcombank.com.vn"),
        ("vietcommbank.com", "vietcombank.com.vn"),
        ("veitcombank.com", "vietcombank.com.vn"),
        ("mobifonekhuyenmai.com", "mobifone.vn"),
        ("evn-hoadon.vip", "evn.com.vn"),
        ("evn.vip", "evn.com.vn"),
        ("tracuu-gov.top", "gov.vn"),
    ],
)
def test_a_host_dressed_up_as_an_official_one_is_recognised(text: str, official: str) -> None:
    link = only(text)
    assert link.imitates == official
    assert "brand_elsewhere" in link.odd


@pytest.mark.parametrize(
    "text",
    [
        "vietcombank.com.vn",
        "ipay.vietinbank.vn",
        "lamdong.gov.vn",
        "thcs-vidu.edu.vn",
        "dantri.com.vn",
        "evn.org",
        "www.gov.uk/tax",
        "facebook.com/abc",
        "https://xn--zzzz9.vn",
        "https://timhieucanhsat.vn/thi",
        "https://viettelmoney.go.link/abc",
    ],
)
def test_official_and_unrelated_hosts_imitate_nobody(text: str) -> None:
    assert only(text).imitates is None


@pytest.mark.parametrize(
    "text", ["timhieucanhsat.top", "canhsat-tracuu.vn", "canhsat.vn", "tracuucanhsat.com"]
)
def test_a_word_of_the_state_in_a_hyphenated_or_cheap_name_is_an_imitation(text: str) -> None:
    assert only(text).imitates == "bocongan.gov.vn"


def test_a_name_lent_by_a_service_is_shared_and_known_with_its_path() -> None:
    link = only("https://viettelmoney.go.link/abc")
    assert link.shared_host
    assert link.key == "viettelmoney.go.link/abc"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("bit.ly/abc", "shortener"),
        ("tra-cuu.top", "cheap_tld"),
        ("http://103.27.1.5/x", "raw_ip"),
        ("https://ai-do@tra-cuu.top", "userinfo"),
        ("https://techcombаnk.com", "homoglyph"),
    ],
)
def test_doubtful_links_carry_their_marks(text: str, mark: str) -> None:
    assert mark in only(text).odd


def test_vietnamese_letters_in_a_host_are_no_foreign_letters() -> None:
    assert "homoglyph" not in only("https://trườnghọc.vn").odd


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://vneid.tra-cuu.top/a.b", "hxxps://vneid[.]tra-cuu[.]top"),
        ("bit.ly/a.b", "hxxps://bit[.]ly/a[.]b"),
    ],
)
def test_a_link_is_shown_so_that_nothing_makes_it_tappable(text: str, shown: str) -> None:
    assert defanged(only(text)) == shown


def test_a_link_tells_where_it_stood_without_the_full_stop() -> None:
    text = "Xem https://tra-cuu.top/a?b=1. Nhanh!"
    link = only(text)
    assert text[link.start : link.end] == "https://tra-cuu.top/a?b=1"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_reading_never_raises(text: str) -> None:
    for link in find_links(text):
        assert 0 <= link.start < link.end <= len(text)


@settings(deadline=None)
@given(st.text("abé.:/-@[]() dotvnTop\n", max_size=60))
def test_reading_never_raises_on_dots_and_brackets(text: str) -> None:
    for link in find_links(text + "https://" + text):
        assert "." not in defanged(link).replace("[.]", "")
