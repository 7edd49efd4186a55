"""The generators and the vocabulary: their answers checked by another way of getting them."""

import datetime
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import data
from helpers.data import Vocabulary
from helpers.data.pairs import DATE_FORMATS, DAYS, MONTHS

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=40, deadline=None)


def rng(seed=0):
    return np.random.default_rng(seed)


# Sequences


@few
@given(seeds, st.integers(1, 20), st.integers(2, 200))
def test_added_bits_are_what_python_adds(seed, N, T):
    X, Y = data.binary_addition(N, T, rng(seed))
    assert X.shape == (N, T, 2) and Y.shape == (N, T, 1) and X.dtype == Y.dtype == np.float64
    a, b = data.bits_to_ints(X[..., 0]), data.bits_to_ints(X[..., 1])
    assert data.bits_to_ints(Y) == [p + q for p, q in zip(a, b, strict=True)]


def longest_carry(a, b, T):
    """The longest run of bits that pass a carry on: from (a + b) ^ a ^ b, which holds the carry into each bit."""
    carries_in = bin(((a + b) ^ a ^ b) >> 1)[2:].zfill(T)
    # a new carry is made where both bits are 1, which starts another run only if none was under way
    return max((len(run) for run in carries_in.split("0")), default=0)


@few
@given(seeds, st.integers(2, 40), st.data())
def test_a_chosen_carry_is_exactly_so_long(seed, T, draw):
    carry = draw.draw(st.integers(0, T - 1))
    X, Y = data.binary_addition(5, T, rng(seed), carry=carry)
    a, b = data.bits_to_ints(X[..., 0]), data.bits_to_ints(X[..., 1])
    assert data.bits_to_ints(Y) == [p + q for p, q in zip(a, b, strict=True)]
    assert [longest_carry(p, q, T) for p, q in zip(a, b, strict=True)] == [carry] * 5
    assert data.carry_lengths(X).tolist() == [carry] * 5


def test_carry_lengths_agree_with_python_on_free_sums():
    X, _ = data.binary_addition(300, 16, rng())
    a, b = data.bits_to_ints(X[..., 0]), data.bits_to_ints(X[..., 1])
    assert data.carry_lengths(X).tolist() == [longest_carry(p, q, 16) for p, q in zip(a, b, strict=True)]


@few
@given(seeds, st.integers(1, 5), st.integers(1, 30), st.data())
def test_echo_repeats_after_its_lag(seed, N, T, draw):
    lag = draw.draw(st.integers(0, T - 1))
    X, Y, mask = data.echo(N, T, lag, rng(seed))
    assert X.shape == Y.shape == (N, T, 1) and mask.shape == (N, T) and mask.dtype == bool
    for n in range(N):
        for t in range(T):
            assert mask[n, t] == (t >= lag)
            assert Y[n, t, 0] == (X[n, t - lag, 0] if t >= lag else 0)


def test_recall_asks_for_the_first_symbol_among_distractors():
    ids, y = data.delayed_recall(500, 12, rng(), K=4, distractors=3)
    assert ids.shape == (500, 12) and y.tolist() == ids[:, 0].tolist()
    assert set(y.tolist()) == set(range(4)) and set(ids[:, 1:].ravel().tolist()) == set(range(4, 7))


@few
@given(seeds, st.integers(2, 50))
def test_adding_problem_has_one_mark_in_each_half(seed, T):
    X, y = data.adding_problem(7, T, rng(seed))
    assert X.shape == (7, T, 2) and y.shape == (7, 1)
    for row, answer in zip(X, y[:, 0], strict=True):
        first, second = np.flatnonzero(row[:, 1])
        assert first < T // 2 <= second and np.isclose(answer, row[first, 0] + row[second, 0])


def test_always_answering_one_to_the_adding_problem_costs_a_sixth():
    _, y = data.adding_problem(50_000, 4, rng())
    assert abs(((y - 1) ** 2).mean() - 1 / 6) < 0.005


def test_majority_is_the_majority_and_a_one_way_guess_gets_three_of_four():
    X, Y, mask = data.majority_of_3(400, 20, rng())
    bits, answers = X[..., 0].astype(int).tolist(), Y[..., 0].tolist()
    for n in range(5):
        assert answers[n][1:-1] == [sorted(bits[n][t - 1 : t + 2])[1] for t in range(1, 19)]
    assert mask.sum() == 400 * 18 and not mask[:, [0, -1]].any()
    agree = X[:, :-2] == X[:, 1:-1]
    guess = np.where(agree, X[:, 1:-1], 0)
    assert abs((guess == Y[:, 1:-1]).mean() - 0.75) < 0.02


@few
@given(seeds, st.integers(1, 12), st.integers(0, 6), st.integers(0, 20), st.integers(1, 26))
def test_induction_rows_repeat_and_what_is_known_follows_from_what_was_seen(seed, low, more, longer, letters):
    T = low + more + 2 + longer
    ids, known = data.induction(6, T, rng(seed), period=(low, low + more), letters=letters)
    assert ids.shape == known.shape == (6, T) and known.dtype == bool and 0 <= ids.min() and ids.max() < letters
    for row, seen in zip(ids.tolist(), known.tolist(), strict=True):
        period = seen.index(True) - 1
        assert low <= period <= low + more and seen == [t > period for t in range(T)]
        assert all(row[t] == row[t - period] for t in range(period, T))


def test_induction_rows_have_all_periods_and_letters_and_no_two_rows_agree():
    ids, known = data.induction(700, 32, rng())
    counts = Counter(known.argmax(axis=1) - 1)
    assert sorted(counts) == [6, 7, 8, 9, 10, 11, 12] and min(counts.values()) > 60
    assert set(ids[:, 0].tolist()) == set(range(26)) and len({tuple(row[:6]) for row in ids.tolist()}) == 700
    assert (data.induction(5, 9, rng(), period=4)[1].sum(axis=1) == 4).all()


def test_a_float32_task_is_float32_everywhere():
    float32 = np.float32
    arrays = [
        *data.binary_addition(2, 5, rng(), dtype=float32), *data.echo(2, 5, 1, rng(), dtype=float32)[:2],
        *data.adding_problem(2, 5, rng(), dtype=float32), *data.majority_of_3(2, 5, rng(), dtype=float32)[:2],
        data.noisy_sine(5, rng(), dtype=float32), *data.narma10(5, rng(), dtype=float32),
        data.mackey_glass(5, dtype=float32),
    ]  # fmt: skip
    assert {array.dtype for array in arrays} == {np.dtype(float32)}


# Strings


@few
@given(seeds, st.integers(1, 6), st.integers(0, 6))
def test_reversed_strings_are_backwards_and_of_the_asked_length(seed, low, more):
    pairs = data.reverse_pairs(30, (low, low + more), rng(seed), alphabet="abc")
    assert len(pairs) == 30
    for source, target in pairs:
        assert list(target) == list(reversed(source)) and low <= len(source) <= low + more and set(source) <= set("abc")
    assert all(source == target and len(source) == low for source, target in data.copy_pairs(5, low, rng(seed)))


def read_date(text):
    """Read a date in any of the course's formats, by its words and numbers alone."""
    weekday, text = re.fullmatch(r"(?:(\w+day), )?(.*)", text).groups()
    if "." in text and not re.search("[a-z]", text):
        day, month, year = map(int, text.split("."))
    else:
        name = next(word for word in re.findall("[a-z]+", text) if word[:3] in [m[:3] for m in MONTHS])
        month = [m[:3] for m in MONTHS].index(name[:3]) + 1
        day, year = map(int, re.findall(r"\d+", text))
    date = datetime.date(year, month, day)
    assert weekday is None or DAYS[date.weekday()] == weekday
    return date.isoformat()


def test_every_date_is_the_day_that_it_says():
    pairs = data.date_pairs(3000, rng())
    assert all(read_date(source) == target for source, target in pairs)
    assert {target[:4] for _, target in pairs} == {str(year) for year in range(1950, 2050)}


def test_dates_come_in_eight_formats():
    styles = [data.format_date(1963, 3, 27, style) for style in range(len(DATE_FORMATS))]
    assert styles == [
        "27 march 1963", "march 27, 1963", "mar 27, 1963", "27. mar 1963", "wednesday, march 27, 1963",
        "the 27th of march 1963", "27.03.1963", "27.3.1963",
    ]  # fmt: skip
    ordinals = [data.format_date(2000, 1, day, 5).split()[1] for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31)]
    assert ordinals == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st"]


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="day must be a whole number from 1 to 28, got 29"):
        data.format_date(2023, 2, 29, 0)


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_sums_are_right_and_all_sums_can_be_had(digits):
    N = min(500, 10 ** (2 * digits))
    pairs = data.sum_pairs(N, rng(), digits=digits)
    assert len({source for source, _ in pairs}) == N
    for source, target in pairs:
        a, b = source.split("+")
        assert str(int(a) + int(b)) == target and str(int(a)) == a and len(a) <= digits and len(b) <= digits


def test_no_pair_leaks_from_test_to_training():
    dates = data.date_pairs(2000, rng(), years=(2000, 2003))
    train, test = data.split_pairs(dates, by="target")
    assert not {target for _, target in train} & {target for _, target in test}
    sums = data.sum_pairs(4000, rng())
    train, test = data.split_pairs(sums, by="operands")
    known = {frozenset(source.split("+")) for source, _ in train}
    assert not known & {frozenset(source.split("+")) for source, _ in test}
    train, test = data.split_pairs(data.copy_pairs(500, 2, rng()))
    assert not {source for source, _ in train} & {source for source, _ in test}
    assert len(train) + len(test) == 500


# The planted corpus


def test_all_words_of_the_analogies_are_in_the_corpus_and_none_is_rare():
    sentences, analogies = data.planted_corpus(4000, rng())
    counts = Counter(word for sentence in sentences for word in sentence)
    assert {kind: len(found) for kind, found in analogies.items()} == {
        "gender": 90, "royalty": 4, "capital": 132, "currency": 132, "past": 132}  # fmt: skip
    assert all(counts[word] >= 10 for found in analogies.values() for four in found for word in four)
    assert ("man", "woman", "king", "queen") in analogies["gender"]
    assert ("japan", "tokyo", "england", "london") in analogies["capital"]
    assert ("eat", "ate", "sing", "sang") in analogies["past"]


def test_counting_alone_finds_the_planted_analogies():
    """Counts -> PPMI -> SVD, then the word nearest to b - a + c: what is planted can be found without any net."""
    sentences, analogies = data.planted_corpus(6000, rng())
    vocab = Vocabulary.build(sentences)
    counts = np.zeros((len(vocab), len(vocab)))
    for sentence in sentences:
        ids = vocab.encode(sentence)
        for i, word in enumerate(ids):
            for j in range(max(0, i - 5), min(len(ids), i + 6)):
                counts[word, ids[j]] += i != j
    pmi = np.log(np.maximum(counts * counts.sum() / np.outer(counts.sum(1), counts.sum(0)), 1))
    U, S, _ = np.linalg.svd(pmi)
    vectors = U[:, :64] * np.sqrt(S[:64])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for kind, found in analogies.items():
        a, b, c, d = np.array([vocab.encode(four) for four in found]).T
        scores = (vectors[b] - vectors[a] + vectors[c]) @ vectors.T
        for given_word in (a, b, c):
            scores[np.arange(len(a)), given_word] = -np.inf
        assert (scores.argmax(1) == d).mean() > 0.97, kind


# Series


# What holds for all

GENERATORS = {
    "binary_addition": lambda g: data.binary_addition(4, 6, g), "carry": lambda g: data.binary_addition(4, 6, g, carry=2),
    "echo": lambda g: data.echo(4, 6, 2, g), "delayed_recall": lambda g: data.delayed_recall(4, 6, g),
    "adding_problem": lambda g: data.adding_problem(4, 6, g), "majority_of_3": lambda g: data.majority_of_3(4, 6, g),
    "induction": lambda g: data.induction(4, 14, g),
    "copy_pairs": lambda g: data.copy_pairs(4, 6, g), "reverse_pairs": lambda g: data.reverse_pairs(4, 6, g),
    "date_pairs": lambda g: data.date_pairs(4, g), "sum_pairs": lambda g: data.sum_pairs(4, g),
    "planted_corpus": lambda g: data.planted_corpus(9, g)[0], "noisy_sine": lambda g: data.noisy_sine(6, g),
    "narma10": lambda g: data.narma10(30, g), "mackey_glass": lambda g: data.mackey_glass(30, g or 0),
}  # fmt: skip


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_seed_gives_the_same_data_and_another_seed_other_data(name):
    make = GENERATORS[name]
    assert repr(make(rng(1))) == repr(make(rng(1))) != repr(make(rng(2)))
    with pytest.raises(ValueError, match=r"rng must come from np.random.default_rng\(seed\)"):
        make(None)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: data.binary_addition(0, 5, rng()), "N must be a whole number of at least 1, got 0"),
        (lambda: data.binary_addition(3, 1, rng()), "T must be a whole number of at least 2, got 1"),
        (lambda: data.binary_addition(3, 5, rng(), carry=5), "carry must be a whole number from 0 to 4, got 5"),
        (lambda: data.bits_to_ints(np.zeros(3)), r"bits must be \(N, T\) or \(N, T, 1\), got shape \(3,\)"),
        (lambda: data.carry_lengths(np.zeros((3, 4))), r"X must be \(N, T, 2\), got shape \(3, 4\)"),
        (lambda: data.echo(3, 5, 5, rng()), "lag must be a whole number from 0 to 4, got 5"),
        (lambda: data.echo(3, 5.0, 1, rng()), "T must be a whole number of at least 1, got 5.0"),
        (lambda: data.delayed_recall(3, 5, rng(), K=1), "K must be a whole number of at least 2, got 1"),
        (lambda: data.adding_problem(3, True, rng()), "T must be a whole number of at least 2, got True"),
        (lambda: data.majority_of_3(3, 2, rng()), "T must be a whole number of at least 3, got 2"),
        (lambda: data.induction(3, 13, rng()), "T must be a whole number of at least 14, got 13"),
        (lambda: data.induction(3, 9, rng(), period=(5, 3)), "period must be a whole number of at least 5, got 3"),
        (lambda: data.induction(3, 9, rng(), period=4, letters=0), "letters must be a whole number of at least 1, got 0"),
        (lambda: data.copy_pairs(3, (5, 3), rng()), "length must be a whole number of at least 5, got 3"),
        (lambda: data.copy_pairs(3, 2, rng(), alphabet=""), "alphabet must hold at least one letter, got none"),
        (lambda: data.date_pairs(3, rng(), years=(2000, 1990)), r"years\[1\] must be a whole number from 2000 to 9999"),
        (lambda: data.sum_pairs(101, rng(), digits=1), r"N \(the number of distinct sums\) .* from 1 to 100, got 101"),
        (lambda: data.split_pairs([("a", "b")], by="x"), 'by must be "source", "target" or "operands", got \'x\''),
        (lambda: data.noisy_sine(3, rng(), noise=-1), "noise must be a standard deviation of at least 0, got -1"),
        (lambda: data.mackey_glass(3, tau=0), "tau must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_input_is_named_with_what_was_expected(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


# Vocabulary
