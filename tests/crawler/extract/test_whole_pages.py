"""Whole pages in the markup forms of health sites name the right doctors (bench/whole_pages.py)."""

from __future__ import annotations

from bench.page_forms import cases
from bench.whole_pages import measure


def test_no_wrong_person_is_printed_and_hardly_a_doctor_missed() -> None:
    ours, _ = measure()

    assert sum(1 for _ in cases()) >= 100
    assert ours.wrong == []
    assert ours.missed == []
    for field in ("doctor", "role", "source", "date"):
        assert ours.counts[f"{field} hit"] >= 0.98 * ours.counts[f"{field} given"] > 0, field
        assert ours.counts[f"{field} hit"] >= 0.95 * ours.counts[f"{field} gold"], field
