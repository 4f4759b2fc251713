"""What each term finds in texts of the world: a table to read and to argue with.

Each row: the language of the text, the term, the text, and what is found there; nothing at all
where the last cell is empty.
"""

JOINED = """
en | cease-fire     | ceasefire, cease fire, Cease–fire; ceasefires | ceasefire, cease fire, Cease–fire, ceasefires
en | ceasefire      | cease-fire, cease-fires, Cease‑fire          | cease-fire, cease-fires, Cease‑fire
en | "cease-fire"   | ceasefire cease-fire                         | cease-fire
en | airstrike*     | air-strikes                                  | air-strikes
en | Sana'a         | Sanaa, Sana’a                                | Sanaa, Sana’a
en | Sanaa          | Sana'a                                       | Sana'a
en | Quran          | Qur'an                                       | Qur'an
en | e-mail         | emails                                       | emails
en | well           | we'll                                        |
en | =Maduro        | TRUMP CAPTURES MADURO                        | MADURO
en | =Maduro        | Trump captures MADURO                        |
en | =Ford Foundation | FORD FOUNDATION GRANTS                     | FORD FOUNDATION
"""

BORDERS = """
en | air            | Airspace and fair winds                      |
en | Iran           | Iranian talks; Iran, Iran's                  | Iran, Iran
en | Iran           | (Iran) “Iran” [Iran]…Iran—Iran/Iran          | Iran, Iran, Iran, Iran, Iran, Iran
en | Iran           | pro-Iran, Iran-backed, US–Iran               | Iran, Iran, Iran
en | Iran           | iran_deal x_Iran                             | iran, Iran
en | Iran           | Iran2026 2026Iran                            |
en | no-fly zone    | no fly zone, No–Fly Zone                     | no fly zone, No–Fly Zone
en | no-fly zone    | a nofly zone                                 | nofly zone
en | Wall Street    | Wall ❤ Street                                | Wall ❤ Street
en | Maduro         | 🇻🇪Maduro👀 Maduro❗️                         | Maduro, Maduro
en | Maduro         | Maduro's, Maduro’s, Maduro`s, MADURO'S       | Maduro, Maduro, Maduro, MADURO
en | Moros          | the Moros' men                               | Moros
en | O'Brien        | O’Brien, O'BRIEN, O Brien                    | O’Brien, O'BRIEN, O Brien
en | O'Brien        | Obrien Brien                                 | Obrien
en | we'll          | he is well                                   |
fr | OPEP           | l'OPEP et l’Opep, d'OPEP                     | OPEP, Opep, OPEP
fr | Côte d'Ivoire  | La COTE D’IVOIRE, Cote d'Ivoire              | COTE D’IVOIRE, Cote d'Ivoire
en | Cote d'Ivoire  | Côte d’Ivoire’s cocoa                        | Côte d’Ivoire
en | AT&T           | AT&T, at & t                                 | AT&T, at & t
en | Yahoo!         | Yahoo Japan                                  | Yahoo
en | C++            | vitamin C                                    | C
en | Venezuela      | #Venezuela @Venezuela #VENEZUELA             | Venezuela, Venezuela, VENEZUELA
en | Venezuela      | #FreeVenezuela, @FreeVenezuela; #freevenezuela | Venezuela, Venezuela
en | Free Venezuela | #FreeVenezuela                               | FreeVenezuela
en | no-fly zone    | #NoFlyZone                                   | NoFlyZone
en | US Navy        | #USNavy #G7Summit                            | USNavy
en | G7 Summit      | #USNavy #G7Summit                            | G7Summit
en | #FreeVenezuela | #FreeVenezuela                               | FreeVenezuela
en | =Maduro        | #NicolasMaduro                               | Maduro
en | #FreeVenezuela | #freevenezuela now                           | freevenezuela
en | @NicolasMaduro | via @nicolasmaduro                           | nicolasmaduro
en | Maduro         | https://x.example/maduro and Maduro          | Maduro
ru | Мадуро         | Мадуро, «Мадуро» премадуро                   | Мадуро, Мадуро
el | Μαδούρο        | Ο Μαδούρο, ΜΑΔΟΥΡΟ· ο Μαδουρο                | Μαδούρο, ΜΑΔΟΥΡΟ, Μαδουρο
hi | मादुरो         | मादुरो ने, मादुरोवाद                         | मादुरो
hy | Մադուրո        | Նիկոլաս Մադուրո։                             | Մադուրո
ka | მადურო         | ნიკოლას მადურო, თქვა                         | მადურო
am | ማዱሮ            | ኒኮላስ ማዱሮ፣                                     | ማዱሮ
"""

FOLDING = """
en | Lodz           | Łódź, ŁÓDŹ, łodz                             | Łódź, ŁÓDŹ, łodz
pl | Łódź           | LODZ                                         | LODZ
en | Nguyen Phu Trong | Nguyễn Phú Trọng                           | Nguyễn Phú Trọng
es | Núñez          | Nunez y NÚÑEZ                                | Nunez, NÚÑEZ
en | Maduro         | ＭＡＤＵＲＯ and 𝐌𝐚𝐝𝐮𝐫𝐨                       | ＭＡＤＵＲＯ, 𝐌𝐚𝐝𝐮𝐫𝐨
en | official       | oﬃcial, ofﬁcial                              | oﬃcial, ofﬁcial
de | Straße         | STRASSE, Strasse                             | STRASSE, Strasse
de | München        | Muenchen und Munchen                         | Muenchen, Munchen
de | Muenchen       | in München                                   | München
de | Goering        | Göring                                       | Göring
hr | Djokovic       | Đoković                                      | Đoković
hr | Đoković        | Djokovic and Dokovic                         | Djokovic, Dokovic
da | Bodø           | Bodoe, Bodo, BODØ                            | Bodoe, Bodo, BODØ
sv | Malmö          | Malmo, MALMÖ                                 | Malmo, MALMÖ
no | Aalesund       | Ålesund                                      | Ålesund
tr | İstanbul       | Istanbul, ISTANBUL, istanbul                 | Istanbul, ISTANBUL, istanbul
tr | Erdogan        | Erdoğan, ERDOĞAN                             | Erdoğan, ERDOĞAN
is | Thingvellir    | Þingvellir                                   | Þingvellir
ru | Орёл           | Орел, ОРЁЛ                                   | Орел, ОРЁЛ
ru | Й              | и                                            |
en | Maduro         | Ma\u00adduro Madu\u200bro M\u0301aduro       | Ma\u00adduro, Madu\u200bro, M\u0301aduro
ar | مادورو         | مَادُورُو، ماـدورو                               | مَادُورُو, ماـدورو
fa | فنزوئلا        | فنزوئلا، ونزوئلا                              | فنزوئلا
fa | تهران          | تهران، تهران‌گردی                             | تهران
he | מדורו          | מַדוּרוֹ                                        | מַדוּרוֹ
"""

NUMBERS = """
en | $50 million    | a $50 million reward, 50-million             | 50 million, 50-million
en | B-52           | B-52, B 52, B52; B-52s, B–52’s               | B-52, B 52, B52, B-52s, B–52
en | F16            | F-16, F 16                                   | F-16
en | F-16           | F16, F-16                                    | F16, F-16
en | CVN78          | CVN-78                                       | CVN-78
en | 9-11           | 911                                          |
en | 1,000          | 1,000,000 dead; 1,000 or 1000                | 1,000, 1000
en | 000            | 1,000                                        |
en | 1000           | 1,000 1.000 1,000,000                        | 1,000, 1.000
en | =1,000         | 1000                                         | 1000
en | 2025           | 30.11.2025                                   | 2025
en | F-35           | F-35A F-35 F-355                             | F-35
en | CVN-78         | (CVN-78), cvn 78                             | CVN-78, cvn 78
en | 3.5%           | 3.5% or 3,5 %, not 13.5                      | 3.5, 3,5
en | 9/11           | 9/11, 9-11, 19/11                            | 9/11, 9-11
en | 2026           | 2026, ２０２６, ٢٠٢٦, 2026-01, 20261           | 2026, ２０２６, ٢٠٢٦, 2026
en | 1.000          | 1,000 and 1000                               | 1,000, 1000
en | G7             | G7, G-7                                      | G7
en | Covid-19       | COVID 19, Covid19                            | COVID 19, Covid19
en | €50            | 50 euros                                     | 50
"""

ACRONYMS = """
en | U.S.           | U.S. and US, US-led, U.S. Navy               | U.S., US, US, U.S.
en | U.S.           | tell us, Us                                  |
en | U.N.           | UN, U.N., un ami                             | UN, U.N.
en | UN             | U.N. and UN and un                           | U.N., UN, un
en | NATO           | N.A.T.O., Nato                               | N.A.T.O., Nato
en | =US            | US, us, Us, US's, USA, U.S., u.s.            | US, US, U.S.
en | ="US Navy"     | US Navy, us navy                             | US Navy
en | "US"           | US and us                                    | US, us
en | =Us            | Us or us or US                               | Us
en | OPEC           | OPEC+, opec, O.P.E.C.                        | OPEC, opec, O.P.E.C.
en | US forces      | U.S. forces, U.S. force, a US force          | U.S. forces, U.S. force, US force
en | US forces      | tell us. Forces                              | us. Forces
en | U.S. force     | US forces; us forces                         | US forces
en | U.S. Navy      | the US Navy, the us navy                     | US Navy
en | "US Navy"      | the U.S. Navy                                | U.S. Navy
en | =U.S.          | US us U.S.                                   | US, U.S.
en | "U.S."         | US us U.S. u.s.                              | US, U.S., u.s.
en | =EU            | E.U. and W.H.O.                              | E.U.
en | JD Vance       | J.D. Vance, J. D. Vance                      | J.D. Vance, J. D. Vance
en | J.D. Vance     | JD Vance, J. D. Vance                        | JD Vance, J. D. Vance
en | Ph.D.          | a PhD                                        | PhD
en | PhD            | a Ph.D. from                                 | Ph.D.
en | UN Security Council | the U.N. Security Council               | U.N. Security Council
ru | США            | в С.Ш.А. и США                               | С.Ш.А., США
en | U.S. Navy      | U.S. NAVY; U S Navy                          | U.S. NAVY, U S Navy
en | Venezuela      | VENEZUELA BURNS                              | VENEZUELA
en | United States  | UNITED STATES’S                              | UNITED STATES
en | =Perú          | Perú, PERÚ, Peru                             | Perú
"""

UNSPACED = """
zh | 马杜罗         | 总统马杜罗和馬杜羅                           | 马杜罗
zh | 馬杜羅         | 總統馬杜羅                                   | 馬杜羅
zh | 马杜罗         | 马、杜罗; 马 杜 罗                           | 马、杜罗, 马 杜 罗
zh | 委内瑞拉       | 委内瑞拉的石油                               | 委内瑞拉
zh | 航母           | 福特号航母抵达                               | 航母
ja | マドゥロ       | マドゥロ大統領、ﾏﾄﾞｩﾛ氏                       | マドゥロ, ﾏﾄﾞｩﾛ
ja | ベネズエラ     | 米軍がベネズエラを攻撃                       | ベネズエラ
ja | 制裁           | 対象に経済制裁を                             | 制裁
ko | 마두로         | 마두로가 마두로는 마두로 대통령              | 마두로, 마두로, 마두로
ko | 베네수엘라     | 베네수엘라에서                               | 베네수엘라
th | มาดูโร         | ประธานาธิบดีมาดูโรถูกจับ                      | มาดูโร
th | เวเนซุเอลา     | สหรัฐโจมตีเวเนซุเอลา                           | เวเนซุเอลา
km | ម៉ាឌូរ៉ូ         | លោកម៉ាឌូរ៉ូបាន                                  | ម៉ាឌូរ៉ូ
my | မာဒူရို          | သမ္မတမာဒူရိုက                                   | မာဒူရို
zh | "OPEC"         | 石油输出国组织OPEC宣布                       | OPEC
zh | 美国           | 美國                                         |
"""

CLITICS = """
ar | مادورو         | ومادورو بمادورو لمادورو كمادورو فمادورو      | ومادورو, بمادورو, لمادورو, كمادورو, فمادورو
ar | فنزويلا        | وفنزويلا في فنزويلا لفنزويلا                  | وفنزويلا, فنزويلا, لفنزويلا
ar | نفط            | النفط والنفط بالنفط كالنفط للنفط             | النفط, والنفط, بالنفط, كالنفط, للنفط
ar | "نفط"          | النفط                                        |
ar | البيت الأبيض   | والبيت الأبيض                                | والبيت الأبيض
ar | حاملة طائرات   | حاملة الطائرات                               | حاملة الطائرات
ar | يد             | ويد                                          |
he | מדורו          | ומדורו למדורו שמדורו ממדורו                  | ומדורו, למדורו, שמדורו, ממדורו
he | ונצואלה        | בוונצואלה בונצואלה לונצואלה                   | בונצואלה, לונצואלה
he | איראן          | באיראן, ושאיראן, מאיראן, האיראני             | באיראן, ושאיראן, מאיראן
he | "איראן"        | באיראן                                       |
he | נפט            | הנפט והנפט                                   | הנפט, והנפט
he | הבית הלבן      | בהבית הלבן                                   | בהבית הלבן
he | של             | כשל                                          |
he | ארה"ב          | ארה"ב בארה״ב                                 | ארה"ב, בארה״ב
he | צה״ל           | בצה״ל לצה"ל                                  | בצה״ל, לצה"ל
"""

INFLECTION = """
en | sanction       | sanctions, sanctioned, Sanctioning           | sanctions, sanctioned, Sanctioning
en | strike         | strikes, striking; striker, stricken         | strikes, striking
en | ban            | banned, bans, banning, bane                  | banned, bans, banning
en | army           | armies                                       | armies
en | crisis         | crises                                       | crises
en | closed         | close, closing, closes; closure              | close, closing, closes
en | closure        | closures, closed                             | closures
en | organ          | organs; organization, organic, organized     | organs
en | university     | universities; universe, universal            | universities
en | refinery       | refineries; refined                          | refineries
en | seize          | seized, seizing; seizure                     | seized, seizing
en | tanker         | tankers; tank                                | tankers
en | oil            | oils, oily                                   | oils
en | news           | new                                          |
en | Texas          | Texan                                        |
en | "strike"       | strikes                                      |
en | =Strike        | Strikes                                      |
en | carrier strike group | carriers strike groups                 | carriers strike groups
en | regime change  | regimes changing                             | regimes changing
en | Venezuela      | Venezuelan                                   |
pl | Wenezuela      | Wenezueli, Wenezuelę, Wenezuelą, wenezuelski | Wenezueli, Wenezuelę, Wenezuelą
pl | atakami        | atak; poziom                                 | atak
pl | poziom         | poz                                          |
pl | sankcja        | sankcje, sankcji, sankcjami, SANKCJOM        | sankcje, sankcji, sankcjami, SANKCJOM
pl | Donald Trump   | Donalda Trumpa, Donaldem Trumpem             | Donalda Trumpa, Donaldem Trumpem
pl | Putin          | Putina, Putinowi, Putinem                    | Putina, Putinowi, Putinem
pl | Nicolás Maduro | prezydenta Nicolasa Madury, Nicolása Maduro  | Nicolasa Madury, Nicolása Maduro
pl | przestrzeń powietrzna | nad przestrzenią powietrzną           | przestrzenią powietrzną
pl | Grenlandia     | Grenlandii, Grenlandię, Grenlandią           | Grenlandii, Grenlandię, Grenlandią
pl | Rosja          | Rosji, Rosję; Rosjanie                       | Rosji, Rosję
cs | Venezuela      | Venezuely, Venezuele, Venezuelu              | Venezuely, Venezuele, Venezuelu
cs | Putin          | Putina, Putinovi, Putinem                    | Putina, Putinovi, Putinem
ru | Венесуэла      | Венесуэлы, Венесуэлой; венесуэльский         | Венесуэлы, Венесуэлой
ru | санкция        | санкции, санкций, санкциями                  | санкции, санкций, санкциями
ru | Путин          | Путина, Путиным                              | Путина, Путиным
uk | Венесуела      | Венесуели, Венесуелу, Венесуелою             | Венесуели, Венесуелу, Венесуелою
uk | Україна        | України, Україну, Україною; українець        | України, Україну, Україною
uk | Зеленський     | Зеленського, Зеленському                     | Зеленського, Зеленському
uk | санкція        | санкції, санкцій, санкціями                  | санкції, санкцій, санкціями
uk | Київ           | Києва, Києві                                 | Києва, Києві
uk | Іванов         | Іван, Івана                                  |
be | Лукашэнка      | Лукашэнкі, Лукашэнку                         | Лукашэнкі, Лукашэнку
be | Мінск          | Мінска, Мінску                               | Мінска, Мінску
bg | удар           | ударът, удари, ударите                       | ударът, удари, ударите
bg | санкции        | санкциите, санкцията                         | санкциите, санкцията
bg | президент      | президентът, президента                      | президентът, президента
sr | Вучић          | Вучића, Vučić                                | Вучића, Vučić
hr | Maduro         | Madura, Maduru, Madurom                      | Madura, Maduru, Madurom
de | Venezuela      | Venezuelas Präsident, Venezuelen             | Venezuelas
de | Nicolás Maduro | Nicolás Maduros Sturz                        | Nicolás Maduros
de | Sanktion       | Sanktionen                                   | Sanktionen
de | Politikerin    | Politik                                      |
de | Luftraum       | des Luftraums, Lufträume; Luftraumsperre     | Luftraums, Lufträume
de | Flugzeugträger | Flugzeugträgers, Flugzeugtraeger             | Flugzeugträgers, Flugzeugtraeger
es | sanción        | sanciones, SANCION                           | sanciones, SANCION
es | petrolero      | petroleros, petrolera                        | petroleros, petrolera
fr | sanction       | sanctions                                    | sanctions
fr | navire         | navires, navigation                          | navires
it | sanzione       | sanzioni                                     | sanzioni
it | nave           | navi                                         | navi
pt | sanção         | sanções                                      | sanções
pt | petroleiro     | petroleiros                                  | petroleiros
tr | Maduro         | Maduro'nun, Maduro’ya                        | Maduro, Maduro
tr | Madurodam      | Maduro’nun Maduroya Maduro                   |
tr | Maduro         | Madurodan Maduronun Maduroyu; Madurodam Madurocu | Madurodan, Maduronun, Maduroyu
tr | Putin          | Putine Putinin; put                          | Putine, Putinin
tr | Trump          | Trumpla, Trumpa, Trumpın; Trumpçı            | Trumpla, Trumpa, Trumpın
tr | Çin            | Çinde Çinin; Çinli                           | Çinde, Çinin
tr | İsrail         | İsraile İsrailden; İsrailli                  | İsraile, İsrailden
tr | kara           | kar, kare                                    |
tr | uçak           | uçağı, uçaklardan; uçar                      | uçağı, uçaklardan
tr | uçaklar        | uçak                                         | uçak
tr | ambargosu      | ambargo, ambargoyu                           | ambargo, ambargoyu
tr | yaptırım       | yaptırımlar, yaptırımları                    | yaptırımlar, yaptırımları
fi | Maduro         | Maduron, Madurolle, Maduroa                  | Maduron, Madurolle, Maduroa
fi | pakote         | pakotteet, pakotteita                        | pakotteet, pakotteita
hu | Maduro         | Madurónak, Maduróval                         | Madurónak, Maduróval
hu | Venezuela      | Venezuelában, Venezuelát                     | Venezuelában, Venezuelát
nl | sanctie        | sancties                                     | sancties
sv | sanktion       | sanktioner, sanktionerna                     | sanktioner, sanktionerna
sv | sanktionerna   | ny sanktion                                  | sanktion
da | sanktionerne   | en sanktion                                  | sanktion
no | sanksjonene    | en sanksjon                                  | sanksjon
cs | prezidentovi   | prezident                                    | prezident
ru | президентами   | президент                                    | президент
ro | sancțiune      | sancțiuni, sancțiunile                       | sancțiuni, sancțiunile
el | Βενεζουέλα     | Βενεζουέλας                                  | Βενεζουέλας
el | κύρωση         | κυρώσεις, κυρώσεων                           | κυρώσεις, κυρώσεων
hi | प्रतिबंध       | प्रतिबंधों                                   | प्रतिबंधों
zz | Wenezuela      | Wenezueli                                    |
en-GB | sanction    | sanctions                                    | sanctions
pl_PL | sankcja     | sankcje                                      | sankcje
EN | sanction       | sanctions                                    | sanctions
"""

MARKED = """
en | cigar*         | cigar, cigars, Cigarette; a cigar-box        | cigar, cigars, Cigarette, cigar
en | sankcj*        | Sankcjami, przedsankcje                      | Sankcjami
ru | санкци*        | санкциями, Санкции                           | санкциями, Санкции
ar | عقوب*          | عقوبات، العقوبات                             | عقوبات
en | air traffic control* | Air-traffic controllers                | Air-traffic controllers
en | "closed"       | closed, Closed, closes                       | closed, Closed
en | "Miss Venezuela" | MISS VENEZUELA, Misses Venezuela           | MISS VENEZUELA
en | =Ford          | Ford, ford, FORD                             | Ford
en | =iPhone        | iPhone, IPHONE                               | iPhone
en | /f-?35[ab]?/   | F35 F-35A f-35                               | F35, F-35A, f-35
en | /\\bсу-\\d+\\b/  | Су-57, Су-57М                                | Су-57
pl | /\\błódź\\b/     | Łódź, łódźi                                  | Łódź
en | /\\$\\d+ (million\\|bn)/ | $50 million, $3 bn                      | $50 million, $3 bn
zh | /第\\d+号/       | 法令第68号公布                               | 第68号
"""

TABLES = [JOINED, BORDERS, FOLDING, NUMBERS, ACRONYMS, UNSPACED, CLITICS, INFLECTION, MARKED]


def rows() -> list[list[str]]:
    """Return the cells of every row."""
    lines = [line for table in TABLES for line in table.splitlines() if line]
    cells = [line.replace(r"\|", "\0").split("|") for line in lines]
    return [[cell.strip().replace("\0", "|") for cell in row] for row in cells]
