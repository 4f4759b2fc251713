"""How words bend: which forms of a term are found in each language, and which words are not."""

import re

import pytest
from builders import an_item
from hypothesis import given, settings
from hypothesis import strategies as st
from watch_builders import a_watchlist, matches

from monitor.watch.matcher import Matcher
from monitor.watch.terms import parse_term
from monitor.watch.words.forms import forms_in
from monitor.watch.words.polish import are_polish_forms, polish_stem
from monitor.watch.words.stems import LANGUAGES, Stems
from monitor.watch.words.text import folded

# language | term | forms that are found | words that are not
TABLE = """
pl | Unia         | Unii, Unię, Unią                         | unikać, Unikat
pl | policjant    | policjanci, policjanta, policjantami     | policja
pl | minister     | ministra, ministrów, ministrze           | ministerstwo
pl | wypadek      | wypadku, wypadkiem, wypadki              | wypad
pl | pożar        | pożarze, pożaru                          | pożera
pl | samochód     | samochodzie, samochodów                  | samochwała
pl | wojna        | wojen, wojnie, wojny                     | wojsko, wojewoda
pl | szpital      | szpitali, szpitalu                       | szpitalny
pl | prezydent    | prezydencie, prezydenci, prezydentowi    | prezydencja
pl | Polak        | Polacy, Polaków                          | polakierowany
pl | Rosjanin     | Rosjanie, Rosjan, Rosjaninem             | Rosja
pl | Ukrainiec    | Ukraińcy, Ukraińców, Ukraińca            | Ukraina
pl | Ameryka      | Ameryce, Amerykę                         | Amerykanin
pl | Duda         | Dudzie, Dudy, Dudą                       | dudnić
pl | miasto       | mieście, miasta, miast                   | mieszkanie
pl | rząd         | rządzie, rządu, rządów                   | rządzić
pl | sąd          | sądzie, sądów                            | sadzy
pl | szczyt       | szczycie, szczytu                        | szczytny
pl | okręt        | okręcie, okręty                          | okręg
pl | reżim        | reżimu, reżimem                          | reża
pl | Marek        | Marka, Markiem, Markowi                  | marka
pl | Paweł        | Pawła, Pawłem                            | pawi
pl | Rubio        | Rubia, Rubiem, Rubio                     | rub
pl | generał      | generałowie, generałów                   | generalny
pl | dyktator     | dyktatorze, dyktatora                    | dyktatura
pl | grudzień     | grudnia, grudniu                         | gruda
pl | Niemcy       | Niemczech, Niemców                       | niemowa
pl | Kościół      | Kościele, Kościoła                       | kość
pl | kolej        | kolei, koleją                            | kolega
pl | rosyjski     | rosyjskiego, rosyjskich, rosyjska        | Rosja
pl | Polska       | Polsce, Polskę, Polski                   | Polskie, polskiego
pl | Gaza         | Gazie, Gazy                              | gazu, gazy, Gazeta
pl | kolega       | kolego, kolegom                          | kolekcja
pl | Dania        | Danii, Danię                             | dane, Dane, danych
pl | Mali         | MALI, mali                               | mało, małych
pl | USA          | usa                                      | use, us
pl | Kijów        | Kijowa, Kijowem                          | kijem, kije
pl | poziom       | poziomu, poziomie                        | poz, poza
ru | Газа         | Газы, Газе, газа                         | газ, газы
ru | Куба         | Кубы, Кубе                               | кубы
ru | Лавров       | Лаврова, Лаврову, Лавровым               | лавр
ru | Киев         | Киева, Киеве                             | кий
ru | Харьков      | Харькова, Харькове                       | Харя
ru | Ростов       | Ростова, Ростове                         | рост
es | Petro        | petro                                    | petra
es | Lima         | LIMA                                     | limar
es | líder        | líderes                                  | liderazgo
es | dólar        | dólares                                  | dolor
es | militar      | militares                                | mil
es | nuclear      | nucleares                                | núcleos
es | línea        | líneas                                   | lino
es | aerolínea    | aerolíneas                               | aeropuerto
es | aérea        | aéreas, aéreo                            | aire
de | Trump        | Trumps                                   | Trumpf
de | Kiew         | Kiews                                    | Kies
de | Moskau       | Moskaus                                  | Moskitos
de | Netanjahu    | Netanjahus                               | Netz
de | Selenskyj    | Selenskyjs                               | Seele
de | Peru         | Perus                                    | Perücke
de | Xi           | Xis                                      | XIV
de | Haus         | Hauses, Häuser, Häusern                  | Hauen
de | Ergebnis     | Ergebnisse, Ergebnissen                  | ergeben
de | Ukraine      | ukraine                                  | ukrainischen, Ukrainisch
de | Land         | Länder, Landes, Ländern                  | landete, Landung
de | Minister     | Ministers, Ministern                     | Ministerin, Ministerinnen
de | gesperrt     | gesperrte, gesperrten                    | Sperre
pt | míssil       | mísseis                                  | missa
pt | general      | generais                                 | gênero
pt | hospital     | hospitais                                | hóspede
pt | combustível  | combustíveis                             | combinar
pt | fuzil        | fuzis                                    | fuso
pt | papel        | papéis                                   | papa
pt | ordem        | ordens                                   | ordenar
pt | homem        | homens                                   | homenagem
pt | refém        | reféns                                   | referência
it | nucleare     | nucleari                                 | nucleo
it | militare     | militari                                 | milite
it | petroliera   | petroliere                               | petrolio
it | bombardiere  | bombardieri                              | bomba
it | lago         | laghi                                    | lagna
bg | ракета       | ракети, ракетата, ракетите               | рак, рака
bg | работа       | работи, работата                         | раб, раба
bg | министър     | министри, министъра                      | минис
uk | танкер       | танкерів, танкери                        | танк
uk | вибух        | вибухів, вибуху                          | вибуховий
uk | корабель     | кораблів, кораблі                        | корабельний
uk | Харків       | Харкові, Харкова, Харковом               | харкати
uk | Київ         | Києва, Києві                             | кий
uk | нафта        | нафти, нафту                             | нафтовий, нафтового
fi | Putin        | Putinin, Putinille                       | putiikki
fi | ohjus        | ohjukset, ohjuksen, ohjuksia             | ohje
fi | hyökkäys     | hyökkäyksen, hyökkäykset                 | hyökätä
fi | Ukraina      | Ukrainassa, Ukrainan                     | ukrainalainen
tr | saldırı      | saldırısı, saldırıda                     | saldırgan
tr | gemi         | gemisi, geminin                          | gemici
tr | ambargo      | ambargosu                                | ambar
ro | spațiu       | spațiul, spațiului                       | spart
ro | război       | războiul, războiului                     | răbdare
ro | Moscova      | Moscovei                                 | moscovit
el | Ρωσία        | Ρωσίας                                   | Ρωσικός
el | Ουκρανία     | Ουκρανίας                                | Ουρανός
cs | Zelenskyj    | Zelenského, Zelenskému                   | zelenina
ar | عقوبة        | عقوبات                                   | عقل
ar | ناقلة        | ناقلات                                   | نقل
fa | تحریم        | تحریم‌ها, تحریم‌های                        | حرم
hi | वेनेजुएला    | वेनेज़ुएला                                | वेतन
en | Tanker       | Tankers, tankers                         | tank
en | tanker       | Tankers, tankers                         | tank
"""


def rows():
    for line in TABLE.strip().splitlines():
        language, term, forms, others = map(str.strip, line.split("|"))
        yield language, term, forms.split(", "), others.split(", ")


def found(language, term, texts):
    matcher = Matcher([a_watchlist(parse_term(term))], {})
    return [text for text in texts if matches(matcher, text, language=language)]


@pytest.mark.parametrize(("language", "term", "forms", "others"), list(rows()))
def test_a_term_is_found_in_its_forms_and_not_in_other_words(language, term, forms, others):
    assert found(language, term, [*forms, *others]) == forms


@pytest.mark.parametrize("text", ["W GAZIE", "W Gazie"])
def test_a_form_of_a_name_needs_a_capital_which_capitals_throughout_give(text):
    assert found("pl", "Gaza", [text, text.lower()]) == [text]


def test_a_phrase_asks_for_a_capital_word_by_word():
    texts = ["Unii Europejskiej", "Unii europejskiej", "unii europejskiej", "unia europejska"]
    assert found("pl", "Unia europejska", texts) == [texts[0], texts[1], texts[3]]


def test_a_phrase_is_found_where_its_words_bend_each_in_its_way():
    assert found("ru", "Сергей Лавров", ["Сергея Лаврова", "Сергею Лаврову"])
    assert found("pl", "Donald Tusk", ["Donaldzie Tusku", "Donalda Tuska", "Donald Tusk"])


letters = st.text(st.sampled_from("aąbcćdeęfghijklłmnńoóprsśtuwyzźżикілвоаςά'"), max_size=70)
bounded = settings(max_examples=100, deadline=None)


@bounded
@given(letters, st.sampled_from(sorted(LANGUAGES)))
def test_a_word_is_a_form_of_itself_and_has_a_stem(word, language):
    plain = folded(word)
    assert Stems(language)[word] == Stems(language)[word.upper()] or not word.upper().isalpha()
    if plain:
        assert Stems(language)[word]
        assert forms_in(language)(plain, plain)


@bounded
@given(letters.filter(str.isalpha), st.sampled_from(sorted(LANGUAGES)))
def test_the_word_as_written_is_found_in_any_case(word, language):
    term = parse_term(word)
    matcher = Matcher([a_watchlist(term)], {})
    for text in (word, word.lower()):
        if folded(text) == folded(word):
            assert matcher.match(an_item(title=text, language=language))


endings = re.findall(r"\w+", "a e o u y i em om ow ami ach owi owie ie iem iami ego emu ymi ych")


@bounded
@given(letters.map(folded).filter(lambda w: re.fullmatch("[a-z]{4,}", w)), st.sampled_from(endings))
def test_polish_words_that_only_an_ending_tells_apart_are_looked_for_together(stem, ending):
    bent = stem + ending
    if are_polish_forms(stem, bent) and stem[-1] not in "aeiouy":
        assert polish_stem(stem) == polish_stem(bent)
