"""The small modules behind notebook 09: controls for attention, decoding, gradients before training, own words."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.own_words import answers_to, readable
from helpers.data.speller import LETTERS
from helpers.data.vocabulary import PAD, Vocabulary
from helpers.experiments.attention_controls import MeanLook, OneWayLook
from helpers.experiments.looking_back import credit_map, gradient_by_lag
from helpers.experiments.reversing import all_lengths, half_right_up_to, string_batch, train_on_strings
from helpers.models.decoding import greedy_without_end, gru_cell, said_when_allowed, where_it_breaks
from helpers.models.translator import Translator
from helpers.training.gradients import numerical_gradient

BOS, EOS = 1, 2


def net_and_strings(seed=0, look=None, N=6, T=4):
    rng = np.random.default_rng(seed)
    net = Translator(9, 9, embedding=4, hidden=6, rng=rng, attention="dot", bidirectional=True, dtype=np.float64)
    for p in net.params.values():
        p *= 3.0
    if look is not None:
        net.layers["attention"] = look
    ids, edge = rng.integers(3, 9, (N, T)), np.ones((N, 1), int)
    back, full = ids[:, ::-1], np.ones((N, T + 1), bool)
    return net, (ids, full[:, 1:], np.hstack([BOS * edge, back]), np.hstack([back, EOS * edge]), full)


def test_the_mean_look_is_the_mean_and_its_gradients_are_the_slopes():
    net, batch = net_and_strings(look=MeanLook())
    scores, A = net.forward(*batch[:3])
    np.testing.assert_allclose(A, 1 / 4)
    _, grads = net.loss_and_grads(*batch)
    for name in ("encoder.forward.Wh", "decoder.Wh", "embed_source.W"):
        slope = numerical_gradient(lambda: net.loss_and_grads(*batch)[0], net.params[name], eps=1e-5)
        np.testing.assert_allclose(grads[name], slope, atol=1e-8)


def test_the_one_way_look_sees_what_attention_sees_and_sends_nothing_back_to_the_keys():
    (one, batch), (two, _) = net_and_strings(look=OneWayLook()), net_and_strings()
    np.testing.assert_array_equal(one.forward(*batch[:3])[0], two.forward(*batch[:3])[0])
    rng = np.random.default_rng(0)
    Q, K, dC = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4)), rng.normal(size=(2, 3, 4))
    look = OneWayLook()
    look.forward(Q, K)
    dQ, dK, dV = look.backward(dC)
    assert np.abs(dQ).max() > 0 and not dK.any() and not dV.any()


def test_gru_cell_and_the_learners_step_write_what_greedy_writes():
    net, (source, mask, *_) = net_and_strings()
    tokens, A = net.greedy(source, mask, bos=BOS, eos=EOS, max_len=3)
    p, cell = net.params, gru_cell(net.params)
    s, (K, _, _) = net.encode(source, mask)
    x = p["embed_target.W"][np.full(len(source), BOS)]
    y, s, weights = find("9.5").reference(x, s, K, mask, cell, p["combine.W"], p["combine.b"])
    np.testing.assert_array_equal((y @ p["out.W"] + p["out.b"]).argmax(axis=1), tokens[:, 0])
    np.testing.assert_allclose(weights, A[:, 0], atol=1e-12)


def test_said_when_allowed_is_forward_where_everything_is_allowed_and_never_looks_at_a_hole():
    net, (source, mask, so_far, *_) = net_and_strings()
    free = np.repeat(mask[:, None], so_far.shape[1], axis=1)
    said, A = said_when_allowed(net, source, mask, so_far, free)
    scores, same = net.forward(source, mask, so_far)
    np.testing.assert_array_equal(said, scores.argmax(axis=2))
    np.testing.assert_allclose(A, same)
    free[:, :, 1] = False
    assert not said_when_allowed(net, source, mask, so_far, free)[1][:, :, 1].any()


def test_greedy_without_end_never_ends_and_is_greedy_where_that_does_not_end_either():
    net, (source, mask, *_) = net_and_strings()
    tokens = greedy_without_end(net, source, mask, bos=BOS, eos=EOS, steps=7)
    assert tokens.shape == (6, 7) and (tokens != EOS).all()
    found, _ = net.greedy(source, mask, bos=BOS, eos=EOS, max_len=7)
    for mine, theirs in zip(tokens, found, strict=True):
        end = list(theirs).index(EOS) if EOS in theirs else len(theirs)
        np.testing.assert_array_equal(mine[:end], theirs[:end])


def test_where_it_breaks_counts_each_string_once():
    net, (source, mask, _, wanted, _) = net_and_strings()
    A, stops, others = where_it_breaks([net, net], source, mask, wanted, bos=BOS, eos=EOS)
    tokens, _ = net.greedy(source, mask, bos=BOS, eos=EOS, max_len=5)
    tokens = np.pad(tokens, ((0, 0), (0, 5 - tokens.shape[1])), constant_values=EOS)
    assert np.isclose((stops + others).sum(), (tokens != wanted).any(axis=1).mean())
    np.testing.assert_allclose(A[0].sum(), 1)


def test_gradients_before_training_begin_at_one_and_attention_looks_farther():
    for kind in ("tanh RNN", "GRU", "LSTM", "LSTM, forget bias 5", "attention"):
        curve = gradient_by_lag(kind, 0, T=31, D=8)
        assert curve.shape == (30,) and curve[0] == 1
    assert gradient_by_lag("attention", 0, T=61)[-1] > 1e3 * gradient_by_lag("GRU", 0, T=61)[-1]
    plain, mean = credit_map(0, T=16), credit_map(0, T=16, attention="dot", bidirectional=True, look=MeanLook())
    assert plain.max() == mean.max() == 1 and plain[-1, 0] < 1e-2 * mean[-1, 0]


@pytest.mark.parametrize(
    ("text", "word", "remark"),
    [
        ("knight", "knight", ""), ("Tokyo", "tokyo", "read as tokyo"), ("Café", "cafe", "read as cafe"),
        ("Straße", "strasse", "read as"), ("don't", "dont", "left out: '"), ("ａｂｃ", "abc", "read as abc"),
        ("東京", "", "a to z"), ("", "", "no letter"), ("  ", "", "no letter"), ("1999", "", "a to z"), (7, "", "int"),
        (["a"], "", "list"), ("a", "a", "1 letter, it has met 3 to 10"), ("x" * 300, "x" * 300, "300 letters"),
    ],
)  # fmt: skip
def test_every_input_becomes_a_word_or_a_sentence(text, word, remark):
    found, said = readable(text, Vocabulary(LETTERS, specials=(PAD,)), met=(3, 10))
    assert found == word and remark in said and (said or text == word)


def test_every_text_gets_an_answer_or_a_remark():
    letters, sounds = Vocabulary(LETTERS, specials=(PAD,)), Vocabulary("XYZ", specials=(PAD, "<bos>", "<eos>"))
    net = Translator(27, 6, embedding=4, hidden=6, rng=np.random.default_rng(0), attention="dot", bidirectional=True)
    found = list(answers_to(["Tokyo", "東京"], net, letters, sounds, met=(3, 10)))
    assert [row[:2] for row in found] == [("Tokyo", "tokyo"), ("東京", "")]
    assert len(found[0][2]) <= 40 and found[1][2] == [] and "a to z" in found[1][3]


def test_strings_are_reversed_and_counted_right():
    source, mask, so_far, wanted, counted = string_batch(4, np.random.default_rng(0), N=5)
    assert (wanted[:, :4] == source[:, ::-1]).all() and (wanted[:, 4] == EOS).all() and (so_far[:, 0] == BOS).all()
    assert mask.shape == (5, 4) and counted.shape == (5, 5) and mask.all() and counted.all()
    net = train_on_strings(0, steps=2, hidden=8, attention="dot", look=MeanLook(), bidirectional=True)
    assert isinstance(net.layers["attention"], MeanLook)
    assert all_lengths([net, net], [3, 5]).shape == (2, 2)
    assert half_right_up_to(np.array([[0.9, 0.6, 0.2], [0.8, 0.7, 0.1]]), [3, 4, 5]) == 4
    assert half_right_up_to(np.zeros((2, 3)), [3, 4, 5]) == 0
