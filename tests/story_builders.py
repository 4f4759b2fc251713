"""A newsroom in memory: items are published, and join the stories that tell the same."""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from builders import NOW, an_item

from monitor.model import ItemId, Sighting, SourceRef, Story, StoryBook, StoryId
from monitor.pipeline.gists import Gists
from monitor.stories.joining import Joined, join, what_remains
from monitor.stories.keys import title_key, untagged
from monitor.stories.shelf import Shelf
from monitor.watch.words.text import normalised

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Of each language two articles that tell different events.
ARTICLES = {
    "en": [
        (
            "Ferry with 210 passengers runs aground off Sicily",
            (
                "A ferry carrying 210 passengers ran aground near the harbour of Trapani on the"
                " western tip of Sicily early this morning after its engines failed in heavy seas."
                " The coast guard took off all passengers with helicopters and two tugboats, and"
                " eleven people were treated for bruises and hypothermia. Prosecutors opened an"
                " inquiry into the shipping company, which had been fined in spring for missing"
                " maintenance records. Divers are to inspect the hull before it can be towed."
            ),
        ),
        (
            "Parliament in Tbilisi adopts pension reform after night of protest",
            (
                "Lawmakers in Georgia approved a contested reform of pensions by 84 votes to 37"
                " while thousands of demonstrators surrounded the building until dawn. Riot police"
                " cleared Rustaveli Avenue with water cannon. Opposition leaders announced that"
                " they would appeal to the constitutional court, because the reading had been"
                " shortened against the house's own standing orders."
            ),
        ),
    ],
    "es": [
        (
            "Un incendio forestal obliga a evacuar cuatro pueblos en Galicia",
            (
                "Las llamas avanzan desde la madrugada por los montes de Ourense empujadas por un"
                " viento de más de setenta kilómetros por hora. Los vecinos de cuatro aldeas"
                " durmieron en un polideportivo de Verín y la línea férrea con Zamora permanece"
                " cortada. La Xunta pidió refuerzos a la Unidad Militar de Emergencias y a"
                " brigadas portuguesas que trabajan ya en la frontera."
            ),
        ),
        (
            "La petrolera noruega abandona el yacimiento de Guyana",
            (
                "La compañía anunció que vende su participación en el bloque marino a un consorcio"
                " de Singapur por 1.900 millones de dólares. Los sindicatos de Georgetown temen por"
                " el astillero que construye las plataformas, mientras el ministro de Energía"
                " asegura que los contratos firmados se respetarán hasta su vencimiento."
            ),
        ),
    ],
    "de": [
        (
            "Hochwasser reißt Brücke bei Grimma weg",
            (
                "Nach tagelangem Regen hat die Mulde in der Nacht eine Fußgängerbrücke bei Grimma"
                " mitgerissen. Helfer füllten Sandsäcke am Kloster Nimbschen, drei Schulen bleiben"
                " geschlossen. Der Landkreis rief Katastrophenalarm aus und rechnet damit, dass der"
                " Scheitel der Welle am Abend Wurzen erreicht."
            ),
        ),
        (
            "Kartellamt durchsucht Büros zweier Molkereien",
            (
                "Die Behörde geht dem Verdacht nach, dass zwei Unternehmen aus Bayern und dem Allgäu"
                " ihre Ankaufspreise für Rohmilch abgesprochen haben. Fahnder beschlagnahmten Laptops"
                " und Lieferverträge. Der Bauernverband forderte Entschädigung für die Erzeuger."
            ),
        ),
    ],
    "pl": [
        (
            "Wykoleił się pociąg towarowy z cysternami pod Kutnem",
            (
                "Sześć wagonów z olejem opałowym przewróciło się w nocy na szlaku między Kutnem a"
                " Krośniewicami. Strażacy rozstawili kurtyny wodne, a mieszkańców trzech gospodarstw"
                " wywieziono do szkoły. Kolejarze kierują składy pasażerskie objazdem przez Zgierz i"
                " Łowicz, opóźnienia sięgają dwóch godzin."
            ),
        ),
        (
            "Rektor uczelni w Olsztynie rezygnuje po ujawnieniu nagrań",
            (
                "Na taśmach, które opublikowała redakcja studencka, słychać rozmowę o przetargu na"
                " akademik. Senat uczelni zbierze się w czwartek, a prokuratura zażądała kopii"
                " nagrania i protokołów komisji przetargowej z ostatnich pięciu lat."
            ),
        ),
    ],
    "ru": [
        (
            "В Норильске обрушилась кровля спортивного комплекса",
            (
                "Под тяжестью снега рухнула крыша ледовой арены в центре Норильска. Тренировка юных"
                " хоккеистов закончилась за час до обвала, под завалами людей нет. Следователи"
                " изъяли документы у подрядчика, который чинил перекрытия прошлой осенью, а мэр"
                " распорядился закрыть ещё две похожие площадки."
            ),
        ),
        (
            "Учёные нашли древнее захоронение на берегу Байкала",
            (
                "Экспедиция университета обнаружила на мысе близ Листвянки могилу шамана с бронзовыми"
                " украшениями и костями оленя. Возраст находки оценивают в четыре тысячи лет, раскопки"
                " продолжатся следующим летом вместе с коллегами из Улан-Батора."
            ),
        ),
    ],
    "el": [
        (
            "Σεισμός ταρακούνησε την Κάρπαθο χωρίς ζημιές",
            (
                "Δόνηση μεγάλου βάθους έγινε αισθητή στην Κάρπαθο και στην Κάσο λίγο πριν τα"
                " μεσάνυχτα. Οι κάτοικοι βγήκαν στους δρόμους, όμως η πυροσβεστική δεν δέχθηκε"
                " κλήσεις. Οι σεισμολόγοι συνιστούν ψυχραιμία και αποκλείουν τσουνάμι στο πέλαγος."
            ),
        ),
        (
            "Κλείνει το ναυπηγείο της Ελευσίνας για ανακαίνιση",
            (
                "Η νέα ιδιοκτησία διακόπτει τις εργασίες για οκτώ μήνες ώστε να αντικατασταθούν οι"
                " γερανοί και οι δεξαμενές. Το σωματείο εργαζομένων ζητά εγγυήσεις για τους"
                " εργολαβικούς, ενώ το υπουργείο υπόσχεται επίδομα μαθητείας."
            ),
        ),
    ],
}


@dataclass
class Newsroom:
    """Items by their ids, in the order they were published, and what became of them."""

    now: datetime = NOW
    gists: Gists = field(default_factory=Gists)
    shelf: Shelf = field(default_factory=Shelf)
    stories: dict[StoryId, Story] = field(default_factory=dict)
    by_key: dict[str, StoryId] = field(default_factory=dict)
    of_item: dict[ItemId, StoryId] = field(default_factory=dict)
    copies: dict[ItemId, Any] = field(default_factory=dict)
    merged: list[tuple[StoryId, StoryId]] = field(default_factory=list)
    remembers: bool = True  # a shelf
    count: int = 0

    def sighting(
        self, title: str, text: str = "", *, source: str = "", language: str = "en", **changes: Any
    ) -> Sighting:
        """Return an item that a source publishes now; one of its own where none is named."""
        self.count += 1
        source = source or f"outlet-{self.count}"
        key = title_key(normalised(untagged(title)))
        item = an_item(
            f"item-{self.count:05}",
            title=title,
            summary=text,
            first_seen=self.now,
            language=language,
            source=SourceRef(name=source, url=f"https://{source}.example/feed"),
            **{"published": self.now, "title_key": key} | changes,
        )
        return Sighting(item=item, gist=self.gists.of(item, language))

    def take(self, *sightings: Sighting) -> Joined:
        """Have one poll bring these."""
        book = StoryBook(
            by_key=self.by_key, stories=self.stories, shelf=self.shelf if self.remembers else None
        )
        made = join(sightings, book, now=self.now)
        self.stories |= made.stories
        self.of_item |= made.of_item
        self.copies |= made.copies
        self.merged += made.merged.items()
        for each in sightings:
            for key in (each.item.link_key, each.item.title_key):
                if key:
                    self.by_key[key] = made.of_item[each.item.id]
        return made

    def publish(self, title: str, text: str = "", *, after: timedelta = MINUTE, **more: Any) -> str:
        """Let time pass, and have a source publish; return the item."""
        self.now += after
        sighting = self.sighting(title, text, **more)
        self.take(sighting)
        return sighting.item.id

    def story(self, item: str) -> Story:
        """Return the story that an item is of now."""
        return what_remains(self.stories[self.of_item[ItemId(item)]], self.stories)

    def kind(self, item: str) -> str | None:
        """Return in what way an item repeats another."""
        copy = self.copies.get(ItemId(item))
        return copy.kind if copy else None

    def are_together(self, *items: str) -> bool:
        """Tell whether items are of one story."""
        return len({self.story(each).id for each in items}) == 1


def _without_a_letter(text: str) -> str:
    words = text.split()
    for place in range(7, len(words), 25):
        words[place] = words[place][:-1] or words[place]
    return " ".join(words)


def _turned_round(text: str) -> str:
    first, *others = text.split(". ")
    return ". ".join([*others[1:], first, *others[:1]])


def _with_marks(text: str) -> str:
    marked = html.escape(text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"))
    return f"<p><b>{marked.replace('. ', '.</b></p><p>&nbsp;', 1)}</p>"


Edit = Callable[[str, str], tuple[str, str]]

# What becomes of an article when another outlet has it: nine kinds.
EDITS: dict[str, Edit] = {
    "cut short": lambda title, text: (title, text[: len(text) * 55 // 100]),
    "framed": lambda title, text: (
        title,
        f"(Agency) - {text} Read the full report on our site. Subscribe to our newsletter.",
    ),
    "with a few letters lost": lambda title, text: (title, _without_a_letter(text)),
    "under the outlet's name": lambda title, text: (f"{title} | The Daily Example", text),
    "under another headline": lambda title, text: (
        " ".join(["Live:", *title.split()[: max(3, len(title.split()) * 2 // 3)]]),
        text,
    ),
    "in another order": lambda title, text: (title, _turned_round(text)),
    "with its markup": lambda title, text: (title, _with_marks(text)),
    "in capitals": lambda title, text: (title.upper(), text),
    "with a paragraph more": lambda title, text: (
        title,
        f"{text} This report is updated as soon as more is known.",
    ),
}


def told_again(kind: str, title: str, text: str) -> tuple[str, str]:
    """Return an article as another outlet has it."""
    return EDITS[kind](title, text)


# Two reports that have little in common, and one that shows them to be of one event.
ONE_END = (
    "Landslide buries road near Amalfi hamlet",
    "Boulders and mud covered the coastal road below the hamlet of Furore before dawn.",
)
OTHER_END = (
    "Fourteen tourists missing from minibus on excursion",
    "A minibus with fourteen Norwegian tourists did not return from an excursion to Ravello.",
)
WHOLE = (
    "Fourteen tourists missing from minibus after landslide buries road near Amalfi",
    (
        "A minibus with fourteen Norwegian tourists on an excursion to Ravello is missing after"
        " boulders and mud covered the coastal road below the hamlet of Furore before dawn."
    ),
)
# And what is told of it afterwards, by who wrote one of the ends.
LATER = (
    "Minibus of fourteen missing tourists found, Norwegian excursion ended in ravine",
    (
        "The minibus with fourteen Norwegian tourists missing from an excursion to Ravello lay in a"
        " ravine."
    ),
)
