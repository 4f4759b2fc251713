"""A headline that says that something was undone is news, also where it tells much the same."""

import pytest
from case_builders import HOUR, Telling

from monitor.alerts.denials import marks
from monitor.model import Reason

UNDONE = [
    "Venezuela reopens airspace as flights resume",
    "Airspace over Caracas reopened",
    "Opposition leader Machado freed after two days",
    "Maduro is alive, aide says",
    "Maduro alive after raid on Caracas, sources say",
    "Ceasefire between Israel and Hezbollah collapses",
    "Government lifts curfew in Caracas",
    "Curfew lifted in Caracas",
    "Trump calls off second wave of attacks",
    "Flights to Caracas resumed",
    "Venezuela reabre su espacio aéreo",
    "Liberada la líder opositora Machado",
    "Le Venezuela rouvre son espace aérien",
    "L'opposante Machado libérée",
    "Luftraum über Caracas wieder geöffnet",
    "Oppositionsführerin freigelassen",
    "Venezuela riapre lo spazio aereo",
    "Wenezuela: przestrzeń powietrzna ponownie otwarta",
    "Венесуэла вновь открыла воздушное пространство",
    "委内瑞拉领空重新开放",
]
NOT_UNDONE = [
    "Venezuela closes its airspace",
    "Explosions heard in Caracas",
    "Building collapses in Caracas, three dead",
    "Ceasefire between Israel and Hezbollah takes effect",
    "Weightlifter lifted 200 kilos",
    "Oil prices lifted by Caracas news",
    "Freedom of the press under threat",
    "Alive and kicking: a portrait of Caracas",
    "The open question of Venezuela's oil",
    "Open letter to the president",
    "Venezuela cierra su espacio aéreo",
    "Le Venezuela ferme son espace aérien",
    "Luftraum über Caracas gesperrt",
    "Венесуэла закрыла воздушное пространство",
]


@pytest.mark.parametrize("title", UNDONE)
def test_what_is_undone_is_marked(title):
    assert "undone" in marks(title)


@pytest.mark.parametrize("title", NOT_UNDONE)
def test_what_only_sounds_like_it_is_not(title):
    assert "undone" not in marks(title)


def test_what_opens_again_is_told_once():
    telling = Telling()
    telling.say("Airspace over Caracas closed", source="a")
    telling.say("Airspace over Caracas reopened", source="b", after=HOUR)
    telling.say("Airspace over Caracas is open: reopened at dawn", source="b", after=HOUR)
    assert [each.reason for each in telling.alerts] == [Reason.NEW_STORY, Reason.HEADLINE]
    assert telling.alerts[1].detail == "undone"
