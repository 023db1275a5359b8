"""Chromium, Firefox and WebKitGTK behind one interface: a scenario is written once and runs in all three."""
