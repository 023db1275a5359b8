"""Mouse and keys as WebDriver and WebDriver BiDi both want them (the same JSON in both)."""

from __future__ import annotations

from typing import Any

from .page import found

_KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Backspace": "\ue003"}


def pointer(place: str, times: int) -> list[dict[str, Any]]:
    """Clicks at a point of the viewport, `x y`."""
    x, y = place.split()
    click = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
    moves = [{"type": "pointerMove", "x": int(float(x)), "y": int(float(y)), "duration": 0}, *(click * times)]
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}]


def keys(typed: list[str]) -> list[dict[str, Any]]:
    """Keys one after the other: characters or names."""
    presses = [{"type": kind, "value": _KEYS.get(key, key)} for key in typed for kind in ("keyDown", "keyUp")]
    return [{"type": "key", "id": "keyboard", "actions": presses}]


def middle(selector: str) -> str:
    """The expression of an element's place, scrolled into view, once something of it is to be hit there: 'x y' or null.

    (A text: a list is not safe from pages that teach arrays another JSON.)
    """
    return f"""(e => {{
      if (!e) return null
      e.scrollIntoView({{block: 'center', inline: 'center', behavior: 'instant'}})
      const b = e.getBoundingClientRect(), x = b.x + b.width / 2, y = b.y + b.height / 2
      const top = e.getRootNode().elementFromPoint(x, y)
      return b.width && top && (top === e || e.contains(top) || top.contains(e) || top.shadowRoot) ? x + ' ' + y : null
    }})({found(selector)})"""


def emptied(selector: str) -> str:
    """The expression that takes the focus to a field and marks its text, to be typed over: whether there is any; null without a field."""
    return f"(e => e ? (e.focus(), e.select && e.select(), !!e.value) : null)({found(selector)})"
