"""What the tag does not do yet, page by page. Such a page must fail: one that passes is taken off this list."""

from __future__ import annotations

# Each needs to know that a page kept a sending to itself without asking anybody: 130 bytes that forms.js has not (6 KB).
GAPS: dict[str, str] = {
    "confirm-refused": "confirm() is not watched: no is not told from yes",
    "formik-invalid": "Formik marks neither field nor error, and shows the error before the sending: nothing changes on the page",
    "own-question-refused": "a question that a page asks outside its form, in its own words, is not told from an answer",
}
