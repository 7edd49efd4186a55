"""Tokens to ids and back: one Vocabulary for characters, phones and words alike."""

from collections import Counter
from itertools import chain

import numpy as np

PAD, BOS, EOS, UNK = "<pad>", "<bos>", "<eos>", "<unk>"


class Vocabulary:
    """The tokens of a task, each with an id from 0 to V - 1: first the special ones that are asked for, then the rest.

    vocab = Vocabulary("abc", specials=(PAD, BOS, EOS))    # ids: pad 0, bos 1, eos 2, a 3, b 4, c 5
    vocab.encode("cab")                                    # [5, 3, 4]
    vocab.decode([5, 3, 4])                                # ["c", "a", "b"]
    ids, mask = vocab.batch(["cab", "a"], eos=True)        # (N, T) and (N, T), True where a token is

    Raises ValueError for a token given twice, and for no token at all.
    """

    def __init__(self, tokens, specials=()):
        self.specials = tuple(specials)
        self.tokens = [*self.specials, *tokens]
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        if not self.tokens:
            raise ValueError("tokens must hold at least one token, got none")
        if len(self._ids) != len(self.tokens):
            twice = [token for token, count in Counter(self.tokens).items() if count > 1]
            raise ValueError(f"tokens must differ, got {twice[0]!r} twice")

    @classmethod
    def build(cls, sequences, specials=(), min_count=1, max_size=None):
        """Return the vocabulary of all tokens in the sequences.

        Without a limit the tokens are sorted; with max_size (V, specials included) the most frequent stay, most
        frequent first, ties sorted. Tokens rarer than min_count are left out.
        """
        counts = Counter(token for sequence in sequences for token in sequence if token not in specials)
        tokens = sorted(token for token, count in counts.items() if count >= min_count)
        if max_size is not None:
            tokens = sorted(tokens, key=lambda token: -counts[token])[: max(0, max_size - len(specials))]
        return cls(tokens, specials)

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self._ids

    def __repr__(self):
        return f"Vocabulary({len(self)} tokens: {' '.join(map(repr, self.tokens[:8]))}{' …' if len(self) > 8 else ''})"

    def id(self, token):
        """Return the id of one token; that of UNK for a stranger, if the vocabulary has UNK.

        Raises ValueError for a stranger otherwise.
        """
        number = self._ids.get(token, self._ids.get(UNK))
        if number is None:
            raise ValueError(f"{token!r} is not in the vocabulary of {len(self)} tokens, and that has no {UNK}")
        return number

    def encode(self, sequence, bos=False, eos=False):
        """Return the ids of a string or list of tokens, as a list; bos and eos put that id before or behind."""
        try:
            ids = list(map(self._ids.__getitem__, sequence))
        except KeyError:                                             # a stranger: UNK, or the error that names it
            ids = [self.id(token) for token in sequence]
        return ([self.id(BOS)] if bos else []) + ids + ([self.id(EOS)] if eos else [])

    def decode(self, ids, specials=False):
        """Return the tokens of some ids as a list, up to the first EOS, without PAD and BOS; specials=True keeps all.

        Raises ValueError for an id outside 0 … V - 1.
        """
        tokens = []
        for number in np.asarray(ids, dtype=np.int64).ravel().tolist():
            if not 0 <= number < len(self):
                raise ValueError(f"ids must be from 0 to {len(self) - 1}, got {number}")
            token = self.tokens[number]
            if specials:
                tokens.append(token)
            elif token == EOS and EOS in self.specials:
                break
            elif token not in (PAD, BOS) or token not in self.specials:
                tokens.append(token)
        return tokens

    def batch(self, sequences, bos=False, eos=False, length=None):
        """Return (ids (N, T) int64, mask (N, T) bool): the sequences padded with PAD to the longest, or to `length`.

        mask is True where a token is and False on padding.

        Raises ValueError if nothing is given, a sequence is longer than `length`, or there is no PAD to pad with.
        """
        rows = [self.encode(sequence, bos, eos) for sequence in sequences]
        if not rows:
            raise ValueError("sequences must hold at least one sequence, got none")
        lengths = np.array([len(row) for row in rows])
        longest = int(lengths.max())
        T = longest if length is None else length
        if longest > T:
            raise ValueError(f"length must be at least {longest}, the longest sequence, got {length}")
        mask = np.arange(T) < lengths[:, None]  # (N, T)
        ids = np.zeros((len(rows), T), np.int64)
        if not mask.all():
            if PAD not in self:
                raise ValueError(f"the sequences differ in length (at most {longest}), so the vocabulary needs {PAD}")
            ids[:] = self.id(PAD)
        ids[mask] = np.fromiter(chain.from_iterable(rows), np.int64, lengths.sum())
        return ids, mask
