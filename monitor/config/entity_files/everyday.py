"""Everyday words that companies and ships are called after, folded. Pure.

A name of one such word would alert on texts that mean the word.
"""

from typing import Final

# English, Spanish, German, French and Russian, of four letters or more.
_WORDS: Final = """
about above access action active advance adventure after again agency agent agreement aid
alliance alpha always amber america american anchor angel apex apple april arch arctic arena
army arrow asia atlantic atlas august aurora autumn bank base beacon bear beauty best beta
better big black blue bold book border brave bridge bright build building business camp capital
captain care castle cause center central centre century challenge champion chance change charity
chief choice church circle citizen city clean clear coast code college color comet commerce
common community company concept concord congress connect constant control council country
courage court create creative credit crown crystal culture cyber daily data dawn deal december
defence defense delta desert design destiny development diamond digital direct discovery
diversity division dolphin dragon dream drive eagle early earth east eastern echo eclipse
economy edge education electric element elite emerald emerge emergency empire energy engine
enterprise equality equity escape essence eternal europe evening event evolution exchange excel
excellence experience expert express face fair faith falcon fame family farm fast father
february federal federation field final finance fire first fish flame flash fleet flight flow
flower focus food force forest forever forge fortune forum foundation freedom fresh friday
friend friendship front frontier fund fusion future galaxy game garden gate gateway general
genesis giant global glory gold golden good government grace grand gravity great green ground
group growth guard guardian guide harbor harbour harmony harvest hawk health heart heaven
heritage hero high highway holding home honest honor honour hope horizon house human ideal idea
image impact imperial independence india industry infinity information initiative innovation
insight inspiration institute integral integrity international internet iron island january
jewel journey joy july june jupiter just justice king kingdom knight knowledge labor labour lady
lake land language large last laser leader league legacy legend legion liberation liberty life
light lighting lightning line link lion liquid little live local logic logistics love loyal
loyalty lucky luna lunar machine magic magnet main major manager march marine mark market mars
master match matrix matter media medical medicine member mercury metal metro middle might
military mind mineral miracle mirror mission model modern moment monday money moon morning
mother motion motor mountain movement music mystery nation national nature navigator network
neutral news night noble north northern nova november number ocean october office olympic omega
open opera optimum orange orbit order orient oriental origin oxygen pacific palace panda panther
paradise park partner partners party passion path patriot peace pearl people perfect phoenix
pilot pioneer planet platform platinum polar police policy popular port power prayer precious
premier president press prestige pride prime prince princess prior priority private product
professional profit program progress project promise property prosper prosperity provider public
pure quality quantum queen quest quick race radar radiance radio rainbow rapid real reality
rebel record reform regal region relief renaissance republic research resistance resolution
resource respect result revolution rising river road rocket rose route royal ruby safe safety
saint salvation sapphire saturday saturn school science scorpion search second secret secure
security select senate senior september service shadow shield shine shining ship signal silence
silver simple sirius skill smart social society solar soldier solid solution source south
southern sovereign space spark special spectrum speed spirit splendor sport spring stability
standard star stars start state station stella sterling storm strategy stream street strength
strike strong studio style success summer summit sunday sunrise sunset sunshine super superior
support supreme swan sword symphony system target team technology temple thunder thursday tiger
time titan today together tomorrow tower town trade trading training transit transport travel
treasure triumph tropical true trust truth tuesday twilight union unique united unity universal
universe university urban valley value vanguard venture venus victor victory vision vista vital
voice volunteer voyage voyager warrior water wave wealth wednesday welcome west western white
wild wind window winner winter wisdom wolf woman wonder work worker world young youth zenith
zero alegria amanecer amigo amistad banco camino campeon cielo ciudad constitucion corazon
democracia esperanza estrella familia fortuna gloria guerra independencia justicia libertad
maria mundo nacional oriente patria paraiso paz primavera primero progreso pueblo republica
revolucion santa santo sol solidaridad tierra trabajo unidad universidad verdad vida victoria
allianz arbeit aufbruch bewegung deutschland einheit europa fortschritt freiheit frieden
gerechtigkeit heimat hoffnung morgen stern welt zeit zukunft avenir espoir etoile france liberte
lumiere monde paix peuple progres soleil victoire мир свет победа надежда заря восток запад
север звезда космос родина союз рассвет прогресс гарант альфа вектор энергия спутник молния
арсенал авангард гранит алмаз орион атлант титан феникс
"""
EVERYDAY: Final = frozenset(_WORDS.split())
