"""The course's data: real texts and word lists from data/, and sequences made to order."""

from .bible import Verse, bible_text, load_bible, plain_letters, split_verses, words
from .files import DataFileError
