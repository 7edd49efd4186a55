"""Five nets that talk nonsense, or seem to: who is ill of what is for the reader of notebook 05 to find out.

    patients = word_patients(healthy, new_net, train_ids, vocab)       # {"A": Patient, …}
"""

from dataclasses import dataclass

from helpers.models.readers import train
from helpers.training.batches import text_batches

BIBLICAL = ("thus saith the", "the children of", "and it came to", "the king of", "the house of the")
MODERN = ("some of them looks like", "my laptop crashed while", "nobody expects planets")
CAUSES = {"A": "the table from ids to words is another one", "B": "hardly trained", "C": "asked in words it does not know",
          "D": "not trained at all", "E": "healthy"}


@dataclass
class Patient:
    """A net, the words that its ids are read as, and the beginnings it was asked."""

    net: object
    tokens: list
    beginnings: tuple


def word_patients(healthy, new_net, train_ids, vocab):
    """Return the five patients by letter. new_net() makes an untrained net of the same kind as the others."""
    short = new_net()
    train(short, text_batches(train_ids, size=32, steps=16), steps=12, lr=0.03, clip=5.0)
    tokens = list(vocab.tokens)
    return {"A": Patient(healthy, tokens[1:] + tokens[:1], BIBLICAL), "B": Patient(short, tokens, BIBLICAL),
            "C": Patient(healthy, tokens, MODERN), "D": Patient(new_net(), tokens, BIBLICAL),
            "E": Patient(healthy, tokens, BIBLICAL)}
