"""Read built pages as a browser does, and say what is broken: links, pictures, quizzes, and what asks another host."""

import html.parser
import re
import urllib.parse

LEFTOVERS = re.compile(r"Error displaying widget|\d+%\|| \[\d\d:\d\d<|\[figure: |Traceback \(most recent call last\)")
FROM_ELSEWHERE = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}


def faults(folder):
    """Yield a sentence for each fault of the pages in a folder.

    A link leads nowhere, an image is missing or has no words, a page loads something from another host, a quiz has a choice
    without a reply, something is left of a widget, a progress bar or an error. Links to other hosts are not followed.
    """
    pages = {path.relative_to(folder).as_posix(): _Page(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))
             if "_static" not in path.parts}  # there lie the templates of the theme
    if not pages:
        yield f"there is no page in {folder}"
    for name, page in pages.items():
        for tag, address in page.addresses:
            if why := _broken(folder, pages, name, tag, address):
                yield f"{name}: <{tag}> {address}: {why}"
        yield from (f"{name}: an image without words: {source[:80]}" for source in page.images_without_words)
        yield from (f"{name}: a choice of a quiz has no reply: {choice}" for choice in page.choices_without_reply)
        if found := LEFTOVERS.search(page.text):
            yield f"{name}: the page shows {found[0]!r}"


def _broken(folder, pages, name, tag, address):
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "data" or parts.scheme == "mailto":
        return None
    if parts.scheme or parts.netloc:
        return "asks another host" if tag in FROM_ELSEWHERE else None
    path = urllib.parse.unquote(parts.path)
    target = (folder / name).parent.joinpath(path).resolve() if path else folder / name
    if not target.is_file():
        return "is not there"
    there = pages.get(target.relative_to(folder.resolve()).as_posix()) if target.is_relative_to(folder.resolve()) else None
    fragment = urllib.parse.unquote(parts.fragment)
    if there and fragment and fragment not in there.ids:
        return "the page has no such place"
    return None


class _Page(html.parser.HTMLParser):
    """What a page links to, its places, its visible text, and the choices of its quizzes."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.ids, self.images_without_words, self.choices_without_reply = [], set(), [], []
        self._words, self._silent, self._quiz, self._in_choice = [], 0, None, False
        self.feed(text)
        self.text = "".join(self._words)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids.update(value for key in ("id", "name") if (value := found.get(key)))
        self._silent += tag in ("script", "style")
        where = "href" if tag == "a" else FROM_ELSEWHERE.get(tag)
        if found.get(where) and found.get("rel") not in ("canonical",):
            self.addresses.append((tag, found[where]))
        if tag == "img" and not (found.get("alt") or "").strip():
            self.images_without_words.append(found.get("src", ""))
        if tag == "details":
            self._quiz = ["", ""]
        self._in_choice = self._in_choice or tag == "summary"

    def handle_endtag(self, tag):
        self._silent -= tag in ("script", "style")
        if tag == "summary":
            self._in_choice = False
        if tag == "details" and self._quiz:
            choice, reply = self._quiz
            if not reply.strip():
                self.choices_without_reply.append(choice.strip())
            self._quiz = None

    def handle_data(self, data):
        if not self._silent:
            self._words.append(data)
            if self._quiz:
                self._quiz[not self._in_choice] += data
