"""Bank accounts are read where the words make them one, and VietQR payloads only when they are whole."""

import binascii
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.bank_account import (
    BankAccount,
    bank_by_bin,
    bank_named,
    banks,
    find_accounts,
    find_payments,
)


def keys(text: str) -> list[str]:
    return [account.key for account in find_accounts(text)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("STK 1066502545 Vietcombank", "970436:1066502545"),
        ("stk: 19036882684879 - Techcombank - NGUYEN VAN A", "970407:19036882684879"),
        ("tk vcb 0071001234567", "970436:0071001234567"),
        ("VCB 0071001234567 NGUYEN THI B", "970436:0071001234567"),
        ("chuyển vào MB 0987651243", "970422:0987651243"),
        ("MB Bank: 0987651243 - Tran Van C", "970422:0987651243"),
        ("ck 20tr qua acb 123456789 gấp", "970416:123456789"),
        ("STK 0987651243", "?:0987651243"),
        ("tài khoản 6868 6868 6868 ngân hàng BIDV", "970418:686868686868"),
        ("STK: 5611 0000 123 456 (BIDV)", "970418:56110000123456"),
        ("Stk 9704 2292 0123 4567 MB", "970422:9704229201234567"),
        ("ngân hàng nông nghiệp 5300205123456", "970405:5300205123456"),
        ("TP Bank 0123 4567 801", "970423:01234567801"),
        ("nộp vào tài khoản số 0987651243 ngân hàng Quân đội", "970422:0987651243"),
        ("STK VQRQ7399AB VPBank", "970432:VQRQ7399AB"),
        ("STK\n19036882684879\nTechcombank", "970407:19036882684879"),
        ("Ngân hàng: MB\nSố TK: 0987651243\nChủ TK: LE B", "970422:0987651243"),
        ("stk 19O36882684879 tech", "970407:19036882684879"),
        ("ＳＴＫ １０６６５０２５４５ ＶＣＢ", "970436:1066502545"),
        ("ck 5.000.000 vào 1066502545 VCB", "970436:1066502545"),
        ("ck 30 triệu vào 1066502545 nhé", "?:1066502545"),
        ("liên hệ 0912345876, stk 0987651243 mb", "970422:0987651243"),
        ("stk 0987651243 mb, lh 0912345876", "970422:0987651243"),
        ("so tai khoan: 0987-651-243 ngan hang: mb", "970422:0987651243"),
        ("s.t.k 1066502545 vcb", "970436:1066502545"),
        ("stk 123.456.789 vcb", "970436:123456789"),
        ("stk 1066502545 ngân hàng đông á", "970406:1066502545"),
        ("stk 1066502545 Ocean Bank", "970414:1066502545"),
        ("stk 1066502545 Á Châu", "970416:1066502545"),
        ("nộp cho Techcombank 1800588822 đủ tiền", "970407:1800588822"),
        ("VCB ngày mai bạn nhớ chuyển giúp tôi vào stk 1066502545", "970436:1066502545"),
        ("stk 1066502545 chủ tài khoản là Nguyễn Văn A, Vietcombank", "970436:1066502545"),
        ("TK 19036882684879: -500,000VND. SD: 1,234,567VND", "?:19036882684879"),
        ("số thẻ 9704 3668 1234 5678", "?:9704366812345678"),
    ],
)
def test_an_account_is_read_with_the_bank_that_the_words_give_it(text: str, key: str) -> None:
    assert keys(text) == [key]


@pytest.mark.parametrize(
    "text",
    [
        "stk 123456789 acb hoặc 19036882684879 tech",
        "ACB 123456789; TCB 19036882684879",
        "STK 123456789 ACB\nSTK 19036882684879 TCB",
    ],
)
def test_each_of_two_accounts_gets_its_own_bank(text: str) -> None:
    assert keys(text) == ["970416:123456789", "970407:19036882684879"]


@pytest.mark.parametrize(
    "text",
    [
        "SD TK 0123xxx789 +500.000VND",
        "tk 0123456 xxx của em",
        "Tài khoản của quý khách đã bị trừ 5.000.000 VND",
        "tài khoản VNeID 067234571776",
        "tài khoản zalo 0987651243",
        "Số dư TK: 12.345.678 VND",
        "tk 5.000.000 nhé",
        "Mã OTP 123456 Vietcombank",
        "gọi Vietcombank 1900 545413",
        "Techcombank 1800588822",
        "MB 0987651243 gọi báo thẻ bị khóa",
        "chuyển khoản 500000",
        "chuyển tiền vào 0987651243",
        "ck 100 triệu cho 1066502545",
        "nội dung ck: HP123456",
        "mã số thuế 0312345678 vcb",
        "VPBank 20 năm thành lập, từ 2013 đến 2023 có hơn 123456789 lượt",
        "stk ngày 09.12.2026",
        "stk 12345",
        "stk NGUYENVANA",
        "stk 12345678901234567890123",
        "ck 30tr vcb",
        "VIB, sinh 123 4567",
    ],
)
def test_other_digits_are_no_accounts(text: str) -> None:
    assert keys(text) == []


def test_an_account_tells_where_it_stood() -> None:
    text = "Chuyển vào ＳＴＫ\u200b １０６６５０２５４５ VCB"
    (account,) = find_accounts(text)
    assert text[account.start : account.end] == "１０６６５０２５４５"
    assert account.bank == "Vietcombank"


def test_the_same_account_twice_is_one() -> None:
    assert keys("stk 1066502545 vcb, nhắc lại stk 1066502545 vcb") == ["970436:1066502545"]


@pytest.mark.parametrize(
    ("folded", "bin_"),
    [
        ("toi la nhan vien ngan hang vietcombank", "970436"),
        ("nhan vien vp bank goi", "970432"),
        ("ngan hang mb thong bao", "970422"),
        ("ngan hang: scb", "970429"),
        ("tech con be", None),
        ("ngan hang thong bao, nh khac", None),
        ("hom nay troi dep", None),
    ],
)
def test_a_bank_is_named_only_by_words_that_cannot_mean_anything_else(folded: str, bin_: str | None) -> None:
    bank = bank_named(folded)
    assert (bank.bin if bank else None) == bin_


def test_banks_are_known_by_their_number() -> None:
    assert len({bank.bin for bank in banks()}) == len(banks())
    assert all(len(bank.bin) == 6 and bank.bin.isdigit() for bank in banks())
    vikki = bank_by_bin("970406")
    assert vikki is not None
    assert vikki.name == "Vikki"
    assert bank_by_bin("000000") is None


# VietQR


def tlv(tag: str, value: str, *, in_bytes: bool = False) -> str:
    length = len(value.encode()) if in_bytes else len(value)
    return f"{tag}{length:02}{value}"


def signed(body: str) -> str:
    body += "6304"
    return body + f"{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def make_payload(
    account: str = "0530123456",
    *,
    bin_: str = "970422",
    amount: str | None = "1500000",
    purpose: str | None = "nop tien",
    guid: str = "A000000727",
    currency: str = "704",
    country: str = "VN",
    in_bytes: bool = False,
    extra: str = "",
) -> str:
    beneficiary = tlv("00", bin_) + tlv("01", account)
    body = tlv("00", "01") + tlv("01", "12")
    body += tlv("38", tlv("00", guid) + tlv("01", beneficiary) + tlv("02", "QRIBFTTA")) + tlv("53", currency)
    body += tlv("54", amount) if amount is not None else ""
    body += tlv("58", country)
    body += tlv("62", tlv("08", purpose, in_bytes=in_bytes), in_bytes=in_bytes) if purpose is not None else ""
    return signed(body + extra)


def test_a_payload_tells_bank_account_amount_and_purpose() -> None:
    payload = make_payload()
    text = f"Quét mã này chị nhé: {payload} gấp lắm"
    (payment,) = find_payments(text)
    assert payment.account == BankAccount("0530123456", "970422", "MB", 21, 21 + len(payload))
    assert payment.amount == Decimal(1500000)
    assert payment.purpose == "nop tien"
    assert find_accounts(text) == (payment.account,)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1500000", Decimal(1500000)),
        ("1500000.00", Decimal(1500000)),
        ("5.", Decimal(5)),
        ("0", None),
        (None, None),
    ],
)
def test_an_amount_is_exact_or_absent(amount: str | None, expected: Decimal | None) -> None:
    (payment,) = find_payments(make_payload(amount=amount))
    assert payment.amount == expected


@pytest.mark.parametrize("purpose", ["viện phí bé An", "cấp cứu", "Nộp tiền – gấp"])
def test_lengths_may_count_characters_or_bytes(purpose: str) -> None:
    for in_bytes in (False, True):
        (payment,) = find_payments(make_payload(purpose=purpose, in_bytes=in_bytes))
        assert payment.purpose == purpose


def test_a_payload_wrapped_over_lines_or_without_a_purpose_is_read() -> None:
    payload = make_payload(purpose=None)
    (payment,) = find_payments(f"{payload[:40]}\r\n{payload[40:]}\n")
    assert payment.purpose is None


def test_an_unknown_bank_and_a_virtual_account_are_read_as_they_are() -> None:
    (payment,) = find_payments(make_payload("VQRQ7399AB", bin_="999999"))
    assert payment.account.key == "999999:VQRQ7399AB"
    assert payment.account.bank is None


def test_two_payloads_in_one_message_are_both_read() -> None:
    numbers = [
        payment.account.number
        for payment in find_payments(make_payload("0530111111") + make_payload("0530222222"))
    ]
    assert numbers == ["0530111111", "0530222222"]


@pytest.mark.parametrize(
    "payload",
    [
        make_payload()[:-1] + ("0" if make_payload()[-1] != "0" else "1"),
        make_payload().replace("0530123456", "0530123457"),
        make_payload()[:-10],
        make_payload(bin_="97042"),
        make_payload(account="0530 123456"),
        make_payload(amount="abc"),
        make_payload(amount="-5"),
        make_payload(guid="A000000775"),
        make_payload(currency="840"),
        make_payload(country="US"),
        make_payload(extra=tlv("58", "VN")),
        make_payload(extra="99XX"),
        make_payload(extra="5955ngan"),
        signed("000201" + tlv("38", "x") + tlv("58", "VN")),
        signed("000201" + tlv("58", "VN")),
        signed("000201" + tlv("38", tlv("00", "A000000727")) + tlv("58", "VN")),
        signed("0002015" + "é"),
        signed(make_payload()[:-8]) + tlv("99", "x"),
        "000201",
        "000201" * 12,
    ],
)
def test_a_payload_that_is_not_whole_yields_nothing(payload: str) -> None:
    found = find_payments(payload)
    if payload.endswith(tlv("99", "x")):
        assert len(found) == 1  # what follows the check sum belongs to the message, not to the payload
    else:
        assert found == ()
        assert find_accounts(payload) == ()


def test_a_payload_that_starts_inside_another_is_not_read_twice() -> None:
    assert len(find_payments(make_payload("000201000201"))) == 1


@settings(deadline=None)
@given(st.text(max_size=200))
def test_reading_never_raises(text: str) -> None:
    for account in find_accounts(text):
        assert 0 <= account.start < account.end <= len(text)


@settings(deadline=None)
@given(st.text("0123456789 .-xstkabcmb,đ:\n*", max_size=80))
def test_reading_never_raises_near_account_words(text: str) -> None:
    for account in find_accounts("stk " + text + " mb"):
        assert account.number


@settings(deadline=None)
@given(account=st.from_regex(r"[0-9]{6,19}", fullmatch=True), amount=st.integers(1, 10**12))
def test_every_payload_we_can_write_we_can_read(account: str, amount: int) -> None:
    (payment,) = find_payments(make_payload(account, amount=str(amount)))
    assert (payment.account.number, payment.amount) == (account, amount)


@pytest.mark.parametrize(
    "text",
    [
        "kiểm tra giúp tôi số 0530000113",
        "tra giúp tôi số 0530000113",
        "liên hệ qua số 0530000113",
        "gọi vào số 0530000113",
    ],
)
def test_a_number_that_no_money_goes_to_is_no_account(text: str) -> None:
    assert keys(text) == []


@pytest.mark.parametrize(
    "text",
    ["chuyển 30 triệu tới số 0530000113", "gửi vào số 0530000113", "trả nợ vào số 0530000113"],
)
def test_a_number_that_money_goes_to_is_an_account(text: str) -> None:
    assert keys(text) == ["?:0530000113"]
