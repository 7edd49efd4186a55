"""The files in data/ and their loaders: whole, described, and split without a leak."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import data
from helpers.data import files, katakana, letters, next_word, speller, vowels
from helpers.experiments.scores import exact_match, token_accuracy
from helpers.models.translator import Translator

DATA = Path(__file__).resolve().parents[1] / "data"
PACKED = sorted(path.name for path in DATA.iterdir() if path.suffix in (".xz", ".npz"))


def sha256(path):
    sys.path.insert(0, str(DATA / "make"))
    try:
        from common import sha256
    finally:
        sys.path.pop(0)
    return sha256(path)


def test_every_file_has_its_checksum_and_every_checksum_its_file():
    found = {p.name for p in DATA.iterdir() if p.is_file() and p.name not in ("README.md", "SHA256SUMS")}
    found = {name for name in found if not name.startswith(".")}
    assert files.checksums() == {name: sha256(DATA / name) for name in sorted(found)}


@pytest.mark.parametrize("name", PACKED)
def test_readme_gives_origin_licence_script_and_checksum(name):
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    described, checksum = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
    what, size, origin, licence, made_by = (cell.strip() for cell in re.split(r"(?<!\\)\|", described)[2:7])
    assert what and origin
    assert int(size.split()[0].replace(",", "")) == round((DATA / name).stat().st_size / 1000)
    assert (DATA / re.search(r"\((LICENSE-\S+)\)", licence)[1]).stat().st_size > 100
    assert (DATA / re.search(r"\((make/\S+)\)", made_by)[1]).exists()
    assert files.checksums()[name] in checksum


def test_no_text_of_the_gpl_is_among_the_licences():
    for path in DATA.glob("LICENSE-*"):
        assert "GNU GENERAL PUBLIC LICENSE" not in path.read_text(encoding="utf-8").upper()


LOADERS = {
    "kjv.txt.xz": data.load_bible,
    "cmudict.txt.xz": data.load_cmudict,
    "cities.txt.xz": lambda folder: data.load_cities("katakana", folder=folder),
    "emoji.txt.xz": data.load_emoji,
    "kjv_rnn.npz": letters.load_letter_rnn,
    "kjv_word_gru.npz": next_word.load_word_gru,
    "kjv_vowels.npz": vowels.load_vowel_net,
    "cmudict_attention.npz": speller.load_speller,
    "katakana_attention.npz": katakana.load_katakana_net,
}


def test_every_packed_file_has_a_loader():
    assert sorted(LOADERS) == PACKED


@pytest.mark.parametrize("name", PACKED)
def test_a_missing_or_damaged_file_is_named_with_what_to_do(name, tmp_path):
    (tmp_path / "SHA256SUMS").write_bytes((DATA / "SHA256SUMS").read_bytes())
    with pytest.raises(data.DataFileError, match=f"data/{name} is missing .* bring it back with `git checkout"):
        LOADERS[name](folder=tmp_path)
    whole = (DATA / name).read_bytes()
    for damaged in (b"", whole[:-1], whole[:100] + b"\0" + whole[101:]):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(data.DataFileError, match=f"data/{name} is damaged .* bring it back with `git checkout"):
            LOADERS[name](folder=tmp_path)
    (tmp_path / name).write_bytes(whole)
    (tmp_path / "SHA256SUMS").unlink()
    with pytest.raises(data.DataFileError, match="SHA256SUMS"):
        LOADERS[name](folder=tmp_path)


def test_data_is_found_from_any_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert data.load_emoji()


# The King James Bible


@pytest.fixture(scope="module")
def bible():
    return data.load_bible()


def test_the_bible_is_complete_and_in_order(bible):
    assert len(bible) == 31102
    assert len({verse.book for verse in bible}) == 66
    assert bible[0] == ("Genesis", 1, 1, "In the beginning God created the heaven and the earth.")
    assert bible[-1].text == "The grace of our Lord Jesus Christ be with you all. Amen."
    assert ("John", 11, 35, "Jesus wept.") in bible
    before = bible[0]
    for verse in bible[1:]:
        same_chapter = verse.book == before.book and verse.chapter == before.chapter
        same_book = verse.book == before.book and verse.chapter == before.chapter + 1
        assert verse.verse == before.verse + 1 if same_chapter else verse.verse == 1
        assert same_chapter or same_book or verse.chapter == 1
        before = verse


def test_the_bible_has_no_stray_characters(bible):
    assert set(data.bible_text(bible)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\n ,.:;?!'()-")
    assert all(verse.text == " ".join(verse.text.split()) for verse in bible)


def test_books_are_chosen_by_name(bible):
    chosen = data.load_bible(["Jonah", "Ruth"])
    assert chosen == [verse for verse in bible if verse.book in ("Ruth", "Jonah")]
    with pytest.raises(ValueError, match="'Jona', which is none of the books Genesis"):
        data.load_bible(["Jona"])
    with pytest.raises(ValueError, match=r"got the string 'Ruth': write \['Ruth'\]"):
        data.load_bible("Ruth")


@pytest.mark.parametrize("by, key", [("chapter", lambda v: v[:2]), ("book", lambda v: v[:1])])
def test_verses_are_split_by_whole_chapters_or_books(bible, by, key):
    train, test = data.split_verses(bible, test=0.1, by=by, seed=3)
    assert not {key(v) for v in train} & {key(v) for v in test}
    assert sorted(train + test) == sorted(bible)
    known = set(train)
    assert train == [v for v in bible if v in known]
    assert (train, test) == data.split_verses(bible, test=0.1, by=by, seed=3)
    assert test != data.split_verses(bible, test=0.1, by=by, seed=4)[1]


def test_books_can_be_held_out_by_name(bible):
    train, test = data.split_verses(bible, test=["Ruth", "Jonah"])
    assert {v.book for v in test} == {"Ruth", "Jonah"}
    assert len(train) + len(test) == len(bible) and not {v.book for v in train} & {"Ruth", "Jonah"}
    with pytest.raises(ValueError, match="test has 'Tobit'"):
        data.split_verses(bible, test=["Tobit"])
    with pytest.raises(ValueError, match='by must be "chapter" or "book"'):
        data.split_verses(bible, by="verse")


def test_text_helpers():
    assert data.plain_letters("The king's  house,\n(so) Be it.") == "the kings house so be it"
    assert data.words("Jesus wept.") == ["jesus", "wept", "."]
    assert data.words("The king's God-ward, he!", lower=False, punctuation=False) == ["The", "king's", "God-ward", "he"]


# CMUdict


@pytest.fixture(scope="module")
def cmudict():
    return data.load_cmudict()


def test_cmudict_has_the_words_that_were_promised(cmudict):
    assert len(cmudict) == 106_317
    assert all(re.fullmatch("[a-z]{3,10}", word) for word in cmudict)
    assert len({phone for variants in cmudict.values() for phones in variants for phone in phones}) == 39
    assert cmudict["read"] == [("R", "EH", "D"), ("R", "IY", "D")]
    assert all(len(set(variants)) == len(variants) > 0 for variants in cmudict.values())
    assert data.load_cmudict(stress=True)["read"] == [("R", "EH1", "D"), ("R", "IY1", "D")]


def test_no_test_word_is_in_training_nor_its_plural(cmudict):
    train, test = data.split_words(cmudict, test=1000, seed=1)
    known = set(train)
    assert len(train) + len(test) == len(cmudict) and known.isdisjoint(test)
    for word in test:
        relatives = [word + "s", word + "es"]
        relatives += [word[:-1] + "ies"] if word.endswith("y") else []
        relatives += [word[:-1]] if word.endswith("s") else []
        relatives += [word[:-2]] if word.endswith("es") else []
        relatives += [word[:-3] + "y"] if word.endswith("ies") else []
        assert known.isdisjoint(relatives)
    assert (train, test) == data.split_words(cmudict, test=1000, seed=1)
    assert test != data.split_words(cmudict, test=1000, seed=2)[1]


def test_without_families_exactly_so_many_words_are_held_out(cmudict):
    train, test = data.split_words(cmudict, test=1000, families=False)
    assert len(test) == 1000 and set(train).isdisjoint(test)


def test_repeated_words_are_one_word():
    train, test = data.split_words(["cat", "cat", "cats", "dog"], test=1)
    assert sorted(train + test) == ["cat", "cats", "dog"]


def test_families_join_what_differs_by_a_plural():
    heads = data.families_of(["axes", "ax", "axe", "city", "cities", "dog", "walk", "walked"])
    assert heads == {"axes": "ax", "ax": "ax", "axe": "ax", "city": "city", "cities": "city", "dog": "dog",
                     "walk": "walk", "walked": "walked"}  # fmt: skip


def test_the_shipped_speller_fits_its_net_and_says_held_out_words():
    words, held_out, sounds, spelling, phones = speller.spelling_and_sound()
    assert set(words).isdisjoint(held_out) and len(held_out) == 1180
    rng = np.random.default_rng(0)
    net = Translator(len(spelling), len(phones), **speller.SIZES, rng=rng, attention="dot", bidirectional=True)
    weights = speller.load_speller()
    assert {name: p.shape for name, p in weights.items()} == {name: p.shape for name, p in net.params.items()}
    for name, p in net.params.items():
        p[...] = weights[name]
    tokens, _ = net.greedy(*spelling.batch(held_out), bos=phones.id(data.BOS), eos=phones.id(data.EOS), max_len=16)
    found, right = [tuple(phones.decode(row)) for row in tokens], [sounds[word] for word in held_out]
    assert 0.665 < exact_match(found, right) < 0.685
    assert 0.907 < token_accuracy(found, right) < 0.917


def test_the_shipped_katakana_net_fits_and_writes_held_out_names():
    names, held_out, spellings, latin, signs = katakana.names_and_katakana()
    assert set(names).isdisjoint(held_out)
    rng = np.random.default_rng(0)
    net = Translator(len(latin), len(signs), **katakana.SIZES, rng=rng, attention="dot", bidirectional=True)
    weights = katakana.load_katakana_net()
    assert {name: p.shape for name, p in weights.items()} == {name: p.shape for name, p in net.params.items()}
    for name, p in net.params.items():
        p[...] = weights[name]
    tokens, _ = net.greedy(*latin.batch(held_out), bos=signs.id(data.BOS), eos=signs.id(data.EOS), max_len=18)
    found, right = ["".join(signs.decode(row)) for row in tokens], [spellings[name] for name in held_out]
    assert 0.28 < exact_match(found, right) < 0.32
    assert 0.69 < token_accuracy(found, right) < 0.72


# Cities and emoji


@pytest.mark.parametrize(
    "script, letters, number, example",
    [
        ("katakana", "[ァ-ヴー ]+", 6409, ("chelmsford", "チェルムスフォード")),
        ("cyrillic", "[а-яё -]+", 13081, ("hoboken", "хобокен")),
    ],
)
def test_cities_are_written_in_their_script_alone(script, letters, number, example):
    cities = data.load_cities(script)
    assert len(cities) == number
    assert example[1] in cities[example[0]]
    for name, spellings in cities.items():
        assert re.fullmatch("[a-z][a-z '-]{2,19}", name)
        assert 1 <= len(spellings) <= 3 and all(re.fullmatch(letters, spelling) for spelling in spellings)


def test_cities_with_the_same_longest_word_are_on_one_side():
    names = data.load_cities("cyrillic")
    train, test = data.split_cities(names, seed=5)

    def longest(name):
        return max(re.split("[ -]+", name), key=len)

    assert sorted(train + test) == sorted(names)
    assert not {longest(name) for name in train} & {longest(name) for name in test}
    assert (train, test) == data.split_cities(names, seed=5)


def test_an_unknown_script_is_named():
    with pytest.raises(ValueError, match='script must be "katakana" or "cyrillic", got \'hangul\''):
        data.load_cities("hangul")


def test_emoji_have_names_and_keywords():
    emoji = data.load_emoji()
    assert len(emoji) == 1539
    assert emoji["👑"].name == "crown" and "queen" in emoji["👑"].keywords
    assert {"😠", "😭", "😫"} <= set(emoji)
    assert all(entry.name and all(entry.keywords) for entry in emoji.values())


# Splits


@pytest.mark.parametrize("test", [0, 3, 1.0, 0.0, -1, True])
def test_a_split_that_leaves_one_side_empty_is_refused(test):
    with pytest.raises(ValueError, match="test must leave both sides something of 3 groups"):
        data.split_groups(["a", "b", "c", "a"], test=test)


def test_equal_keys_stay_together():
    train, test = data.split_groups(list("abacbd"), test=2, seed=0)
    assert sorted([*train, *test]) == list(range(6))
    assert not {"abacbd"[i] for i in train} & {"abacbd"[i] for i in test}
