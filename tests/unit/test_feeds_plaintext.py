"""What a reader sees of a stranger's markup."""

import pytest

from monitor.feeds.plaintext import clean, is_clean, looks_like_html, one_line, plain, readable


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Airspace <b>clo</b>sed</p>", "Airspace closed"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three<BR />Four", "One\nTwo\nThree\nFour"),
        ("<td>Brent</td><td>61</td>", "Brent\n61"),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("One\n   two\tthree", "One two three"),
        ("One&nbsp;two &amp; three &#8212; four &#x2014;", "One two & three — four —"),
        ("a<script>if (a < b) alert('</p>')</script>b", "a\nb"),
        ("a<STYLE>p > b {}</STYLE>b", "a\nb"),
        ("a<script src=x />b", "a\nb"),
        ("a<Script>x</p></SCRIPT>b", "a\nb"),
        ("a<svg><title>x</title><script>y</script></svg>b", "a\nb"),
        ("a<iframe src='x'></iframe><p>b", "a\nb"),
        ("a<iframe>never closed<p>b", "a"),
        ("a<!-- <b>hidden</b> -->b", "ab"),
        ("a<!-- never closed <b>b</b>", "a"),
        ("<p>a<!--more-->b</p><!-- x - y --><P>c</P>", "ab\nc"),
        ("a<!---->b<!-- -- -->c", "abc"),
        ("a<style><!-- hidden --></style>b", "a\nb"),
        ("a<![CDATA[<b>b</b>]]>c", "abc"),
        ("a<?php echo 1 ?>b<!doctype html>c</ >d", "abcd"),
        ("""<a title="x > y" href='q'>link</a>""", "link"),
        ("""<a title="x <b> y">link</a>""", "link"),
        ("""<a title="it's">link</a>""", "link"),
        ("""<a title="never closed>link</a>""", "link"),
        ("5 < 6 and 7 > 3, <3", "5 < 6 and 7 > 3, <3"),
        ("fuel <b", "fuel <b"),
        ("\tone&#9;two \xa0 three&nbsp;\n", "one two three"),
        ("caf&eacute; caf&eacute &copy2025 &bogus; &#8217 &#x2019;", "café café ©2025 &bogus; ’ ’"),
        ("<custom-tag>kept</custom-tag>", "kept"),
        ("&#0; &#xD800; &#x110000; &#99999999999; x", "\ufffd \ufffd \ufffd x"),
        ("", ""),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup, text):
    assert plain(markup, is_html=True) == text


def test_a_reference_of_thousands_of_digits_is_dropped():
    assert plain(f"a&#{'9' * 5000};b", is_html=True) == "ab"


def test_plain_text_keeps_its_lines_and_its_angle_brackets():
    assert plain(" if a <b>\r\n\r\n then  c &amp; d ", is_html=False) == "if a <b>\nthen c &amp; d"


def test_a_title_is_one_line():
    assert one_line("Airspace\nclosed\u2029now") == "Airspace closed now"


@pytest.mark.parametrize(
    "forbidden",
    [
        "\x00",
        "\x1b",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\ud800",
        "\ufffe",
        "\U0001ffff",
    ],
)
def test_characters_no_reader_needs_are_dropped(forbidden):
    assert clean(f"a{forbidden}b") == "ab"
    assert not is_clean(forbidden)


def test_joiners_emoji_and_marks_of_direction_stay():
    text = "می‌خواهم \u200f👩‍✈️ naïve"
    assert clean(text) == text


def test_every_kind_of_line_break_becomes_a_newline():
    assert clean("a\r\nb\rc\x85d\u2028e\u2029f") == "a\nb\nc\nd\ne\nf"


@pytest.mark.parametrize(
    ("value", "is_html", "text"),
    [
        ("Tom &amp; Jerry", False, "Tom & Jerry"),
        ("R&amp;amp;D", True, "R&D"),
        ("Loud &lt;b&gt;bang&lt;/b&gt;", True, "Loud bang"),
        ("Loud <b>bang</b>", False, "Loud bang"),
        ("&lt;script&gt;x()&lt;/script&gt;Bang", True, "Bang"),
        ("<script>x()</script>Bang", False, "Bang"),
        ("&lt;![CDATA[Tom &amp;amp; Jerry]]&gt;", True, "Tom & Jerry"),
        ("How to use <script> well", False, "How to use <script> well"),
        ("How to use &lt;b&gt; well", True, "How to use <b> well"),
        ("<p>Write &lt;b&gt;x&lt;/b&gt; for bold</p>", True, "Write <b>x</b> for bold"),
        ("Vec<String> and a<b>c", False, "Vec<String> and a<b>c"),
        ("AT&T; 5 < 6", False, "AT&T; 5 < 6"),
        ("&amp;lt;p&amp;gt;thrice&amp;lt;/p&amp;gt;", False, "<p>thrice</p>"),
    ],
)
def test_what_was_escaped_twice_is_read_twice_and_what_was_not_is_left(value, is_html, text):
    assert readable(value, is_html=is_html) == text


@pytest.mark.parametrize("text", ["a <b> c", "x & y", "&unknown;", "a < /b", "<p"])
def test_text_with_odd_signs_is_not_taken_for_html(text):
    assert not looks_like_html(text)
