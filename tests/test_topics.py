"""Which words ask for which datum, in both languages."""

import pytest

from studies.topics import datum_of, dictionary, known_words, normal, slug


@pytest.mark.parametrize(
    ("label", "datum"),
    [
        ("CPR no.", "national_id"),
        ("National ID number *", "national_id"),
        ("رقم البطاقة السكانية", "national_id"),
        ("رقمك الشخصي لو سمحت؟", "national_id"),
        ("رَقْمُ الهُوِيَّةِ", "national_id"),
        ("Full name (required)", "full_name"),
        ("الإسم الكامل", "full_name"),
        ("Business name", "trade_name"),
        ("E-mail address:", "email"),
        ("العنوان الجديد", "new_address"),
        ("Favourite colour", "favourite_colour"),
        ("لون السيارة المفضل", "لون_السيارة_المفضل"),
    ],
)
def test_a_label_asks_for_its_datum(label, datum):
    assert datum_of(label=label) == datum


def test_what_the_label_leaves_open_the_token_and_the_name_tell():
    assert datum_of(label="Yours", autocomplete="section-a shipping tel") == "mobile"
    assert datum_of(name="applicant[nationalId]") == "national_id"
    assert datum_of(name="f_17") == "f_17"
    assert datum_of() is None


def test_no_word_is_claimed_by_two_data():
    claims = {}
    for topic in dictionary().values():
        for words in topic.words.values():
            for word in words:
                claims.setdefault(normal(word), set()).add(topic.key)
    assert {w: keys for w, keys in claims.items() if len(keys) > 1} == {}


def test_each_datum_has_words_in_both_languages():
    for key in dictionary():
        assert known_words(key, "en") and known_words(key, "ar"), key
        assert datum_of(label=known_words(key, "ar")[0]) == key


def test_a_key_made_of_words_is_stable():
    assert slug("Date of  Move!") == slug("date_of_move") == "date_of_move"
