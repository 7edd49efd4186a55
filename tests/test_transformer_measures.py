"""What is measured around small Transformers, and the five of them that are ill."""

import numpy as np
import pytest

from helpers.checking.authoring import find
from helpers.data import induction
from helpers.experiments import transformer_measures as measures
from helpers.hunts import transformer as bughunt
from helpers.models import Transformer

rng = np.random.default_rng(0)


def test_maps_by_hand_are_the_weights_of_the_machine_of_the_exercise():
    attend = find("10.1").reference
    for ids in (np.resize(rng.permutation(26)[:6], 15), rng.integers(0, 4, 12)):
        tokens = np.concatenate([[26], ids])
        now = np.eye(27)[tokens]
        before, first = attend(300 * np.eye(len(tokens), k=-1), np.eye(len(tokens)), now)
        second = attend(300 * now, before, now)[1]
        mine = measures.maps_by_hand(ids)
        assert np.allclose(mine[0], first[1:, 1:], atol=1e-9) and np.allclose(mine[1], second[1:, 1:], atol=1e-9)


def test_with_nothing_forbidden_the_net_is_right_as_often_as_before():
    ids, known = induction(40, 33, rng)
    net = Transformer(26, rng=rng)
    net.forward(ids[:, :-1])
    once_and_twice = measures.right_without(net, ids, known)
    assert min(once_and_twice) - 1e-9 <= net.accuracy(ids, known) <= max(once_and_twice) + 1e-9
    before = net.params["block1.attention.Wqkv"].copy()
    assert measures.right_without(net, ids, known, 1) != once_and_twice
    assert np.array_equal(net.params["block1.attention.Wqkv"], before)


def test_a_net_that_looks_nowhere_in_particular_gives_each_place_its_share():
    ids, known = induction(40, 33, rng)
    net = Transformer(26, rng=rng)
    for k in (1, 2):
        net.params[f"block{k}.attention.Wqkv"][...] = 0
    before, after = measures.where_it_looks(net, ids, known)
    assert before == pytest.approx(np.mean((1 / np.arange(1, 33))[np.nonzero(known[:, 1:])[1]]), abs=1e-6)
    assert 0 < after < 0.3


def test_without_shortcuts_the_gradient_ends_in_the_first_letter():
    kept, lost = (measures.gradient_back(0, T=41, blocks=6, shortcut=shortcut)[-1] for shortcut in (True, False))
    assert 0.1 < kept < 50 and lost > 1000


def test_the_cost_of_a_letter_is_measured_at_each_length():
    again, kept = measures.cost_of_a_letter(Transformer(27, rng=rng), (16, 32), times=3)
    assert again.shape == kept.shape == (2,) and again.min() >= 0 and kept.min() >= 0


def test_every_patient_is_ill_and_the_healthy_lines_cure_it():
    assert bughunt.HUNT.is_right("healthy")
    for patient, lines in bughunt.ILL.items():
        assert not bughunt.HUNT.is_right(patient)
        assert bughunt.HUNT.is_right(patient, {number: bughunt.HEALTHY[number - 1] for number in lines})


def test_no_two_patients_have_the_same_symptoms():
    assert len({bughunt.symptoms(patient) for patient in ("healthy", *bughunt.ILL)}) == 6


def test_a_line_that_is_lost_is_told_by_what_it_computed():
    with pytest.raises(ValueError, match="Patient B does not compute `loss`"):
        bughunt.run("B", *bughunt.example(), mend={11: "right = right"})


def test_an_unknown_patient_gets_the_names_of_those_there_are(capsys):
    bughunt.show_lines("F")
    assert "A, B, C, D, E" in capsys.readouterr().out
