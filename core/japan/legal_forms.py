"""Legal forms (法人格) as they stand before or behind an organization's name, and their readings.

Sources: 会社法第6条, 一般社団・財団法人法第5条, 公益認定法第9条, 特定非営利活動促進法第4条 and
the sister laws that make the form a part of the name. Other 協同組合 are left alone: people know
them by the whole name.
"""

import re

_COMPANY = "株式会社|有限会社|合同会社|合資会社|合名会社|相互会社"
_NPO = r"(?:(?:特例|仮)?認定)?(?:特定非営利活動法人|[NＮnｎ][PＰpｐ][OＯoｏ]\s*法人)"
_CORPORATION = (
    "(?:一般|公益|特例)?(?:社団|財団)法人|社会福祉法人|(?:準)?学校法人|宗教法人|更生保護法人"
    "|(?:社会|特定|特別)?医療法人(?:社団|財団)?|(?:国立大学|公立大学|大学共同利用機関)法人"
    "|(?:地方)?独立行政法人|国立研究開発法人|(?:弁護士|司法書士|税理士|行政書士|社会保険労務士)法人"
    "|特殊法人|認可法人|認可地縁団体|労働者協同組合|任意団体"
)
# (株) in brackets of either width; the one-letter signs are what Japanese input methods offer.
_SHORT = (
    "株|有|同|資|名|相|社|財|福|学|宗|医|独|特非|認特非|NPO|ＮＰＯ"
    "|一社|一財|公社|公財|社福|学法|医社|地独"
)
_SIGNS = "㈱㈲㈳㈶㈻㈴㈾㍿"
_FORM = rf"(?:{_NPO}|{_CORPORATION}|{_COMPANY}|[(（](?:{_SHORT})[)）]|[{_SIGNS}])"
# To be used on a stripped name: blanks before the form are left to the caller, or a cell of a
# million blanks would take minutes.
LEGAL_FORM = re.compile(rf"^{_FORM}[\s・]*|{_FORM}$")

# Qualifiers only before the form they belong to: ひ「かり」かぶしきがいしゃ must not lose two
# letters.
_READING = (
    "(?:とくれい)?(?:にんてい)?(?:とくていひえいりかつどう|えぬぴーおー|npo)ほうじん"
    "|(?:いっぱん|こうえき|とくれい)?(?:しゃだん|ざいだん)ほうじん"
    "|(?:しゃかい|とくてい|とくべつ)?いりょうほうじん(?:しゃだん|ざいだん)?"
    "|しゃかいふくしほうじん|(?:じゅん)?がっこうほうじん|しゅうきょうほうじん"
    "|こうせいほごほうじん|(?:こくりつ|こうりつ)だいがくほうじん"
    "|(?:ちほう)?どくりつぎょうせいほうじん|こくりつけんきゅうかいはつほうじん"
    "|(?:かぶしき|ゆうげん|ごうどう|ごうし|ごうめい|そうご)[がか]いしゃ"
    "|ろうどうしゃきょうどうくみあい|にんいだんたい"
)
# To be used on a folded reading (hiragana, no spaces).
LEGAL_FORM_READING = re.compile(f"^(?:{_READING})|(?:{_READING})$")
