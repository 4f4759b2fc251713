"""Items of many languages join what tells the same, from the first items of a new store on."""

import pytest
from builders import NOW, an_entry, an_item

from monitor.model import ItemId, SourceRef, StoryId
from monitor.pipeline.gists import Gists
from monitor.stories.joining import SAME_STORY
from monitor.stories.shelf import Shelf

# Of each language headlines and texts of different events, all of one day.
NEWS = {
    "es": [
        (
            "Maduro denuncia el cierre del espacio aéreo de Venezuela",
            (
                "El presidente de Venezuela denunció este sábado que el cierre del "
                "espacio aéreo anunciado por Estados Unidos es una amenaza colonialista"
                " y pidió a la OPEP que se pronuncie."
            ),
        ),
        (
            "El Gobierno de España aprueba la reforma de las pensiones",
            (
                "El Consejo de Ministros aprobó este martes la reforma de las pensiones"
                " que el Ejecutivo había negociado con los sindicatos y con la patronal"
                " durante el año."
            ),
        ),
        (
            "La policía detiene en Madrid al jefe de una red de narcotráfico",
            (
                "La Policía Nacional detuvo en Madrid al presunto jefe de una red que "
                "introducía cocaína en la península por el puerto de Algeciras, según "
                "informó este lunes el Ministerio."
            ),
        ),
        (
            "El Real Madrid gana en el último minuto al Sevilla",
            (
                "El equipo blanco se impuso por dos a uno al Sevilla en el Santiago "
                "Bernabéu con un gol en el tiempo de descuento y se coloca en la "
                "segunda posición de la Liga."
            ),
        ),
        (
            "Un terremoto de magnitud 6,1 sacude el norte de Chile",
            (
                "Un sismo de magnitud 6,1 se registró la madrugada de este jueves en el"
                " norte de Chile sin que hasta el momento se haya informado de víctimas"
                " o de daños de consideración."
            ),
        ),
    ],
    "fr": [
        (
            "Maduro dénonce la fermeture de l'espace aérien du Venezuela",
            (
                "Le président du Venezuela a dénoncé samedi la fermeture de l'espace "
                "aérien annoncée par les États-Unis, une menace selon lui contre la "
                "souveraineté de son pays."
            ),
        ),
        (
            "Le gouvernement fait adopter le budget de la Sécurité sociale",
            (
                "L'Assemblée nationale a adopté mardi le projet de loi de financement "
                "de la Sécurité sociale après des semaines de débats entre le "
                "gouvernement et les groupes de l'opposition."
            ),
        ),
        (
            "Un séisme de magnitude 6 frappe le nord du Chili",
            (
                "Un tremblement de terre de magnitude 6 a frappé jeudi le nord du Chili"
                " sans faire de victime, selon les autorités du pays qui ont levé "
                "l'alerte au tsunami dans la matinée."
            ),
        ),
        (
            "La police arrête le chef présumé d'un réseau de trafic de drogue",
            (
                "Le chef présumé d'un réseau de trafic de drogue a été arrêté lundi à "
                "Marseille par les enquêteurs de l'office central, a annoncé le parquet"
                " dans un communiqué."
            ),
        ),
        (
            "Le PSG s'impose dans les dernières minutes contre Lyon",
            (
                "Le club de la capitale s'est imposé deux buts à un contre Lyon au Parc"
                " des Princes grâce à un but dans le temps additionnel et prend la tête"
                " du championnat de France."
            ),
        ),
    ],
    "ru": [
        (
            "Мадуро осудил закрытие воздушного пространства Венесуэлы",
            (
                "Президент Венесуэлы в субботу осудил объявленное США закрытие "
                "воздушного пространства страны и назвал его угрозой суверенитету "
                "республики."
            ),
        ),
        (
            "Правительство внесло в Госдуму проект бюджета на три года",
            (
                "Правительство России внесло в Государственную думу проект федерального"
                " бюджета на три года, сообщила в понедельник пресс-служба кабинета "
                "министров."
            ),
        ),
        (
            "На севере Чили произошло землетрясение магнитудой 6,1",
            (
                "Землетрясение магнитудой 6,1 произошло в четверг на севере Чили, "
                "сообщила сейсмологическая служба страны. О пострадавших и о "
                "разрушениях пока не сообщается."
            ),
        ),
        (
            "Полиция задержала в Москве главу банды наркоторговцев",
            (
                "Полиция задержала в Москве предполагаемого главу банды, которая "
                "занималась сбытом наркотиков в нескольких регионах страны, сообщили в "
                "министерстве внутренних дел."
            ),
        ),
        (
            "ЦСКА обыграл Динамо на последних минутах матча",
            (
                "Московский ЦСКА обыграл Динамо со счетом 2:1 в матче чемпионата "
                "страны, решающий гол был забит на последних минутах встречи."
            ),
        ),
    ],
    "zh": [
        (
            "马杜罗谴责美国宣布关闭委内瑞拉领空",
            (
                "委内瑞拉总统马杜罗星期六谴责美国宣布关闭委内瑞拉领空,称这是对国家主权的威胁"
                ",并呼吁石油输出国组织表明立场。"
            ),
        ),
        (
            "中国政府公布明年经济工作的主要目标",
            (
                "中国政府星期一公布了明年经济工作的主要目标,表示将继续实施积极的财政政策,努"
                "力扩大国内需求。"
            ),
        ),
        (
            "智利北部发生六级地震",
            (
                "智利北部星期四凌晨发生六级地震,目前没有人员伤亡的报告,当地政府表示没有发布"
                "海啸警报。"
            ),
        ),
        (
            "北京警方逮捕贩毒团伙头目",
            ("北京警方星期三宣布,逮捕了一个贩毒团伙的头目,该团伙涉嫌在全国多个地区贩卖毒品。"),
        ),
        (
            "上海队在最后一分钟击败广州队",
            ("上海队星期天在主场以二比一击败广州队,在比赛最后一分钟打进制胜球,升至积分榜第二位。"),
        ),
    ],
    "ja": [
        (
            "マドゥロ大統領、米国による領空閉鎖の発表を非難",
            (
                "ベネズエラのマドゥロ大統領は土曜日、米国がベネズエラの領空閉鎖を発表したこと"
                "を主権への脅威だとして非難した。"
            ),
        ),
        (
            "政府が来年度の予算案を閣議決定",
            (
                "政府は金曜日の閣議で来年度の予算案を決定した。一般会計の総額は過去最大となる"
                "見通しだ。"
            ),
        ),
        (
            "チリ北部でマグニチュード6の地震",
            (
                "チリ北部で木曜日、マグニチュード6の地震が発生した。今のところ死傷者の報告は"
                "ないという。"
            ),
        ),
        (
            "警視庁、麻薬密売グループの主犯格を逮捕",
            (
                "警視庁は月曜日、都内などで麻薬を密売していたとされるグループの主犯格の男を逮"
                "捕したと発表した。"
            ),
        ),
        (
            "ユーロ圏の11月の物価上昇率は2.1%",
            ("欧州連合の統計局は金曜日、ユーロ圏の11月の消費者物価上昇率が2.1%だったと発表した。"),
        ),
    ],
    "ar": [
        (
            "مادورو يندد بإغلاق المجال الجوي لفنزويلا",
            (
                "ندد الرئيس الفنزويلي نيكولاس مادورو يوم السبت بإعلان الولايات المتحدة "
                "إغلاق المجال الجوي لبلاده ووصفه بأنه تهديد لسيادة الدولة"
            ),
        ),
        (
            "الحكومة المصرية تعلن عن زيادة أسعار الوقود",
            (
                "أعلنت الحكومة المصرية يوم الجمعة عن زيادة أسعار الوقود بنسبة تصل إلى "
                "عشرة في المئة على أن يبدأ تطبيقها من صباح السبت"
            ),
        ),
        (
            "زلزال بقوة ست درجات يضرب شمال تشيلي",
            (
                "ضرب زلزال بقوة ست درجات شمال تشيلي يوم الخميس من دون أن ترد أنباء عن "
                "وقوع إصابات أو أضرار"
            ),
        ),
        (
            "الشرطة تعتقل زعيم شبكة لتهريب المخدرات",
            (
                "اعتقلت الشرطة يوم الاثنين زعيم شبكة لتهريب المخدرات في الدار البيضاء "
                "بحسب ما أعلنت وزارة الداخلية في بيان"
            ),
        ),
        (
            "التضخم في منطقة اليورو يتراجع في نوفمبر",
            (
                "تراجع معدل التضخم في منطقة اليورو في نوفمبر إلى اثنين في المئة بحسب ما"
                " أعلن مكتب الإحصاء الأوروبي يوم الجمعة"
            ),
        ),
    ],
}
# The same as the one at that place, in other words.
AGAIN = [
    (
        "es",
        0,
        "Venezuela rechaza el cierre de su espacio aéreo anunciado por Trump",
        (
            "El gobierno de Nicolás Maduro rechazó el anuncio de Donald Trump sobre"
            " el cierre del espacio aéreo de Venezuela y lo calificó de amenaza "
            "colonialista."
        ),
    ),
    (
        "es",
        4,
        "Sismo de magnitud 6,1 en el norte de Chile, sin víctimas",
        (
            "Un terremoto de 6,1 grados se sintió este jueves en varias ciudades "
            "del norte de Chile; las autoridades no reportan víctimas ni daños."
        ),
    ),
    (
        "fr",
        0,
        ("Trump annonce la fermeture de l'espace aérien vénézuélien, Maduro proteste"),
        (
            "Nicolas Maduro a dénoncé une menace contre la souveraineté du "
            "Venezuela après l'annonce par Donald Trump de la fermeture de son "
            "espace aérien."
        ),
    ),
    (
        "ru",
        0,
        "Мадуро назвал угрозой закрытие Вашингтоном неба над Венесуэлой",
        (
            "Президент Венесуэлы Николас Мадуро осудил решение США закрыть "
            "воздушное пространство страны, назвав его угрозой суверенитету."
        ),
    ),
    (
        "zh",
        0,
        "委内瑞拉强烈反对美国关闭其领空的声明",
        (
            "委内瑞拉政府星期六发表声明,强烈反对美国总统特朗普宣布关闭委内瑞拉领空,马杜"
            "罗称之为殖民主义威胁。"
        ),
    ),
    (
        "zh",
        2,
        "智利北部六级地震未造成人员伤亡",
        "智利北部星期四发生六级地震,当地政府说没有人员伤亡。",
    ),
    (
        "ja",
        2,
        "チリ北部でM6の地震、死傷者の報告なし",
        "木曜日にチリ北部でマグニチュード6の地震があったが、死傷者の報告はない。",
    ),
    (
        "ar",
        0,
        "مادورو يرفض إعلان ترامب إغلاق المجال الجوي لفنزويلا",
        (
            "رفض الرئيس الفنزويلي نيكولاس مادورو إعلان الولايات المتحدة إغلاق المجال"
            " الجوي لبلاده واعتبره تهديدا لسيادة فنزويلا"
        ),
    ),
]


class Reader:
    """What a new store would compare, item by item; each begins a story of its own."""

    def __init__(self, language):
        self.language = language
        self.shelf = Shelf()
        self.gists = Gists()

    def read(self, title, summary):
        """Return the stories that an item is so much like that it joins, by the item they began."""
        place = len(self.shelf)
        source = SourceRef(name=f"outlet {place}", url=f"https://{place}.example/feed")
        entry = an_entry(title=title, summary=summary, published=NOW)
        item = an_item(id=ItemId(str(place)), source=source, entry=entry, first_seen=NOW)
        member = self.shelf.weigh(
            self.gists.of(item, self.language),
            item=item.id,
            source=source.url,
            at=NOW,
            said_at=NOW,
        )
        found = self.shelf.find(member)
        self.shelf.put(member, StoryId(str(place)))
        return [int(each.story) for each in found.stories if each.likeness >= SAME_STORY]


@pytest.mark.parametrize("language", NEWS)
def test_events_of_one_day_stay_apart_though_nothing_was_learned_yet(language):
    reader = Reader(language)
    assert [reader.read(*news) for news in NEWS[language]] == [[]] * len(NEWS[language])


@pytest.mark.parametrize(
    ("language", "place", "title", "summary"), AGAIN, ids=[f"{x[0]} {x[1]}" for x in AGAIN]
)
def test_the_same_in_other_words_is_found(language, place, title, summary):
    reader = Reader(language)
    for news in NEWS[language]:
        reader.read(*news)
    assert reader.read(title, summary) == [place]
