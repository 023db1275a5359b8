"""What the tag does not do yet, page by page. Such a page must fail: one that passes is taken off this list."""

from __future__ import annotations

GAPS: dict[str, str] = {
    "confirm-refused": "an invalid or refused sending counts as a lead",
    "formik-invalid": "an invalid or refused sending counts as a lead",
    "inertia-refused": "an invalid or refused sending counts as a lead",
    "jquery-validation-invalid": "an invalid or refused sending counts as a lead",
    "just-validate-invalid": "an invalid or refused sending counts as a lead",
}
