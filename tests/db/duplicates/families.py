"""Families of articles that differ in few words only, as leaflets, question sites and notice boards have them."""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """A title and a text with names in braces, and what stands for those in each article."""

    title: str
    body: str
    names: str
    values: tuple[tuple[str, ...], ...]

    def articles(self) -> list[tuple[str, str]]:
        """Title and body of each article."""
        filled = [dict(zip(self.names.split(), row, strict=True)) for row in self.values]
        return [(self.title.format(**words), self.body.format(**words)) for words in filled]


FAMILIES = {
    "leaflet_en": Family(
        "{d} {s} mg tablets: patient leaflet",
        "Read all of this leaflet before you start taking {d}, because it holds information that matters "
        "to you. Keep the leaflet; you may want to read it again. {d} belongs to a group of medicines "
        "called {g}. It is used for {u}.\n"
        "Do not take {d} if you are allergic to it or to any of the other ingredients. Talk to your "
        "pharmacist before taking it if your kidneys or your liver do not work well, or if you take "
        "other medicines.\n"
        "The usual dose is one tablet of {s} mg {f}. Swallow it whole with a glass of water. If you "
        "forget a dose, take it when you remember, unless it is nearly time for the next one. Never take "
        "two at once.\n"
        "Like all medicines, this one can have side effects, although not everybody gets them. Tell a "
        "nurse or doctor about {e}. Store below 25 degrees, out of the reach of children.",
        "d s g u f e",
        (
            ("Amlovar", "5", "calcium channel blockers", "high blood pressure", "once a day", "swollen ankles"),
            ("Ramisol", "5", "ACE inhibitors", "high blood pressure", "once a day", "a dry cough"),
            ("Bisoten", "5", "beta blockers", "high blood pressure", "once a day", "a slow pulse"),
            ("Metforel", "500", "biguanides", "type 2 diabetes", "twice a day", "an upset stomach"),
            ("Glipizan", "5", "sulphonylureas", "type 2 diabetes", "twice a day", "low blood sugar"),
            ("Simvador", "20", "statins", "high cholesterol", "in the evening", "muscle pain"),
            ("Atorvin", "20", "statins", "high cholesterol", "in the evening", "muscle pain"),
            ("Loratine", "10", "antihistamines", "hay fever", "once a day", "sleepiness"),
            ("Cetiral", "10", "antihistamines", "hay fever", "once a day", "sleepiness"),
        ),
    ),
    "recipe_en": Family(
        "{v} soup for the sick",
        "This {l} soup is light, salty enough to bring the appetite back, and ready in half an hour. "
        "Wash 400 grams of {l}, cut it small and let it sweat in a spoon of oil with an onion. Pour on a "
        "litre of broth, add two potatoes, and cook for twenty minutes until everything is soft.\n"
        "Puree the {l} with a hand blender, thin it with milk if the patient has trouble swallowing, and "
        "season with nutmeg and a little lemon. People who must watch their potassium pour the cooking "
        "water away once. The soup keeps for two days in the refrigerator and can be frozen in portions.\n"
        "One plate has about {k} kilocalories. Serve it warm, not hot, with a slice of white bread, and "
        "do not urge anybody to finish the plate. {V2} is in season {m}.",
        "v l V2 k m",
        (
            ("Carrot", "carrot", "Carrot", "120", "all year"),
            ("Pumpkin", "pumpkin", "Pumpkin", "130", "in autumn"),
            ("Celeriac", "celeriac", "Celeriac", "110", "in winter"),
            ("Courgette", "courgette", "Courgette", "95", "in summer"),
            ("Broccoli", "broccoli", "Broccoli", "105", "in summer"),
            ("Fennel", "fennel", "Fennel", "98", "in spring"),
            ("Parsnip", "parsnip", "Parsnip", "140", "in winter"),
            ("Leek", "leek", "Leek", "102", "in winter"),
        ),
    ),
    "dosage_en": Family(
        "{d} syrup: dose by weight",
        "How much {d} syrup a child gets depends on its weight, not on its age. Weigh the child without "
        "shoes. Use the syringe in the box and no kitchen spoon.\n"
        "Up to 7 kg: {a} ml. 8 to 10 kg: {b} ml. 11 to 15 kg: {c} ml. 16 to 21 kg: {e} ml. 22 to 30 kg: "
        "{f} ml. Give it no more than {t} times in 24 hours, with at least {h} hours between two doses.\n"
        "Write down the hour of each dose, so that nobody gives it twice. If the child vomits within a "
        "quarter of an hour, the dose may be repeated once. Shake the bottle, close it well, and throw "
        "it away six months after it was opened. Do not give {d} for more than three days without asking "
        "a doctor. A baby under three months with fever belongs in a doctor's hands at once.",
        "d a b c e f t h",
        (
            ("Paracetin", "2.5", "4", "5", "7.5", "10", "4", "6"),
            ("Ibufran", "2", "2.5", "3.5", "5", "7", "3", "8"),
            ("Novalgor", "1", "2", "3", "4", "6", "4", "6"),
            ("Dicloval", "1.5", "3", "4.5", "6", "9", "2", "12"),
            ("Naprosil", "2", "3.5", "4", "6.5", "8", "2", "12"),
            ("Mefenan", "3", "4.5", "6", "8", "11", "3", "8"),
            ("Metamol", "2.5", "4.5", "5.5", "8", "10.5", "4", "6"),
            ("Ketofen", "1", "1.5", "2.5", "3.5", "5", "3", "8"),
        ),
    ),
    "announce_en": Family(
        "{dep} closed on {day}",
        "The {dep} of St. Brigid's Hospital will be closed on {day} because the floor is being renewed. "
        "Patients with an appointment on this day have been told by letter and will be given another one "
        "within two weeks. Emergencies are looked after as usual on the ground floor, building C.\n"
        "Please do not come without a call. The telephone of the {dep} is answered from eight to four "
        "under extension {x}. Visitors use the side entrance by the car park; the lift beside the chapel "
        "stays open. We are sorry for the noise. From the following morning everything will be where it "
        "was, with the exception of the vending machine, which moves to the cafeteria. Thank you for "
        "your patience.",
        "dep day x",
        (
            ("eye clinic", "4 March", "211"),
            ("heart clinic", "4 March", "212"),
            ("skin clinic", "5 March", "213"),
            ("dental clinic", "5 March", "214"),
            ("children ward", "6 March", "215"),
            ("maternity ward", "6 March", "216"),
            ("dialysis unit", "7 March", "217"),
            ("pain clinic", "8 March", "218"),
        ),
    ),
    "med_zh": Family(
        "{d}的用法用量与注意事项",
        "{d}是临床上常用的{g}，主要用于{u}的治疗。很多患者拿到{d}以后不清楚怎么吃，"
        "下面由药师为大家介绍。\n"
        "成人一般每次{n}片，每天{m}次，饭后用温水送服，不要嚼碎。如果忘记服药，想起来时补服即可，"
        "但不要一次吃两倍的量。服用{d}期间应当避免饮酒，也不要开车或者从事高空作业。\n"
        "肝肾功能不好的人、孕妇以及哺乳期妇女应当在医生指导下使用。服药后如果出现{e}，应当立即停药，"
        "并到医院就诊。药品要放在阴凉干燥的地方，避免儿童接触，过期的药不能再吃。",
        "d g u n m e",
        (
            ("阿莫西林", "抗生素", "呼吸道感染", "2", "3", "皮疹"),
            ("头孢克洛", "抗生素", "呼吸道感染", "1", "3", "皮疹"),
            ("罗红霉素", "抗生素", "呼吸道感染", "1", "2", "恶心"),
            ("奥美拉唑", "抑酸药", "胃溃疡", "1", "1", "头痛"),
            ("雷贝拉唑", "抑酸药", "胃溃疡", "1", "1", "腹泻"),
            ("氯雷他定", "抗过敏药", "荨麻疹", "1", "1", "嗜睡"),
            ("西替利嗪", "抗过敏药", "荨麻疹", "1", "1", "嗜睡"),
            ("布洛芬", "止痛药", "发热和疼痛", "1", "3", "胃痛"),
            ("双氯芬酸", "止痛药", "关节疼痛", "1", "2", "胃痛"),
        ),
    ),
    "means_zh": Family(
        "{a}偏高说明什么",
        "体检报告上{a}偏高，很多人会担心。{a}是血液检查中常见的一项指标，正常范围在{l}到{h}之间，"
        "轻度升高不一定代表有病。\n"
        "检查前熬夜、饮酒、剧烈运动都可能让{a}暂时升高，建议休息一周以后空腹复查。如果复查仍然偏高，"
        "需要结合{o}的检查结果一起分析，由医生判断原因。\n"
        "平时要控制体重，少吃油炸食品，戒烟限酒，多吃蔬菜水果。已经在服药的人不要因为{a}偏高就自行停药，"
        "也不要盲目吃保健品。",
        "a l h o",
        (
            ("谷丙转氨酶", "7", "40", "肝脏"),
            ("谷草转氨酶", "13", "35", "肝脏"),
            ("尿酸", "150", "420", "肾脏"),
            ("肌酐", "44", "133", "肾脏"),
            ("甘油三酯", "0.5", "1.7", "血管"),
            ("总胆固醇", "2.8", "5.2", "血管"),
            ("同型半胱氨酸", "5", "15", "血管"),
            ("促甲状腺激素", "0.3", "4.2", "甲状腺"),
            ("血清铁蛋白", "15", "200", "骨髓"),
        ),
    ),
    "food_zh": Family(
        "孕妇可以吃{f}吗",
        "孕妇可以吃{f}，但是要适量。{f}含有丰富的{n}，对胎儿的发育有一定的好处，而且口感好，"
        "能够增进食欲。\n"
        "不过{f}性{x}，一次吃太多容易引起肠胃不适，建议每次不要超过{g}克，"
        "一周两到三次就可以了。有妊娠糖尿病的孕妇应当先咨询医生。\n"
        "选购的时候要挑新鲜的，吃之前洗干净，最好不要空腹吃。如果吃了以后出现腹痛、腹泻，应当停止食用，"
        "并及时到医院检查。",
        "f n x g",
        (
            ("荔枝", "维生素C", "热", "100"),
            ("山竹", "维生素C", "寒", "100"),
            ("桂圆", "铁", "热", "50"),
            ("柿子", "胡萝卜素", "寒", "100"),
            ("榴莲", "蛋白质", "热", "80"),
            ("火龙果", "膳食纤维", "凉", "200"),
            ("菠萝", "维生素C", "平", "150"),
            ("杨梅", "有机酸", "温", "100"),
            ("枇杷", "胡萝卜素", "凉", "150"),
        ),
    ),
    "dosage_zh": Family(
        "儿童{d}体重剂量表",
        "儿童使用{d}要按照体重计算，不要按照年龄。使用前请先称体重，用盒子里的量杯量取，"
        "不要用家里的勺子。\n"
        "体重5到8公斤，每次{a}毫升；9到12公斤，每次{b}毫升；13到17公斤，"
        "每次{c}毫升；18到24公斤，每次{e}毫升。两次之间至少间隔{h}小时，"
        "24小时内不超过{t}次。\n"
        "喂药以后十五分钟内呕吐的，可以补喂一次。连续使用不要超过三天，体温不降或者精神不好，"
        "要马上去医院。药瓶打开以后六个月内用完，放在孩子拿不到的地方。",
        "d a b c e h t",
        (
            ("布洛芬混悬液", "2", "3", "4", "5", "8", "3"),
            ("对乙酰氨基酚滴剂", "1", "1.5", "2", "3", "6", "4"),
            ("小儿氨酚烷胺颗粒", "3", "4", "6", "8", "12", "2"),
            ("西替利嗪滴剂", "0.5", "1", "1.5", "2", "24", "1"),
            ("孟鲁司特颗粒", "2.5", "3.5", "4.5", "6.5", "24", "1"),
            ("头孢克肟颗粒", "1.5", "2.5", "3.5", "4.5", "12", "2"),
            ("阿奇霉素颗粒", "2", "2.5", "5", "7.5", "24", "1"),
            ("蒙脱石散", "3", "6", "9", "12", "8", "3"),
        ),
    ),
}
