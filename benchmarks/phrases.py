"""What customers and agents write, in five languages; words in braces are filled in."""

from __future__ import annotations

from typing import NamedTuple


class Phrases(NamedTuple):
    """The sentences of one language."""

    subjects: tuple[str, ...]
    greeting: str
    customer: tuple[str, ...]
    agent: tuple[str, ...]
    closing: str
    wrote: str
    products: tuple[str, ...]
    people: tuple[str, ...]
    letters: tuple[str, str]


ENGLISH = Phrases(
    subjects=(
        "Order {order} has not arrived",
        "Wrong size: {product}",
        "Refund for order {order}",
        "{product} is broken after two weeks",
        "I cannot log in to my account",
        "Invoice {order} shows the wrong address",
        "Question about {product}",
        "Where is parcel {parcel}?",
    ),
    greeting="Hello,",
    customer=(
        "I ordered {product} on {day} and was told that it would be here within a week.",
        "The tracking page has shown the same line for parcel {parcel} since {day}.",
        "When I opened the box, the buckle was bent and one seam had come apart.",
        "Could you please check with the carrier where it is?",
        "I would rather have my money back than wait for another one.",
        "The amount of {price} was taken from my card twice.",
        "A photo of the damage is attached, in case that helps.",
        "I need it before the holiday, otherwise it is of no use to me.",
        "The password link says that it has expired, although I had just asked for it.",
        "Your shop in the old town told me to write to this address.",
        "Please send the replacement to my office and not to my flat.",
        "This is the second time this year that something like that happens.",
    ),
    agent=(
        "thank you for writing, and sorry for the trouble.",
        "I have asked the carrier about {parcel} and expect an answer by {day}.",
        "We have sent a replacement for {product} today, at no cost to you.",
        "The {price} will be back on your card within five working days.",
        "Could you send us a photo of the label inside?",
        "Your order {order} left our warehouse this morning.",
        "Please let me know whether that works for you.",
    ),
    closing="Kind regards",
    wrote="On {day} {who} wrote:",
    products=("tent", "hiking boots", "camping stove", "rain jacket", "head torch", "rucksack"),
    people=("Emma Clarke", "Jack Turner", "Olivia Wright", "Harry Hughes", "Aoife Byrne"),
    letters=("bcdfghklmnprstvw", "aeiou"),
)
POLISH = Phrases(
    subjects=(
        "Zamówienie {order} nie dotarło",
        "Zły rozmiar: {product}",
        "Zwrot pieniędzy za zamówienie {order}",
        "{product}: uszkodzenie po dwóch tygodniach",
        "Nie mogę zalogować się na konto",
        "Błędny adres na fakturze {order}",
        "Pytanie o {product}",
        "Gdzie jest paczka {parcel}?",
    ),
    greeting="Dzień dobry,",
    customer=(
        "zamówienie na {product} złożyłem {day} i miało dotrzeć w ciągu tygodnia.",
        "Strona śledzenia od {day} pokazuje dla paczki {parcel} wciąż to samo.",
        "Po otwarciu pudełka okazało się, że sprzączka jest zgięta, a szew puścił.",
        "Czy mogliby Państwo sprawdzić u kuriera, co się z nią dzieje?",
        "Wolę zwrot pieniędzy niż czekanie na kolejną przesyłkę.",
        "Kwota {price} została pobrana z mojej karty dwa razy.",
        "W załączniku przesyłam zdjęcie uszkodzenia, może to pomoże.",
        "Potrzebuję tego przed urlopem, później nie będzie mi już przydatne.",
        "Link do zmiany hasła podobno wygasł, choć przed chwilą o niego prosiłem.",
        "W sklepie na starówce kazano mi napisać na ten adres.",
        "Proszę wysłać nowy egzemplarz do biura, a nie do mieszkania.",
        "To już drugi raz w tym roku, kiedy zdarza się coś takiego.",
    ),
    agent=(
        "dziękujemy za wiadomość i przepraszamy za kłopot.",
        "Zapytałam kuriera o {parcel}, odpowiedź powinna przyjść do {day}.",
        "Dzisiaj wysłaliśmy nowy egzemplarz ({product}), bez żadnych kosztów.",
        "Kwota {price} wróci na kartę w ciągu pięciu dni roboczych.",
        "Czy możemy prosić o zdjęcie metki?",
        "Zamówienie {order} opuściło dziś rano nasz magazyn.",
        "Proszę dać znać, czy takie rozwiązanie odpowiada.",
    ),
    closing="Z poważaniem",
    wrote="W dniu {day} {who} napisał(a):",
    products=("namiot", "buty trekkingowe", "kuchenka", "kurtka", "czołówka", "plecak"),
    people=("Jan Kowalski", "Żaneta Wójcik", "Łukasz Dąbrowski", "Ewa Zielińska", "Ola Krół"),
    letters=("bcdgjklłmnprstwzś", "aeiouyąę"),
)
RUSSIAN = Phrases(
    subjects=(
        "Заказ {order} не пришёл",
        "Не тот размер: {product}",
        "Возврат денег за заказ {order}",
        "{product}: поломка через две недели",
        "Не могу войти в личный кабинет",
        "В счёте {order} неверный адрес",
        "Вопрос о товаре: {product}",
        "Где посылка {parcel}?",
    ),
    greeting="Здравствуйте!",
    customer=(
        "Я заказал товар ({product}) {day}, и его обещали доставить за неделю.",
        "Страница отслеживания посылки {parcel} не меняется с {day}.",
        "Когда я открыла коробку, пряжка была погнута, а шов разошёлся.",
        "Не могли бы вы узнать у курьера, где она находится?",
        "Я предпочёл бы вернуть деньги, чем ждать ещё одну посылку.",
        "Сумму {price} списали с моей карты дважды.",
        "Прилагаю фотографию повреждения, возможно, она поможет.",
        "Мне это нужно до отпуска, потом оно уже ни к чему.",
        "Ссылка для смены пароля якобы устарела, хотя я только что её запросил.",
        "В магазине в старом городе посоветовали написать на этот адрес.",
        "Пришлите, пожалуйста, замену в офис, а не домой.",
        "Такое случается уже второй раз за этот год.",
    ),
    agent=(
        "благодарим за письмо и просим прощения за неудобства.",
        "Я спросила курьера о {parcel} и жду ответа до {day}.",
        "Сегодня мы бесплатно отправили замену ({product}).",
        "Сумма {price} вернётся на карту в течение пяти рабочих дней.",
        "Пришлите, пожалуйста, фотографию этикетки.",
        "Заказ {order} сегодня утром покинул наш склад.",
        "Напишите, пожалуйста, устроит ли вас это.",
    ),
    closing="С уважением",
    wrote="{day} {who} пишет:",
    products=("палатка", "треккинговые ботинки", "горелка", "куртка", "фонарь", "рюкзак"),
    people=("Ольга Смирнова", "Иван Кузнецов", "Мария Лебедева", "Пётр Соколов", "Юлия Орлова"),
    letters=("бвгджзклмнпрстхч", "аеиоуыя"),
)
TURKISH = Phrases(
    subjects=(
        "{order} numaralı siparişim gelmedi",
        "Yanlış beden: {product}",
        "{order} numaralı sipariş için iade",
        "{product} iki haftada bozuldu",
        "Hesabıma giriş yapamıyorum",
        "{order} numaralı faturada adres yanlış",
        "{product} hakkında soru",
        "{parcel} numaralı kargo nerede?",
    ),
    greeting="Merhaba,",
    customer=(
        "{day} tarihinde {product} sipariş ettim, bir hafta içinde geleceği söylenmişti.",
        "{parcel} numaralı kargonun takip sayfası {day} gününden beri aynı.",
        "Kutuyu açtığımda toka eğrilmişti ve bir dikiş sökülmüştü.",
        "Kargo şirketine nerede olduğunu sorabilir misiniz?",
        "Yenisini beklemektense paramı geri almayı tercih ederim.",
        "{price} tutarı kartımdan iki kez çekilmiş.",
        "İşinize yararsa diye hasarın fotoğrafını ekledim.",
        "Tatilden önce lazım, sonra işime yaramayacak.",
        "Şifre bağlantısının süresi dolmuş diyor, oysa az önce istemiştim.",
        "Eski şehirdeki mağazanız bu adrese yazmamı söyledi.",
        "Lütfen yeni ürünü evime değil iş yerime gönderin.",
        "Bu yıl böyle bir şey ikinci kez oluyor.",
    ),
    agent=(
        "yazdığınız için teşekkürler, yaşadığınız sıkıntı için özür dileriz.",
        "{parcel} için kargo şirketine sordum, {day} gününe kadar yanıt bekliyorum.",
        "Bugün yeni bir {product} gönderdik, sizden ücret alınmayacak.",
        "{price} beş iş günü içinde kartınıza geri yatacak.",
        "Etiketin bir fotoğrafını gönderebilir misiniz?",
        "{order} numaralı siparişiniz bu sabah depomuzdan çıktı.",
        "Sizin için uygun olup olmadığını lütfen bildirin.",
    ),
    closing="Saygılarımla",
    wrote="{day} tarihinde {who} yazdı:",
    products=("çadır", "yürüyüş botu", "kamp ocağı", "yağmurluk", "kafa lambası", "sırt çantası"),
    people=("Ayşe Yılmaz", "Mehmet Kaya", "Elif Şahin", "Ömer Çelik", "Zeynep Öztürk"),
    letters=("bcçdgğhklmnprsştyz", "aeıioöuü"),
)
PERSIAN = Phrases(
    subjects=(
        "سفارش {order} نرسیده است",
        "اندازهٔ اشتباه: {product}",
        "بازپرداخت سفارش {order}",
        "{product} پس از دو هفته خراب شد",
        "نمی‌توانم وارد حسابم شوم",
        "نشانی فاکتور {order} اشتباه است",
        "پرسش دربارهٔ {product}",
        "بستهٔ {parcel} کجاست؟",
    ),
    greeting="سلام،",
    customer=(
        "من در {day} یک {product} سفارش دادم و گفته شد یک‌هفته‌ای می‌رسد.",
        "صفحهٔ پیگیری بستهٔ {parcel} از {day} هیچ تغییری نکرده است.",
        "وقتی جعبه را باز کردم سگک خم شده بود و یک درز باز شده بود.",
        "لطفاً از پیک بپرسید بسته کجاست؟",
        "ترجیح می‌دهم پولم را پس بگیرم تا منتظر یکی دیگر بمانم.",
        "مبلغ {price} دو بار از کارت من برداشته شده است.",
        "عکس آسیب را پیوست کردم، شاید کمک کند.",
        "پیش از سفر به آن نیاز دارم، بعد از آن دیگر به کارم نمی‌آید.",
        "پیوند گذرواژه می‌گوید منقضی شده، در حالی که همین الان درخواست دادم.",
        "فروشگاه شما در بخش قدیمی شهر گفت به این نشانی بنویسم.",
        "لطفاً جایگزین را به دفترم بفرستید، نه به خانه.",
        "این دومین بار در امسال است که چنین چیزی پیش می‌آید.",
    ),
    agent=(
        "از پیام شما سپاسگزاریم و بابت مشکل پیش‌آمده پوزش می‌خواهیم.",
        "دربارهٔ {parcel} از پیک پرسیدم و تا {day} منتظر پاسخ هستم.",
        "امروز یک {product} جایگزین بدون هزینه فرستادیم.",
        "مبلغ {price} ظرف پنج روز کاری به کارت شما برمی‌گردد.",
        "لطفاً عکسی از برچسب داخل برای ما بفرستید.",
        "سفارش {order} امروز صبح از انبار ما خارج شد.",
        "لطفاً بگویید آیا این برای شما مناسب است.",
    ),
    closing="با احترام",
    wrote="در {day} {who} نوشت:",
    products=("چادر", "کفش کوهنوردی", "اجاق سفری", "کاپشن", "چراغ پیشانی", "کوله‌پشتی"),
    people=("مریم احمدی", "علی رضایی", "زهرا کریمی", "حسین مرادی", "سارا جعفری"),
    letters=("بپتجچخدرزسشفقکگلمنه", "اویه"),
)
LANGUAGES = (ENGLISH, POLISH, RUSSIAN, TURKISH, PERSIAN)
