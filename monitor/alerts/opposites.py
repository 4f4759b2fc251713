"""Which words of headlines are sides of opposites: seized and set free, closed and open. Pure data.

Of each pair the first side and the second, in the languages of most news. A star stands for any
ending, a low line for the space between words. What a verb needs beside it to mean this, or must
not have, is said by `MISLEADING`.
"""

import re
from typing import Final

PAIRS: Final[dict[str, tuple[str, str]]] = {
    "free": (
        """
        seizes seized seizure detain detains detained detention arrest arrests arrested jails jailed
        captures captured imprisoned imprisons kidnapped abducted impounds impounded
        detien* detenid* detuv* detención arresta* capturad* captura capturan secuestr* incauta*
        encarcela* prende prendem preso presa presos detid* capturou apreend*
        arrêté* arrête arrêtent détenu* capturé* saisit saisi saisie enlevé*
        festgenommen verhaftet festgesetzt beschlagnahmt entführt inhaftiert
        arrestat* sequestra* cattura* catturat* fermato fermata
        zatrzyman* aresztowan* задержа* арестова* захвати* захвачен* затрима* заарештова*
        gözaltına tutuklandı اعتقال احتجاز اعتقلت
        """,
        """
        releases released frees freed set_free sets_free lets_go let_go walks_free walk_free
        walked_free goes_free went_free unfrozen
        liberan libera liberó liberaron liberad* excarcel* suelta sueltan
        solta soltam soltou solto solta libertad* libertam libertou
        libère libèrent libéré* relâché* relâche
        freigelassen freigekommen kommt_frei lässt_frei freigegeben
        liberat* libera rilascia* rilasciat* scarcerat*
        uwolni* zwolnion* освободил* освобожд* освобождён* отпусти* звільни* звільнен*
        serbest_bırak* أفرجت الإفراج إطلاق_سراح
        """,
    ),
    "open": (
        """
        closes closed closing closure shuts shut shutting sealed
        cierra cierran cerró cerrad* cierre cerraron fecha fecham fechad* fechou fechamento
        ferme ferment fermé fermée fermés fermées fermeture
        schließt schließen geschlossen gesperrt sperrt schließung sperrung
        chiude chiudono chiuso chiusa chiusi chiusura
        zamyka zamyk* zamknię* закры* закрит* kapattı kapatıldı إغلاق أغلقت
        """,
        """
        opens opened reopen* re-open* remains_open remain_open stays_open still_open is_open
        are_open open_again back_open open_as_usual
        reabre* reabiert* reabrió abiert* sigue_abiert* reabert* reabriu abert*
        rouvr* rouvert* reste_ouvert* ouvert*
        öffnet geöffnet öffnen wieder_offen bleibt_offen wiedereröffne* wieder_frei
        riapr* riapert* apert* resta_apert*
        otwiera otwart* otworzy* откры* відкри* yeniden_aç* فتح
        """,
    ),
    "away": (
        """
        arrives arrived arriving llega llegan llegó llegaron chega chegam chegou
        arrive_à arrivé* trifft_ein eingetroffen arriva arrivat* прибыл* прибув*
        """,
        """
        leaves left leaving departs departed departing abandona abandonó zarpa zarpó
        deixa deixou partiu quitte a_quitté verlässt verlassen abgereist lascia lasciato
        покинул* залиши*
        """,
    ),
    "ended": (
        """
        begin begins began begun start starts started launch launches launched impose imposes
        imposed resume resumes resumed restarts restarted comienza* empieza* inicia* lanza* impone*
        começa* lança* impõe* commence* lance lancent beginnt begann startet verhängt
        inizia* avvia* lancia* начал* начина* розпоча*
        """,
        """
        end ends ended suspend suspends suspended halt halts halted stop stops stopped
        pause pauses paused scraps abandons
        suspende* suspendi* termina* detiene_la detiene_el interrumpe* encerra*
        suspend suspendent suspendu* cesse cessent interrompt met_fin
        beendet gestoppt setzt_aus ausgesetzt stoppt
        sospende* sospes* interrompe* ferma termina* приостан* прекра* остановил* припини*
        """,
    ),
    "refused": (
        """
        approve approves approved authorizes authorised authorized authorises greenlights
        accepts accepted agrees agreed ratifies ratified aprueba* aprob* autoriza* acepta*
        aprova* aceita* approuve* autorise* accepte* genehmigt billigt akzeptiert
        approva* autorizza* accetta* одобри* схвали*
        """,
        """
        rejects rejected halts halted blocks blocked vetoes vetoed refuses refused stops
        rechaza* veta vetó bloquea* rejeita* barra rejette* bloque bloquent refuse refusent
        lehnt_ab abgelehnt blockiert respinge* respint* blocca* rifiuta* отклони* відхили*
        """,
    ),
    "alive": (
        """
        killed kills dead dies died asesinad* muere murió muert* mort morts morte tué tués tuée
        getötet tot stirbt gestorben ucciso uccisa mato morto убит* погиб* вбит* загину*
        """,
        """
        survives survived alive sobrevive* sobrevivió sobreviveu survit survécu vivant
        überlebt lebt sopravvive sopravvissut* vivo viva выжил* вижив* жив жива
        """,
    ),
    "lifted": (
        """
        ban bans banned prohibit* imposes imposed outlaws prohíbe* prohibi* veta proíbe* proibi*
        impone imponen impõe* interdit interdisent impose verbietet verboten verhängt
        vieta vietat* proibi* impone запрети* запреща* заборони*
        """,
        """
        lift lifts lifted revokes revoked repeals repealed levanta* deroga* revoga* revoga suspende
        lève lèvent levé levée abroge hebt_auf aufgehoben revoca* снял сняли снимает скасув*
        """,
    ),
    "withdrawn": (
        """
        deploy deploys deployed sends despliega* desplegó envía* mobiliza* déploie* déployé*
        entsendet verlegt schickt schiera* invia inviano развернул* разгорну*
        """,
        """
        withdraw withdraws withdrew withdrawn pulls_out pulled_out recalls recalled retira* retiró
        retire retirent retiré* zieht_ab abgezogen ritira* вывел* выводит відвод* вивел*
        """,
    ),
    "lost": (
        """
        wins won victory gana ganó ganan vence venceu ganha ganhou remporte gagne gewinnt gewonnen
        vince vinto побед* перемог*
        """,
        """
        loses lost defeated defeat pierde perdió pierden perde perdeu perd perdu verliert verloren
        perso проигр* програ*
        """,
    ),
    "cleared": (
        """
        convicted convicts found_guilty condenad* condannat* condamné* verurteilt осужден* засуджен*
        """,
        """
        acquitted acquits cleared absuelt* absolvid* acquitté* freigesprochen assolt* оправда*
        """,
    ),
}
# Pairs of which a headline with both sides tells a third thing: one dies and another survives.
EXCLUSIVE: Final = frozenset({"alive", "lost", "cleared"})

# What is read as if it were not there: the words mean something else in such company.
MISLEADING: Final = re.compile(
    r"""
    \b(?:releas\w+|libera\w*|publi\w+)\s+(?:\S+\s+){0,3}?(?:photos?|pictures?|images?|videos?|footage|
        statements?|reports?|lists?|trailers?|details?|files?|documents?|data|audio|transcripts?|
        letters?|plans?|figures?|results?|names?|album|song|indictment|records?|memo|version|
        mugshots?|clips?|foto\w*|imagen\w*|imagens)\b
  | \b(?:photos?|pictures?|images?|videos?|footage|statements?|reports?|files?|documents?|data|
        indictment|mugshots?)\s+(?:\S+\s+){0,6}?released\b
  | \bopen(?:s|ed|ing)?\s+(?:fire|(?:an?\s+|the\s+|new\s+|criminal\s+)*(?:investigation|inquiry|
        probe|case|door|letter|talks|debate|hearing|doors|way|path|chapter|era)|up|letter|source)\b
  | \babr\w+\s+(?:fuego|paso|una?\s+investigaci\w+) | \bouvr\w+\s+(?:le\s+feu|une\s+enquête)
  | \beröffnet\w*\s+das\s+feuer
  | \bshut\w*\s+(?:up|out) | \bshutting\s+(?:up|out) | \bcloses?\s+(?:in|up|to|higher|lower|at)\b
  | \bclosed\s+(?:door|doors|higher|lower|up|down) | \bclosed-door
  | \b(?:leaves?|leaving|left)\s+(?:(?:at|least|more|than|up|to|over|nearly|about|dozens|hundreds|
        several|two|three|four|five|many|some|people|\d[\d,.]*)\s+)*
        (?:\d|dozens|hundreds|thousands|dead|killed|injured|wounded|homeless|without|people|behind|
        a\s+trail|questions|open|him|her|them|us|world|many)
  | \bleft(?:-|\s+)(?:wing|wingers?|ist|ists|hand|unanswered|in\s+the\s+dark) | \bthe\s+left\b
  | \bwhat(?:'s|’s)?\s+left\b | \bno\s+one\s+left
  | \b(?:in|by|at|week|month|year|year's|day|the|an|bitter|dead)[\s-]end\b | \bend\s+of\b
  | \bstop\s+(?:at|by)\b | \bkick\w*\s+start\w* | \bstart-?ups?\b | \bdead(?:line|lock|ly)\b
  | \bstops?\s+short\b | \bstart(?:s|ed)?\s+with\b | \blost\s+(?:in|control|contact)\b
  | \bagree(?:s|d)?\s+(?:to\s+)?(?:end|halt|stop|suspend)\w*
  | \bdead\s+or\s+alive\b | \bset\s+the\s+record\b
  | \boil\s+prices?\s+(?:\w+\s+){0,2}(?:lift|start|end)\w*
  | \blift(?:s|ed)?\s+(?:oil|prices?|stocks?|shares?|spirits?|markets?|lid|veil|off)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What is asked, wished, feared or threatened has not happened.
UNREAL: Final = re.compile(
    r"""
    [?？] | (?:^|[:|–—-]\s*)(?:how|why|when|what|who|here(?:'|’)s\s+what)\b
  | \b(?:effort|bid|plans?|pledges?|vows?|refuses|hopes?)\s+to\b | \bmay\b(?!\s+\d)
  | \b(?:if|whether|could|might|would|should|must|can|unless|until|urges?|urged|calls?\s+(?:for|on)|
    called\s+(?:for|on)|calling|demands?|demanded|wants?|wanted|asks?|asked|seeks?|appeals?|
    threatens?|warns?|warned|ahead\s+of|opinion|analysis|deserves?|need(?:s|ed)?|poll|expected|
    likely|possible|
    pide|piden|exige|exigen|exigir|podría|debe|pede|pedem|poderia|demande|réclame|pourrait|
    fordert|fordern|könnte|soll|sollte|chiede|chiedono|potrebbe|żąda|domaga|może|wzywa|
    требует|призвал\w*|может|вимага\w+)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Who is not said to have done it: the word that stands behind such a one is what is not so.
NEGATORS: Final = """
    not never n't n’t cannot no nicht niemals kein keine keinen non nao não pas jamais nunca
    jamás mai не ні ليس لم لن niet geen ikke inte
"""
# In their company a “not” denies nothing, or something else.
HALF_NEGATED: Final = re.compile(
    r"\bnot\s+(?:only|just|yet\s+clear|clear|enough|so|long|far|rule[sd]?\s+out|sure|alone|again|"
    r"even|all|every\w*|much|too|because|war|afraid)\b|\b(?:if|why|whether\s+or|or|do|does|did\s+he|"
    r"says?\s+or)\s+not\b|\bno\s+(?:longer|one|more|matter|doubt|other|way|better|plans?|king|kings|"
    r"comment|time|deal|wonder|[.\d])|"
    r"\bno\.?\s*\d|\bno\s+(?:el|la|los|las|es|se|le|lo|a|de)\b|\b(?:why|por\s+qué)\s+\w+n['’]t\b",
    re.IGNORECASE,
)
# Words between “not” and what is not so; and what is said so often that it tells nothing.
PASSED_OVER: Final = """
    a an the be been being have has had is are was were yet to ever any it he she they will would
    do does did in at on by of for from with fully really currently actually going getting
    ha han he sido está están fue fueron será se le lo la el los las un una
    foi está estão há tem têm são é ser o os as um uma
    a ont été est sont était le les des du de
    hat haben ist sind war waren wird werden worden der die das den ein eine
    è sono era stato stata stati hanno il lo gli
"""
TOO_COMMON: Final = """
    say says said know knows known clear think thinks want wants expect expected sure seen heard
    there here just more good right case trump maduro venezuela president government people time
    news need make made take taken come back first last over under about war plan planning happen
"""
