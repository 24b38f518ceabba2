"""The root of the exceptions that Tandem raises on purpose."""


class TandemError(Exception):
    """Something the user can be told: one sentence, and what to do about it.

    `str(error)` is the sentence followed by the advice; the log has the cause.
    """

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(f"{sentence} {advice}".strip())
        self.sentence = sentence
        self.advice = advice
