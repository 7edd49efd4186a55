"""The nets of notebook 09 on dates and words, where they look, and what shuffling does."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.speller import SIZES, load_speller, spelling_and_sound
from helpers.experiments import dates
from helpers.experiments.looking_back import print_reach
from helpers.experiments.reading_aloud import aligned, same_without, say_words, train_on_words
from helpers.experiments.reversing import BOS, EOS, breaks, new_strings, share_right_without_end, train_on_strings
from helpers.experiments.shuffling import print_symmetries
from helpers.models.decoding import mean_weights, trained_translator, write_by_hand
from helpers.models.translator import pair_arrays


@pytest.fixture(scope="module")
def words():
    """Words, their sounds and vocabularies, and the net that is trained."""
    _, held_out, sounds, letters, phones = spelling_and_sound()
    return held_out[:80], sounds, letters, phones, trained_translator(load_speller(), letters, phones, **SIZES)


def test_no_date_of_the_test_is_in_training():
    pairs, test, written, iso = dates.date_task()
    days, new_days = ({target for _, target in some} for some in (pairs, test))
    assert len(new_days) == 300 and not days & new_days
    assert all(letter in written for text, _ in test for letter in text) and "".join(iso.tokens[3:]) == "0123456789-"


def test_dates_in_numbers_are_day_month_year():
    _, _, written, _ = dates.date_task()
    ids, mask = dates.dates_in_numbers()
    assert mask.all() and ids.shape[1] == 10
    assert all(1 <= int(text[:2]) <= 31 and text[2] == text[5] == "." for text in ("".join(written.decode(row)) for row in ids))


def test_a_net_on_dates_is_counted():
    net = dates.date_net(0, steps=2, attention="dot")
    assert net.bidirectional and dates.dates_right(net) == 0
    again = dates.date_net(0, steps=2, attention="dot")
    assert all(np.array_equal(net.params[name], again.params[name]) for name in net.params)


def test_weights_of_parts_are_sums_over_places():
    A = np.zeros((10, 10))
    A[0:4, 6:10] = 0.25                                     # the year looks at the year
    A[5:7, 3] = 0.5                                         # the month half at the month
    A[8:10, 0:2] = [0.25, 0.75]
    assert dates.weights_of_parts(A).tolist() == [[0, 0, 1], [0, 0.5, 0], [1, 0, 0]]


def test_new_strings_are_the_same_each_time_and_breaks_are_shares_of_them():
    source, mask, wanted = new_strings(7, N=9)
    assert source.shape == (9, 7) and mask.all() and (wanted[:, -1] == EOS).all()
    assert np.array_equal(wanted[:, :-1], source[:, ::-1])
    assert np.array_equal(source, new_strings(7, N=9)[0])
    net = train_on_strings(0, steps=2, attention="dot", bidirectional=True)
    A, stops, others = breaks([net], 5)
    assert A.shape == (6, 5) and 0.9 < stops.sum() + others.sum() <= 1
    assert share_right_without_end(net, 5) == 0


def test_where_nets_look_on_average():
    net = train_on_strings(0, steps=2, attention="dot", bidirectional=True)
    source, mask, _ = new_strings(5, N=8)
    A = mean_weights([net, net], source, mask, 3, bos=BOS, eos=EOS)
    assert A.shape == (3, 5)
    np.testing.assert_allclose(A.sum(axis=1), 1, rtol=1e-5)


def test_the_step_of_the_exercise_writes_what_greedy_writes(words):
    some, _, letters, phones, net = words
    source, mask = letters.batch(some)
    tokens, A = write_by_hand(find("9.5").reference, net, source, mask, 4, bos=BOS)
    expected, weights = net.greedy(source, mask, bos=BOS, eos=EOS, max_len=4)
    running = np.cumsum(expected == EOS, axis=1) == 0
    assert np.mean(tokens[running] == expected[running]) > 0.98
    np.testing.assert_allclose(A[:, 0], weights[:, 0], atol=1e-4)
    everywhere = write_by_hand(find("9.5").reference, net, source, mask, 1, bos=BOS, look=np.ones_like(mask))[1]
    assert everywhere[:, 0][~mask].min() > 0 and A[:, 0][~mask].max() == 0


def test_the_trained_net_says_words_and_shows_where_it_looks(words):
    _, sounds, letters, phones, net = words
    assert say_words(net, ["cat", "phone"], letters, phones) == [sounds["cat"][0], sounds["phone"][0]]
    read, said, A = aligned(net, "phone", letters, phones)
    assert read == list("phone") and said == [*sounds["phone"][0], "end"] and A.shape == (len(said), 5)


def test_a_net_trains_on_words(words):
    some, sounds, letters, phones, _ = words
    arrays = pair_arrays([(word, sounds[word][0]) for word in some], letters, phones)
    net = train_on_words(arrays, letters, phones, 0, steps=3)
    assert len(say_words(net, some[:2], letters, phones)) == 2 and "attention" in net.layers


def test_without_the_favourite_place_more_phones_change_than_without_the_second(words):
    some, sounds, letters, phones, net = words
    pairs = [(word, sounds[word][0]) for word in some]
    same, (first, second), is_phone = same_without(find("9.7").reference, net, pairs, letters, phones)
    assert is_phone.sum() == sum(len(way) for _, way in pairs) and (first >= second).all()
    assert same[0][is_phone].mean() < same[1][is_phone].mean() - 0.3
    nothing = same_without(lambda weights, mask, rank: mask, net, pairs, letters, phones)[0]
    assert nothing[0].all() and nothing[1].all()


def test_shuffling_is_told_by_name(capsys):
    X, order = np.random.default_rng(0).normal(size=(2, 4, 3)), np.array([2, 0, 3, 1])
    found = print_symmetries({"double": lambda X: 2 * X, "mean": lambda X: 0 * X + X.mean(axis=1, keepdims=True),
                              "sum so far": lambda X: X.cumsum(axis=1)}, X, order)
    assert found == {"double": (True, False), "mean": (True, True), "sum so far": (False, False)}
    assert [line.split()[-2:] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["True", "False"], ["True", "True"], ["False", "False"]]


def test_the_reach_of_a_gradient_is_printed(capsys):
    print_reach({"short": np.array([1, 1e-2, 1e-4, 1e-2]), "far": np.ones(4)})
    short, far = capsys.readouterr().out.splitlines()
    assert short == "short                less than a thousandth 3 steps back"
    assert far == "far                  less than a thousandth at none of 4 steps"
