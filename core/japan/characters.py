"""Which written forms are one letter to a person who searches.

The official 縮退マップ of 文字情報基盤 is many-to-many, for a person to choose from; a search key
needs one answer per letter. So this is a table of our own: old forms (旧字体) and the variants that
stand in names. It makes keys only; a stored name is never changed.
"""

# new form, then every form that is read as it. Unicode's compatibility ideographs (塚 U+FA10, 神
# U+FA19, 福 U+FA1B …) need no row: NFKC maps them, except the twelve that Unicode calls unified.
_FORMS = """
高髙 崎﨑嵜 辺邊邉 斉齋齊斎 浜濵濱 吉𠮷 島嶋嶌 沢澤 広廣 国國圀 真眞 恵惠 徳德 桜櫻 滝瀧 竜龍 関關
渋澁澀 栄榮 実實 学學斈 条條 亀龜 伝傳 静靜 経經 済濟 礼禮 富冨 峰峯 岳嶽 槙槇 藪薮 桧檜 鉄鐵鐡
円圓 寿壽 蔵藏 万萬 与與 弥彌 祢禰 当當 豊豐 芦蘆 塩鹽 県縣 区區 会會 団團 対對 医醫 党黨 労勞
児兒 総總 応應 声聲 読讀 図圖 芸藝 鉱鑛 発發 売賣 数數 点點 気氣 写寫 体體 台臺 旧舊 独獨 辞辭
乱亂 双雙 壱壹 弐貳 変變 満滿 湾灣 画畫 昼晝 断斷 継繼 続續 証證 訳譯 駅驛 釈釋 択擇 拝拜 挙擧
楽樂 薬藥 様樣 欧歐 殴毆 残殘 浅淺 銭錢 践踐 浄淨 争爭 猟獵 猫貓 状狀 壮壯 荘莊 装裝 将將 奨獎
検檢 険險 剣劍劔 権權 勧勸 歓歡 観觀 巻卷 圏圈 帰歸 霊靈 麦麥 黄黃 黒黑 黙默 歯齒 齢齡 戸戶 戻戾
涙淚 姫姬 内內 呉吳 娯娛 録錄 緑綠 縁緣 頼賴 瀬瀨 教敎 産產 彦彥 顔顏 清淸 青靑 徴徵 郎郞 隣鄰
館舘 鶴靏靍鸖 曽曾 来來 柳栁桺 柏栢 梅楳 松枩 橋𣘺 土圡 寛寬 尚尙 巌巖 晃晄 晋晉 昂昻 凛凜 遥遙
尭堯 穂穗 稲稻 禄祿 頴穎 莱萊 薫薰 蛍螢 覚覺 触觸 誉譽 譲讓 鋭銳 錬鍊 鎮鎭 鑑鑒 隠隱 雑雜 鶏鷄
塁壘 増增 壌壤 嬢孃 奥奧 姉姊 宝寶寳 寝寢 専專 尽盡 属屬 届屆 巣巢 帯帶 庁廳 廃廢 弁辨瓣辯 弾彈
従從 径徑 恋戀 悪惡 悩惱 慎愼 懐懷 戦戰 戯戲 担擔 拠據 拡擴 揺搖 摂攝 撃擊 暁曉 暦曆 栃杤 桟棧
枢樞 横橫 歩步 毎每 沖冲 況况 涛濤 渓溪 温溫 湿濕 滞滯 潜潛 灯燈 炉爐 為爲 焼燒 煕熙熈 爾尓 犠犧
献獻 瑶瑤 畳疊 痴癡 皐皋 盗盜 砕碎 祷禱 禅禪 称稱 窃竊 篭籠 粋粹 糸絲 絵繪 繊纖 缶罐 翻飜 聡聰
聴聽 胆膽 脳腦 舎舍 艶艷 茎莖 虚虛 虫蟲 蛮蠻 蝋蠟 蛎蠣 衛衞 裏裡 覧覽 諌諫 謡謠 賎賤 賛贊 軽輕
転轉 逓遞 遅遲 酔醉 醸釀 閲閱 陥陷 随隨 雁鴈 顕顯 駆驅 騒騷 験驗 髄髓 髪髮 鴎鷗 麹麴 麺麵 兎兔莵菟
淵渕渊 野埜 村邨 船舩 峡峽 狭狹 挟挾 頬頰 侠俠 倶俱 剥剝 呑吞 嘘噓 填塡 掻搔 掴摑 痩瘦 箪簞 繋繫
蝉蟬 躯軀 醤醬 鴬鶯 叱𠮟 桑桒 虎乕 杉椙 予豫 余餘 欠缺 仏佛 仮假 価價 処處 励勵 勅敕 参參 叙敍敘
嘱囑 囲圍 妊姙 払拂 抜拔 捜搜 掲揭 殻殼 氷冰 渇渴 瓶甁 研硏 窓窗 糧粮 縦縱 脚腳 腸膓 薗園 褒襃
説說 税稅 鋳鑄 闘鬪 飲飮
"""
# Pieces that PDF files give back in place of letters (CJK radicals; NFKC leaves these alone).
_RADICALS = "民⺠ 食⻝ 鬼⻤ 斉⻫ 竜⻯ 長⻑ 青⻘ 西⻄ 虎⻁ 角⻆ 黄⻩ 歯⻭ 亀⻲ 麦⻨"


def _table() -> dict[int, str]:
    return {ord(old): row[0] for row in (_FORMS + _RADICALS).split() for old in row[1:]}


# For str.translate, after NFKC.
NEW_FORMS = _table()
