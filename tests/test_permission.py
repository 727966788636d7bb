"""Who may be put under load: this machine, and nobody else by accident."""

from __future__ import annotations

import pytest

from loadtests.permits.permission import Resolve, origin_of, permitted, permitted_all
from studies.troubles import WrongInput


def at(*addresses: str) -> Resolve:
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8600", "http://127.9.9.9", "https://[::1]:443/x", "http://localhost:1"]
)
def test_this_machine_may_be_put_under_load(url: str) -> None:
    assert permitted(url).addresses


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1", "http://10.0.0.1:8600", "http://0.0.0.0:8600", "http://[2001:db8::1]/", "http://8.8.8.8"],
)
def test_every_other_address_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(WrongInput, match=r"may not be put under load.*not this machine.*did not agree"):
        permitted(url)


def test_a_name_is_judged_by_its_addresses_and_all_of_them() -> None:
    assert permitted("http://agency.test/renew", at("127.0.0.1", "::1")).addresses == ("127.0.0.1", "::1")
    with pytest.raises(WrongInput, match=r"agency.test \(198\.51\.100\.7\) is not this machine"):
        permitted("http://agency.test/renew", at("127.0.0.1", "198.51.100.7"))


def test_a_v4_address_in_v6_clothes_is_judged_as_what_it_is() -> None:
    assert permitted("http://agency.test", at("::ffff:127.0.0.1")).addresses
    with pytest.raises(WrongInput):
        permitted("http://agency.test", at("::ffff:8.8.8.8"))


def test_a_name_that_nobody_knows_says_so() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(WrongInput, match=r"“nowhere.test” .* is not known on this network"):
        permitted("http://nowhere.test/", unknown)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8600",
        "ftp://127.0.0.1",
        "file:///etc/hosts",
        "http://",
        "http://127.0.0.1:99999",
        "http://a@127.0.0.1",
    ]
    + ["http://192.0.2.1\\@127.0.0.1"],
)
def test_what_is_no_plain_address_of_a_web_service_is_refused(url: str) -> None:
    with pytest.raises(WrongInput):
        permitted(url)


def test_an_origin_is_the_same_however_it_is_written() -> None:
    assert origin_of("HTTP://LocalHost/renew?x=1") == origin_of("http://localhost:80") == "http://localhost:80"
    assert origin_of("https://[::1]/") == "https://[::1]:443"


def test_one_agency_elsewhere_is_enough_to_refuse_the_journey() -> None:
    with pytest.raises(WrongInput, match=r"192\.0\.2\.9"):
        permitted_all(["http://127.0.0.1:8600", "http://192.0.2.9"])
    assert list(permitted_all(["http://127.0.0.1:8600/a", "http://127.0.0.1:8600/b"])) == ["http://127.0.0.1:8600"]
