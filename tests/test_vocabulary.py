"""Tokens and their ids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data import BOS, EOS, PAD, UNK, Vocabulary
from tests.test_generators import few


@few
@given(st.lists(st.text("abcdé ", max_size=8), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_a_batch_decodes_to_what_was_encoded(texts, bos, eos):
    vocab = Vocabulary("abcdé ", specials=(PAD, BOS, EOS))
    ids, mask = vocab.batch(texts, bos=bos, eos=eos)
    assert ids.shape == mask.shape and ids.dtype == np.int64 and mask.dtype == bool
    assert mask.sum(axis=1).tolist() == [len(text) + bos + eos for text in texts]
    assert (ids[~mask] == vocab.id(PAD)).all()
    assert ["".join(vocab.decode(row)) for row in ids] == texts


def test_decoding_stops_at_eos_unless_all_is_asked_for():
    vocab = Vocabulary("ab", specials=(PAD, BOS, EOS))
    assert vocab.decode([1, 3, 2, 4]) == ["a"]
    assert vocab.decode([1, 3, 2, 4], specials=True) == [BOS, "a", EOS, "b"]
    with pytest.raises(ValueError, match="ids must be from 0 to 4, got 5"):
        vocab.decode([5])
    with pytest.raises(ValueError, match="ids must be from 0 to 4, got -1"):
        vocab.decode([-1])


def test_a_stranger_is_unk_or_an_error():
    assert Vocabulary("ab", specials=(UNK,)).encode("axb") == [1, 0, 2]
    with pytest.raises(ValueError, match="'x' is not in the vocabulary of 2 tokens, and that has no <unk>"):
        Vocabulary("ab").encode("axb")


def test_a_vocabulary_is_built_from_the_frequent_tokens():
    texts = [["b", "a", "b"], ["c", "b", "a"]]
    assert Vocabulary.build(texts).tokens == ["a", "b", "c"]
    assert Vocabulary.build(texts, min_count=2).tokens == ["a", "b"]
    assert Vocabulary.build(texts, specials=(UNK,), max_size=2).tokens == [UNK, "b"]
    assert len(Vocabulary.build(texts)) == 3 and "b" in Vocabulary.build(texts)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: Vocabulary("aba"), "tokens must differ, got 'a' twice"),
        (lambda: Vocabulary(""), "tokens must hold at least one token, got none"),
        (lambda: Vocabulary("ab").batch([]), "sequences must hold at least one sequence, got none"),
        (lambda: Vocabulary("ab").batch(["a", "ab"]), "so the vocabulary needs <pad>"),
        (lambda: Vocabulary("ab", (PAD,)).batch(["ab"], length=1), "length must be at least 2"),
        (lambda: Vocabulary("ab").encode("a", eos=True), "'<eos>' is not in the vocabulary"),
    ],
)
def test_a_vocabulary_names_what_is_wrong(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
