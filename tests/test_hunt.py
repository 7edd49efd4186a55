"""Bug hunts: the line of a mended patient that is still wrong is found, and what cannot be run is told in words."""

import pytest

from helpers.checking import authoring, check
from helpers.checking.hunt import CannotRun, Hunt
from helpers.hunts import bidirectional_rnn as birnn_bughunt
from helpers.hunts import lstm as lstm_bughunt
from helpers.hunts import rnn as bughunt
from helpers.hunts import transformer as transformer_bughunt
from tests.test_blame import answer

HUNT = Hunt(["total = 0", "for x in xs: total += x", "mean = total / n"], {"A": {2: "for x in xs: total = x"}})


def mean_is(number):
    def is_right(mend):
        names = {"xs": [1, 2, 6], "n": 3}
        try:
            HUNT.run("A", names, mend)
        except ValueError:
            return False
        return names["mean"] == number

    return is_right


@pytest.mark.parametrize(
    ("mend", "words"),
    [
        ({2: "for x in xs: total -= x", 3: "mean = total * n"}, ["Line 2 is still wrong", "Line 3", "multiplies"]),
        ({3: "mean = total * n"}, []),  # line 2 is for the reader to find
        ({2: "for x in xs: total -= x"}, ["Line 2 is still wrong. In `for x in xs: total -= x`: `-=` is not the assignment"]),
        ({2: "for x in xs: total += x", 3: "mean = total / 2"}, ["Line 3 was healthy, and is wrong now", "`2` stands where"]),
        ({2: "for x in xs: total += x"}, []),
        ({2: "for x in xs: total += x", 3: "nobody"}, ["Line 3 was healthy, and is wrong now: `nobody`."]),
    ],
)
def test_the_line_that_is_still_wrong_is_found(mend, words):
    said = HUNT.blame("A", mend, mean_is(3))
    assert all(word in said for word in words) and bool(said) == bool(words), said


@pytest.mark.parametrize(
    ("mend", "words"),
    [
        ("a line", "write a dict"),
        (None, "write a dict"),
        ({4: "x"}, "has the lines 1 to 3; got 4"),
        ({"2": "x"}, "without quotes"),
        ({2: 5}, "as one text in quotes"),
        ({2: "x = ("}, "SyntaxError in line 2"),
        ({2: "1 / 0"}, "ZeroDivisionError in line 2: division by zero"),
        ({2: "while True: pass"}, "a line that never ends"),
        ({2: "raise SystemExit"}, "SystemExit in line 2"),
        ({1: "xs @ n"}, "TypeError in line 1"),
    ],
)
def test_what_cannot_be_run_is_told_in_words(mend, words):
    with pytest.raises(ValueError, match="Patient A") as complaint:
        HUNT.run("A", {"xs": [1], "n": 1}, mend)
    assert words in str(complaint.value)
    assert isinstance(complaint.value, CannotRun) == ("cannot be run" in str(complaint.value))


def test_the_exercises_say_which_of_the_mended_lines_is_wrong():
    for key, old, new, words in (
        ("2.7", '5: "dh = da @ Wh.T"', '6: "dh = da @ Wh", 5: "dX[:, t] = da @ Wx.T"', "`Wh` has to be transposed"),
        ("4.8", '6: "h = o * np.tanh(c)"', '6: "h = np.tanh(o * c)"', "Line 6 is still wrong"),
        ("6.7", "hs_b[..., ::-1, :]]", "hs_b[..., ::-1]]", "Line 4 is still wrong"),
    ):
        verdict = check(authoring.find(key), answer(key, (old, new)))
        assert words in " ".join((verdict.headline, *verdict.details)), verdict


@pytest.mark.parametrize("hunt", (bughunt, lstm_bughunt, transformer_bughunt))
def test_a_patient_for_whom_nothing_was_written_is_refused_by_every_hunt(hunt):
    with pytest.raises(ValueError, match="Patient A: write a dict.* got None"):
        hunt.run("A", *hunt.example(), mend=None)
    with pytest.raises(ValueError, match="The net: write a dict.* got None"):
        birnn_bughunt.run(birnn_bughunt.examples()["batch"], None)


def test_a_line_that_was_left_ill_is_not_named_but_what_is_to_be_seen_is_told():
    verdict = check(authoring.find("2.7"), answer("2.7", ('{6: "dh = da @ Wh.T"}', '{5: "dX[:, t] = 2 * da @ Wx.T"}')))
    said = " ".join((verdict.headline, *verdict.details))
    assert "Patient B with your lines: dX wrong at every t; dWx wrong by" in said and "Line 6" not in said
    verdict = check(authoring.find("2.7"), answer("2.7", ('{6: "dh = da @ Wh.T"}', '{5: "dX = da @ Wx.T"}')))
    assert "one of its arrays has lost its shape" in " ".join((verdict.headline, *verdict.details)), verdict


def test_the_lines_are_shown_with_their_numbers_in_one_column(capsys):
    hunt = Hunt([f"x = {number}" for number in range(11)], {"A": {10: "y = 0"}})
    hunt.show("A")
    assert capsys.readouterr().out.splitlines()[8:] == [" 9  x = 8", "10  y = 0", "11  x = 10"]
    HUNT.show("Z")
    assert "There is no patient 'Z': choose one of A" in capsys.readouterr().out
    assert HUNT.listing("healthy").splitlines()[2] == "3   mean = total / n"


def test_every_patient_is_ill_and_the_healthy_lines_mend_it():
    for hunt, ill in ((bughunt, bughunt.ILL), (lstm_bughunt, lstm_bughunt.ILL)):
        for patient in ill:
            healthy = dict(enumerate(hunt.HUNT.healthy, 1))
            assert hunt.HUNT.blame(patient, {**healthy, 2: "pass"}).startswith("Line 2"), patient
            assert hunt.HUNT.blame(patient, healthy) == hunt.HUNT.blame(patient, {1: healthy[1]}) == ""
    assert birnn_bughunt.blame({**birnn_bughunt.HEALTHY, 5: "ys = hs"}).startswith("Line 5")
