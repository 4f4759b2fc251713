"""Names of months and days in the languages of most news, folded. Pure."""

from typing import Final

# Not those that are more often another word: may, mar, set.
CALENDAR: Final = frozenset(
    """
    january february march april june july august september october november december sunday
    monday tuesday wednesday thursday friday saturday januar februar marz juni juli oktober
    dezember sonntag montag dienstag mittwoch donnerstag freitag samstag enero febrero marzo
    abril mayo junio julio agosto septiembre octubre noviembre diciembre domingo lunes
    martes miercoles jueves viernes sabado janvier fevrier avril juin juillet aout septembre
    octobre novembre decembre dimanche lundi mardi mercredi jeudi vendredi samedi gennaio
    febbraio aprile maggio giugno luglio settembre ottobre dicembre domenica lunedi martedi
    mercoledi giovedi venerdi sabato janeiro fevereiro marco maio junho julho setembro
    outubro novembro dezembro januari februari maart augustus zondag maandag dinsdag
    woensdag donderdag vrijdag zaterdag stycznia lutego kwietnia czerwca lipca sierpnia
    wrzesnia pazdziernika listopada grudnia styczen luty marzec kwiecien czerwiec lipiec
    sierpien wrzesien pazdziernik listopad grudzien niedziela poniedzialek wtorek sroda
    czwartek piatek sobota января февраля марта апреля июня июля августа сентября октября
    ноября декабря январь февраль март апрель июнь июль август сентябрь октябрь ноябрь
    декабрь воскресенье понедельник вторник среда четверг пятница суббота січня лютого
    березня квітня травня червня липня серпня вересня жовтня листопада грудня січень лютий
    березень квітень травень червень липень серпень вересень жовтень листопад грудень неділя
    понеділок вівторок середа четвер субота ledna unora brezna dubna kvetna cervna cervence
    srpna zari rijna listopadu prosince leden unor brezen duben kveten cerven cervenec srpen
    rijen prosinec nedele pondeli utery streda ctvrtek patek augusti sondag mandag tisdag
    onsdag torsdag fredag lordag subat mart nisan mayis haziran temmuz agustos eylul ekim
    kasim aralik pazartesi sali carsamba persembe cuma cumartesi jan feb apr jun jul aug sep
    sept oct nov dec
    """.split()  # noqa: SIM905 - so many words are read more easily as text
)
