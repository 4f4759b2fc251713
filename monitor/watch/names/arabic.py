"""Arabic and Persian names in their usual Latin spellings, and back. Pure.

Arabic leaves short vowels out, so that no rule tells Muhammad from محمد: the parts of names that
news are full of are listed. The article is spelled by rule.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Final

from monitor.watch.words.text import normalised

MOST: Final = 12  # spellings of one name
_TRIED: Final = 5_000
_LETTER: Final = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_ARTICLE: Final = re.compile(
    r"(?<!\S)(?:(?:al|el)[- ]|(?:ul|ash|as|an|ar|at|ad|az)-)(?=\w)", re.IGNORECASE
)

# As Arabic or Persian writes it, then in Latin letters, the most usual first.
_PARTS: Final = """
محمد Mohammed Muhammad Mohamed Mohammad Mohamad Muhammed
أحمد Ahmed Ahmad
محمود Mahmoud Mahmud
حسين Hussein Hussain Husayn Husain Hossein
حسن Hassan Hasan
علي Ali
عمر Omar Umar
عثمان Othman Uthman Osman
أسامة Osama Usama
إبراهيم Ibrahim Ebrahim
يوسف Yusuf Youssef Yousef Yousuf
خالد Khaled Khalid
سعيد Said Saeed
سيد Sayed Sayyid Seyed Syed
مصطفى Mustafa Mostafa Moustafa
ناصر Nasser Nasir Naser
نصر Nasr
نصرالله Nasrallah Nasrullah
قاسم Qassem Qasem Qasim Kassem Ghasem
سليماني Soleimani Suleimani Sulaimani
سليمان Suleiman Sulaiman Soleiman Sulayman
فيصل Faisal Faysal Feisal
راشد Rashid Rashed Rachid
رشيد Rashid Rasheed Rachid
سعود Saud
سلمان Salman
صالح Saleh Salih
صلاح Salah
طارق Tariq Tarek Tareq
زايد Zayed Zaid
معمر Muammar Moammar Moamer
القذافي Gaddafi Qaddafi Kadhafi Gadhafi Qadhafi
خامنئي Khamenei
رئيسي Raisi Raeisi
روحاني Rouhani Rohani
ظريف Zarif
خميني Khomeini Khomeyni
كريم Karim Kareem
جمال Jamal Gamal Djamal
جابر Jaber Jabir
حميد Hamid Hameed
حمد Hamad
حمزة Hamza Hamzah
حبيب Habib
هنية Haniyeh Haniya Haniyah
إسماعيل Ismail Esmail Ismael
السنوار Sinwar
يحيى Yahya
الحوثي Houthi Huthi
عبدالملك Abdulmalik Abdelmalek Abdul-Malik
عبدالله Abdullah Abdallah Abdulla
عبدالرحمن Abdulrahman Abdelrahman Abdul-Rahman Abdurrahman
عبدالعزيز Abdulaziz Abdelaziz Abdul-Aziz
عبدالفتاح Abdelfattah Abdulfattah Abdel-Fattah
السيسي Sisi
بشار Bashar Bachar
الأسد Assad Asad
حافظ Hafez Hafiz
الشرع Sharaa Shara
الجولاني Jolani Julani Golani Jawlani
منصور Mansour Mansur
نور Nour Noor Nur
نوري Nouri Nuri
المالكي Maliki
مهدي Mahdi Mehdi
رضا Reza Ridha Rida
صدام Saddam
ياسر Yasser Yasir
عرفات Arafat
عباس Abbas
مقتدى Moqtada Muqtada
الصدر Sadr
أيمن Ayman Aiman
الظواهري Zawahiri Zawahri
لادن Laden Ladin
بن bin ben ibn
أبو Abu Abou
بكر Bakr Bakar
البغدادي Baghdadi
حفتر Haftar Hifter
خليفة Khalifa Khalifah Califa
سيف Saif Seif Sayf
الإسلام Islam
الدين Din Deen
وليد Walid Waleed
زيد Zaid Zayd
جواد Javad Jawad
مسعود Masoud Massoud Masud
بزشكيان Pezeshkian
لاريجاني Larijani
أحمدي Ahmadi
نجاد Nejad
عراقچی Araghchi Araqchi
"""


def _read(table: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return the spellings by any of their folded forms, and the Arabic by the Latin."""
    spellings: dict[str, tuple[str, ...]] = {}
    arabic: dict[str, str] = {}
    for written, *latin in map(str.split, table.strip().splitlines()):
        for each in (written, *latin):
            spellings.setdefault(normalised(each), tuple(latin))
        for each in latin:
            arabic.setdefault(normalised(each), written)
    return spellings, arabic


_SPELLINGS, _ARABIC = _read(_PARTS)


def has_arabic(text: str) -> bool:
    """Say whether a text holds letters of Arabic or Persian."""
    return _LETTER.search(text) is not None


def to_latin(name: str) -> Iterator[str]:
    """Yield an Arabic or Persian name in Latin spellings; none where a part of it is not known."""
    words = name.split()
    if all(normalised(word) in _SPELLINGS for word in words):
        choices = [_with_article(word, _SPELLINGS[normalised(word)]) for word in words]
        yield from _usual_first(choices)


def spelled_otherwise(name: str) -> Iterator[str]:
    """Yield other Latin spellings of a name with Arabic parts or an Arabic article."""
    if not _is_arabic(name):
        return
    choices = []
    for word in _ARTICLE.sub("al-", name).split():
        bare = word.removeprefix("al-")
        known = (bare, *_SPELLINGS.get(normalised(bare), ()))
        articles = ("al-", "el-", "") if bare != word else ("",)
        spelled = (f"{article}{each}" for each in known for article in articles)
        choices.append(tuple(dict.fromkeys(spelled)))
    yield from _usual_first(choices)


def in_arabic(name: str) -> str:
    """Return a Latin name in Arabic letters; "" where a part of it is not known."""
    words = _ARTICLE.sub("al-", name).split()
    parts = [_ARABIC.get(normalised(word.removeprefix("al-")), "") for word in words]
    return " ".join(parts) if len(parts) > 1 and all(parts) else ""


def _usual_first(choices: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield one of each in a row, those first that are the most usual together."""
    tried = islice(product(*map(enumerate, choices)), _TRIED)
    for parts in sorted(tried, key=lambda parts: sum(rank for rank, _ in parts))[:MOST]:
        yield " ".join(part for _, part in parts)


def _is_arabic(name: str) -> bool:
    """Say whether a name has the article, or two listed parts: one may be anybody's."""
    listed = sum(normalised(word) in _SPELLINGS for word in name.split())
    return _ARTICLE.search(name) is not None or listed > 1


def _with_article(written: str, latin: tuple[str, ...]) -> tuple[str, ...]:
    if written.startswith("ال") and len(written) > 4:
        return tuple(f"{article}{each}" for each in latin for article in ("al-", ""))
    return latin
