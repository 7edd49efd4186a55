"""Notebook 12's worlds and measurements, and the five variational autoencoders that are ill."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data.dialogues import (
    BLAND,
    END_OF_TURN,
    PLACES,
    PLANS,
    QUESTION,
    WORDS,
    dialogue,
    dialogues,
    in_words,
    padded,
)
from helpers.data.hands import draw_hands, hands, turning_hands
from helpers.experiments import codes, draws
from helpers.experiments import dialogues as talk
from helpers.hunts import vae as bughunt

chain_grads = find("12.3").reference


# --- pictures and codes


def test_a_hand_points_where_its_angle_says():
    right, up, left = (row.reshape(12, 12) for row in draw_hands([0, np.pi / 2, np.pi], [0.9, 0.9, 0.9]))
    assert right[5:7, 9:].min() > 0.4 > right[:, :4].max() and up[:3, 5:7].min() > 0.4 and left[5:7, :3].min() > 0.4
    with pytest.raises(ValueError, match="expected \\(N,\\) twice"):
        draw_hands([0, 1], [0.5])


def test_generators_of_pictures_are_repeatable_and_in_their_bounds():
    for make, turn in ((hands, np.pi), (turning_hands, np.pi / 2)):
        one, two = (make(50, np.random.default_rng(1)) for _ in range(2))
        assert one[0].shape == (50, 144) and np.array_equal(one[0], two[0])
        assert one[1].min() >= 0 and one[1].max() <= turn and 0 <= one[0].min() and one[0].max() <= 1


def test_a_chain_gives_what_the_exercise_computes():
    rng = np.random.default_rng(0)
    net = codes.Chain((4, 5, 2, 4), "~-~", rng, np.float64)
    X = rng.normal(size=(6, 4))
    loss = chain_grads(X, X, net.Ws, net.bs, net.bent)[0]
    assert loss == pytest.approx(codes.error(net(X), X))
    np.testing.assert_allclose(net(net.code(X, 2), 2), net(X))
    with pytest.raises(ValueError, match="one of ~"):
        codes.Chain((4, 5, 4), "~", rng)


def test_training_a_chain_makes_the_error_smaller_and_is_repeatable():
    X = hands(80, np.random.default_rng(0))[0]
    X = (X - X.mean(axis=0)) / X.std()
    nets = [codes.train_chain(chain_grads, (144, 3, 144), "--", X, 0, steps=60, lr=0.02) for _ in range(2)]
    assert np.array_equal(nets[0].Ws[0], nets[1].Ws[0])
    assert codes.error(nets[0](X), X) < 0.5 * codes.error(0 * X, X)


def test_what_a_chain_reads_may_differ_from_what_it_should_say():
    seen = []

    def grads(X, target, Ws, bs, bent):
        seen.append(np.abs(X - target).mean())
        return chain_grads(X, target, Ws, bs, bent)

    X = np.random.default_rng(0).normal(size=(70, 4))
    codes.train_chain(grads, (4, 2, 4), "~-", X, 0, steps=3, lr=0.01, corrupt=lambda rows, rng: (rows + 1, rows))
    assert seen == pytest.approx([1, 1, 1], abs=1e-6)


def test_planes_maps_and_neighbours():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 5))
    mean, axes = codes.best_planes(X, 5)
    np.testing.assert_allclose(codes.flatten(X, mean, axes), X)
    B = rng.normal(size=(5, 3))
    np.testing.assert_allclose(codes.linear_map(X, X @ B + 2)(X), X @ B + 2)
    far, number = codes.to_nearest(X[3:5] + 1e-3, X)
    assert number.tolist() == [3, 4] and far.max() < 1e-4
    assert codes.auc(np.array([1.0, 2]), np.array([3.0, 4])) == 1 and codes.auc(np.ones(3), np.ones(2)) == 0.5


def test_true_hands_are_hands_and_two_hands_are_none():
    assert draws.share_of_hands(hands(50, np.random.default_rng(5))[0]) == 1
    both = np.maximum(*draw_hands([0.2, 2.9], [0.9, 0.9]))
    assert draws.share_of_hands(both[None]) == 0


def test_a_dead_code_leaves_the_mean_picture():
    X = hands(200, np.random.default_rng(0))[0]
    net = draws.train_vae(X, 0, weight=5.0, code=2, steps=300, lr=0.01)
    left, kl = draws.left_and_kl(net, X, X)
    assert kl < 0.01 and left > 0.9
    axis, distances = draws.plane(net, points=5)
    assert distances.shape == (5, 5) and axis[0] == -axis[-1]
    again = draws.train_vae(X, 1, weight=5.0, code=2, steps=1, start=net)
    assert np.abs(again.params["out.W"] - net.params["out.W"]).max() < 0.02


# --- dialogues


def test_the_facts_stand_before_the_last_small_talk_and_the_reply_needs_them():
    rng = np.random.default_rng(0)
    for _ in range(50):
        small = int(rng.integers(1, 5))
        utterances, reply, place = dialogue(rng, small)
        facts = [i for i, u in enumerate(utterances) if u.startswith(("we are", "i love"))]
        assert len(utterances) == small + 3 and utterances[-1] == QUESTION and max(facts) <= len(utterances) - 3
        assert f"we are by the {place}" in utterances and reply in PLANS[place]
        assert any(u.split()[-1] == reply.split()[-1] for u in utterances)
    with pytest.raises(ValueError, match="at least 1"):
        dialogue(rng, 0)


def test_with_chance_the_bland_reply_comes_four_times_in_ten():
    _, replies, places = dialogues(3000, np.random.default_rng(0), chance=True)
    bland, valid, plans, apart = talk.variety(replies, places)
    assert bland == pytest.approx(0.4, abs=0.03) and valid == 1 and plans == 4 and apart < 0.05
    assert talk.LEAST == pytest.approx(1.5048, abs=1e-4)


def test_words_go_to_ids_and_back():
    ids, lengths = padded(["how are you", "", BLAND])
    assert lengths.tolist() == [3, 1, 4] and ids.shape == (3, 4)
    assert in_words(ids[[2]]) == [BLAND] and in_words(np.array([[*ids[0, :2], WORDS.id("<eos>"), 7]])) == ["how are"]
    assert padded([f"{BLAND} {END_OF_TURN}"])[0].tolist() == [[*ids[2], WORDS.id(END_OF_TURN)]]      # one word, and known


def test_shares_of_replies_sum_to_1():
    table = talk.table_of_replies([BLAND, PLANS["sea"][0], "swim at the pier", PLANS["city"][0]], "sea")
    assert sum(table.values()) == pytest.approx(1) and table[BLAND] == 0.25 and table["anything else"] == 0.5
    assert set(PLACES) == set(PLANS)


def test_a_few_steps_of_training_are_repeatable_and_see_the_weight():
    weights = []

    def weight(step, steps):
        weights.append((step, steps))
        return 0.0

    nets = [talk.learn_to_reply("hred", 0, steps=3, chance=True, latent=2, hidden=4, weight=weight) for _ in range(2)]
    assert np.array_equal(nets[0][1], nets[1][1]) and nets[0][1].shape == (3, 2)
    assert weights[:3] == [(0, 3), (1, 3), (2, 3)] and nets[0][0].weight == 0
    assert 0 <= talk.share_right(talk.learn_to_reply("last", 0, steps=1, hidden=4)[0], 1, 0, count=5) <= 1


def test_replies_agree_as_far_as_z_decides():
    net, _ = talk.learn_to_reply("hred", 0, steps=1, chance=True, latent=2, hidden=4)
    asked = [dialogue(np.random.default_rng(0), 1)[0]] * 40
    middle = net.prior(net.context(asked))[0]
    net.reply = lambda utterances, *, words, rng, z: [f"{words} {ahead}" for ahead in (z > middle)[:, 0]]
    same, other = talk.agreement(net, asked, np.random.default_rng(0))
    assert same == 1 and 0.2 < other < 0.8


def test_the_question_weighs_nothing_and_the_others_are_exchanged():
    net, _ = talk.learn_to_reply("hred", 0, steps=2, hidden=4)
    utterances, reply, _ = dialogue(np.random.default_rng(0), 1)
    weights = talk.weight_of_utterances(net, utterances, reply)
    assert weights.shape == (4,) and weights[-1] == 0 and np.count_nonzero(weights) == 3


# --- the bug hunt


def test_every_patient_is_ill_and_the_healthy_lines_cure_it():
    assert bughunt.HUNT.is_right("healthy")
    for patient, lines in bughunt.ILL.items():
        assert not bughunt.HUNT.is_right(patient)
        assert bughunt.HUNT.is_right(patient, {number: bughunt.HEALTHY[number - 1] for number in lines})


def test_no_two_patients_have_the_same_symptoms_and_three_pass_the_referee():
    seen = {patient: bughunt.symptoms(patient) for patient in ("healthy", *bughunt.ILL)}
    assert len(set(seen.values())) == 6
    assert sum(text.count("agrees") == 2 for text in seen.values()) == 4


def test_a_lost_line_and_an_unknown_patient_are_told(capsys):
    with pytest.raises(ValueError, match="Patient B does not compute `loss`"):
        bughunt.run("B", *bughunt.example(), mend={9: "y = y"})
    bughunt.show_lines("F")
    assert "A, B, C, D, E" in capsys.readouterr().out
