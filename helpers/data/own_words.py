"""Words that a reader types, as a net can read them, and a sentence where it cannot."""

import unicodedata

from helpers.data.vocabulary import BOS, EOS


def readable(text, vocabulary, *, met):
    """Return (the text in letters of the vocabulary, a remark in words or "").

    Capitals become small, accents are dropped ("Café" is read as "cafe"), other signs are left out. Where nothing is
    left, the first is "" and the remark says why.
    met  (shortest, longest) that the net has met in training: beyond them the remark says so
    """
    if not isinstance(text, str):
        return "", f"a word is a text in quotes, and this is a {type(text).__name__}"
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    kept = "".join(c for c in plain if c in vocabulary and c not in vocabulary.specials).strip()
    if not any(c.isalpha() for c in kept):
        return "", "nothing to read: this net knows only the letters a to z" if text.strip() else "nothing to read: no letter"
    lost = "".join(dict.fromkeys(c for c in plain if c not in vocabulary and not c.isspace()))
    remarks = [f"read as {kept}" if kept != text and len(kept) <= 30 else "", f"left out: {lost[:10]}" if lost else ""]
    if not met[0] <= len(kept) <= met[1]:
        remarks.append(f"{len(kept)} letter{'s' * (len(kept) > 1)}, it has met {met[0]} to {met[1]}")
    return kept, "; ".join(filter(None, remarks))


def answers_to(texts, net, source, target, *, met):
    """Yield (text, as the net read it, the tokens of its answer, a remark) for each text; where it can read nothing, "" and [].

    net  a Translator, source and target  its vocabularies, met  as for `readable`
    """
    for text in texts:
        word, remark = readable(text, source, met=met)
        tokens = net.greedy(*source.batch([word]), bos=target.id(BOS), eos=target.id(EOS), max_len=40)[0][0] if word else []
        yield text, word, target.decode(tokens), remark
