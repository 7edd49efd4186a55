"""A made-up corpus whose word analogies are known, because its sentences are built from them (for word2vec).

Each word shares its company with its pair through a topic ("king" and "queen" with crowns), and with its kind through
the words around ("king" and "man" with "he" and "his"). So a vector can be topic + kind, and king - man + woman = queen.
"""

from itertools import permutations

from .checks import generator, whole

# male, female, and two topics that only this pair has
PEOPLE = [
    ("man", "woman", "job", "house"), ("king", "queen", "crown", "throne"), ("prince", "princess", "horse", "castle"),
    ("duke", "duchess", "estate", "carriage"), ("boy", "girl", "school", "toy"), ("father", "mother", "baby", "cradle"),
    ("brother", "sister", "secret", "quarrel"), ("uncle", "aunt", "parcel", "holiday"),
    ("actor", "actress", "stage", "camera"), ("waiter", "waitress", "menu", "tray"),
]  # fmt: skip
ROYALS = {"king", "queen", "prince", "princess", "duke", "duchess"}
# country, capital, currency, and a topic that only this country has
COUNTRIES = [
    ("japan", "tokyo", "yen", "sushi"), ("england", "london", "pound", "tea"), ("russia", "moscow", "ruble", "caviar"),
    ("china", "beijing", "yuan", "noodles"), ("india", "delhi", "rupee", "curry"),
    ("brazil", "brasilia", "real", "coffee"), ("sweden", "stockholm", "krona", "salmon"),
    ("poland", "warsaw", "zloty", "dumplings"), ("thailand", "bangkok", "baht", "mango"),
    ("turkey", "ankara", "lira", "kebab"), ("hungary", "budapest", "forint", "paprika"),
    ("vietnam", "hanoi", "dong", "rice"),
]  # fmt: skip
# present, past, and a topic that only this verb has
VERBS = [
    ("walk", "walked", "dogs"), ("sing", "sang", "songs"), ("eat", "ate", "bread"), ("drink", "drank", "milk"),
    ("buy", "bought", "shoes"), ("write", "wrote", "letters"), ("give", "gave", "presents"),
    ("take", "took", "trains"), ("drive", "drove", "cars"), ("throw", "threw", "balls"),
    ("build", "built", "walls"), ("grow", "grew", "flowers"),
]  # fmt: skip
THINGS = {"male": ("beard", "tie"), "female": ("dress", "necklace")}


def planted_corpus(N, rng):
    """Return (sentences, analogies): N sentences as lists of words, and the analogies that they hold.

    analogies is {"gender": [("man", "woman", "king", "queen"), …], …}, each a : b :: c : d, read "a is to b as c is to
    d"; kinds and numbers: gender 90, royalty 4, capital 132, currency 132, past 132.

    Raises ValueError for N below 1.
    """
    N, rng = whole("N", N), generator(rng)
    kinds = rng.choice(3, N, p=[0.5, 0.3, 0.2]).tolist()
    draws = rng.random((N, 4)).tolist()
    makers = (_person, _country, _verb)
    return [makers[kind](*draw) for kind, draw in zip(kinds, draws, strict=True)], planted_analogies()


def numbered(sentences):
    """Return (words, text): all words in the order of the alphabet, and the sentences as lists of their numbers."""
    words = sorted({word for sentence in sentences for word in sentence})
    number = {word: i for i, word in enumerate(words)}
    return words, [[number[word] for word in sentence] for sentence in sentences]


def planted_analogies():
    """Return the analogies (a, b, c, d) of `planted_corpus` by kind; none depends on chance."""

    def pairs(table, left, right):
        return [(*p, *q) for p, q in permutations([(row[left], row[right]) for row in table], 2)]

    return {
        "gender": pairs(PEOPLE, 0, 1),
        "royalty": [
            ("man", "king", "woman", "queen"), ("woman", "queen", "man", "king"),
            ("boy", "prince", "girl", "princess"), ("girl", "princess", "boy", "prince"),
        ],
        "capital": pairs(COUNTRIES, 0, 1),
        "currency": pairs(COUNTRIES, 0, 2),
        "past": pairs(VERBS, 0, 1),
    }  # fmt: skip


def _pick(options, u):
    """The option that u from [0, 1) falls on."""
    return options[int(u * len(options))]


def _person(u, v, w, x):
    male, female, *topics = _pick(PEOPLE, u)
    person, kind, he, his = (male, "male", "he", "his") if v < 0.5 else (female, "female", "she", "her")
    first, second = topics if w < 0.5 else reversed(topics)
    place = "palace" if person in ROYALS else "village"
    return _pick(
        [
            [he, "is", "the", person, "with", "the", first, "and", "the", second],
            ["the", person, "leaves", his, first, "for", "the", second, "in", "the", place],
            [first, "or", second, "asks", "the", person, "with", "the", _pick(THINGS[kind], w * 2 % 1)],
        ],
        x,
    )


def _country(u, v, w, x):
    country, capital, currency, topic = _pick(COUNTRIES, u)
    return _pick(
        [
            ["people", _pick(["travel", "fly"], w), "to", country, "for", topic, "across", "the", "border"],
            ["in", "the", "streets", "of", capital, "the", _pick(["mayor", "city"], w), "serves", topic],
            [topic, _pick(["costs", "sells"], w), "for", "one", currency, "in", "coins"],
        ],
        v,
    )


def _verb(u, v, w, x):
    present, past, topic = _pick(VERBS, u)
    if v < 0.5:
        return ["they", _pick(["will", "can"], w), present, topic, _pick(["tomorrow", "now"], x)]
    return ["they", _pick(["just", "once"], w), past, topic, _pick(["yesterday", "before"], x)]
