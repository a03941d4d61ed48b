"""What a tube's record is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.messages.tubes import leaf_of


@pytest.mark.parametrize(
    ("code", "leaf"),
    [("035200000104", "tubes/035200000104"), ("TB+1", "tubes/TB%2B1"), ("A/B", "tubes/A%2FB"), ("#", "tubes/%23")],
)
def test_a_code_that_no_topic_may_have_is_written_as_in_an_address(code, leaf):
    assert leaf_of(code) == leaf


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_a_supplier_prints_is_one_plain_leaf(code):
    assert not set('+#\0/*?:|<>"\\') & set(leaf_of(code).removeprefix("tubes/"))
