from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.transport.dialling import MAX_ADDRESSES, in_turn


def addresses(*texts):
    return [ip_address(text) for text in texts]


def test_the_families_take_turns_and_the_first_one_begins():
    found = addresses("2606::1", "2606::2", "2606::3", "1.1.1.1", "1.1.1.2")
    assert in_turn(found) == addresses("2606::1", "1.1.1.1", "2606::2", "1.1.1.2")
    found = addresses("1.1.1.1", "1.1.1.2", "2606::1")
    assert in_turn(found) == addresses("1.1.1.1", "2606::1", "1.1.1.2")


@given(st.lists(st.ip_addresses(), min_size=1, max_size=12, unique=True))
def test_no_family_is_left_out_and_the_order_within_each_is_kept(found):
    turns = in_turn(found)
    assert turns[0] == found[0]
    assert len(turns) == min(len(found), MAX_ADDRESSES)
    assert {each.version for each in turns} == {each.version for each in found}
    for version in (4, 6):
        family = [each for each in found if each.version == version]
        assert [each for each in turns if each.version == version] == family[
            : sum(each.version == version for each in turns)
        ]
