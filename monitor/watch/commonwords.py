"""Words that stand in a large part of all news, by language. Pure.

The list is ours and short: function words, and the nouns and verbs of which headlines are made. It
only has to hold what people write as a term by mistake.
"""

from functools import cache
from typing import Final

from monitor.watch.words.text import folded

NAMES: Final = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
}

_WORDS: Final = {
    "de": """
        aber alle als also am an auf aus bei bin bis da dann das dass dem den denn der des die dies
        doch dort du durch ein eine einem einen einer er es euch für gegen hat haben hier ich ihm
        ihn ihr im in ist ja jahr jahre jede kann kein man mehr menschen mit nach nein nicht noch
        nun nur ob oder ohne prozent regierung sagt sein seit sich sie sind so tag über um und uns
        unter vom von vor war was weil wenn wer werden wie wir wird wo zeit zu zum zur
    """,
    "en": """
        a about after again against all also am among an and any are as at back be because been
        before being between both but by can could day days did do does down during each even
        every few first for from get go had has have he her here him his home how i if in into is
        it its just last latest life like live make man many may me men more most much must my new
        news no not now of off old on one only or other our out over own part people per report
        reports said same say says see she should since so some still such take than that the
        their them then there these they this those three time times to today top two under until
        up us use via was way we week well were what when where which while who why will with
        women work world would year years you your
        case chief children city country court deal death family government group head help high
        house law leader market minister money month national officials party plan police power
        president public school security state states support talks team uk video vote war
    """,
    "es": """
        a al algo ante antes año años aquí así aún bajo bien cada casi como con contra cual cuando
        de del desde día días dice donde dos durante e el él ella ellos en entre era es esa ese eso
        esta está estados este esto fue gobierno ha han hasta hay hoy la las le les lo los más me
        mi mundo muy nada ni no nos o otra otro país para pero poco por porque presidente primer
        pues que qué quien se sea ser si sí sin sobre solo son su sus también tan te tiene todo
        todos tras tu tú un una uno unos vez vida y ya yo
    """,
    "fr": """
        à ai an ans après as au aussi autre aux avant avec avoir bien ce ces cet cette chez comme
        contre dans de depuis des deux dit dont du elle en encore entre est et été être eu fait
        faire fois gouvernement il ils ici je jour la le les leur lui mais me mes moi mon monde ne
        ni non nos nous on or ou où par pas pays peu plus pour pourquoi président qu quand que qui
        sa sans se ses si son sont sous sur ta te tes toi ton tout tous très tu un une va vie vos
        vous y
    """,
    "it": """
        a ad agli ai al alla alle anche anni anno avere c che chi ci col come con contro così cui
        da dai dal dalla degli dei del della delle di dopo dove due e è ed era essere fa fare fra
        fu gli governo ha hanno ho i il in io la le lei li lo loro lui ma mi mio mondo nato ne
        negli nei nel nella no noi non o oggi ogni per perché più poi presidente prima quando
        quello questa questo se sei senza si sì sia solo sono stata stato su sua sue sul suo tra
        tu tutti tutto un una uno vi vita voi
    """,
    "nl": """
        aan al als bij dan dat de der deze die dit doen door een en er geen had hebben heeft hem
        het hier hij hoe hun ik in is jaar je kan maar meer men met mij mijn na naar nee niet nog
        nu of om omdat ons onder ook op over regering te tegen toch toen tot u uit uw van veel voor
        waar want waren was wat we wel werd wie wij wil worden wordt zal ze zich zij zijn zo
    """,
    "pl": """
        a aby ale ani bez być był była było były będzie bo by chce ci co czy dla do dni dnia dziś
        gdy gdzie go i ich ile im inne ja jak jako je jego jej jest jeszcze jeśli już każdy kiedy
        kraj kto która które który ku lat lata ludzi ma mają mi mnie może można my na nad nam nas
        nie nic niej nim no nowe nowy o od on ona one oni oraz po pod polska polsce prezydent przed
        przez przy pan pani rok roku rząd są się sobie tak także tam te tego tej ten też to tu tym
        tylko ty u w we wie wojna wszystko z za zaś ze że świat
    """,
    "pt": """
        à ainda ao aos anos ano antes após as até bem com como contra da das de dela dele depois
        desde dia dias do dois dos e é ela ele em entre era essa esse esta está este eu foi governo
        há hoje isso já lhe mais mas me meu mundo muito na não nas nem no nos num o os ou país para
        pela pelo pode por porque presidente quando que quem se sem ser seu si só sob sobre sua
        são tal também te tem ter todos tu tudo um uma vai vez vida você
    """,
    "ru": """
        а без более был была были было быть в вам вас весь во вот все всех всего вы где год года да
        для до его ее если есть еще же за и из или им их к как когда кто ли лет между меня мир мне
        может мы на над нам нас не него нет ни но новый о об он она они от по под после потому
        почему президент при про россии с сам себя со страны так также там то того только том тоже
        тут ты у уже чем через что чтобы эти это этого этот я
    """,
}
# Beside the words above: those that people also write in capitals for something else.
_SHORT: Final = {
    "de": "ab ach art bar eis gut neu ob rat tat tun weg wo zug",
    "en": """
        act ad age ago aid aim air arm art ask bad bag bar bat bed bet bid big bit box boy buy cap
        car cat cop cup cut dad dam die dog dot due ear eat egg end era eye fan far fat fed fee fit
        fix fly fun gap gas gem got gun guy hit hot ice icon ill jam jet job joy key kid lab led
        leg let lie lip lot low mad map mod mom net nor odd oil ok ox pad pan pay pet pie pin pit
        pod pop pot put ram ran raw red rid rip row run sad sat saw sea sent set ship sit six ski
        sky son spy star step stem sum sun swat tap tax tea ten tie tin tip toe too toy try van
        war wet win won yes yet zoo
    """,
    "es": "aun ir oro paz red sol son sur ten ti va ve ves vía voz",
    "fr": "car eau fin fut lit mer mur nord or pris rue sud ta tel une vu",
    "it": "età fin giù là lì me mai ora qua qui re sta tre uno va via",
    "nl": "al bal bar ben dag des elk ja los man nee onze som war zee",
    "pl": "dać dom dwa jan los moc nasz no pas plan raz pis sen stan są syn ta trzy wam",
    "pt": "ar dar deu dor fim ir lei luz mal mar mil par paz pé sai sim sol sul tia tio voz",
    "ru": "бы вид год дело дом день мир нам ряд сам суд три ход",
}


@cache
def common_words(language: str) -> frozenset[str]:
    """Return the common words of a language as they are compared; none for one unknown here."""
    return frozenset(map(folded, _WORDS.get(language, "").split()))


@cache
def ordinary_words(language: str) -> frozenset[str]:
    """Return the common words, and the short ones that acronyms are mistaken for."""
    return common_words(language) | frozenset(map(folded, _SHORT.get(language, "").split()))
