"""Words that a reader types, as a net can read them, and a sentence where it cannot."""

import unicodedata


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
