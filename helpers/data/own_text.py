"""What a learner types, made fit for a net that knows few letters, or answered with a sentence."""


def readable(text, vocabulary, longest=30):
    """Return (text in lower case, "") where a net can read it, else ("", a sentence that says why not).

    vocabulary : what the net knows, one token a letter. longest : how many letters it takes.
    """
    if not isinstance(text, str):
        return "", f"Write it in quotes: this is a {type(text).__name__}."
    text = text.strip().lower()
    if not text:
        return "", "Write something between the quotes and run the cell."
    strange = sorted({letter for letter in text if letter not in vocabulary})
    if strange:
        known = "".join(token for token in vocabulary.tokens if token not in vocabulary.specials)
        return "", f"This net has never seen {' '.join(map(repr, strange[:5]))}. It knows only: {known}"
    if len(text) > longest:
        return "", f"That is {len(text)} letters; take at most {longest}."
    return text, ""
