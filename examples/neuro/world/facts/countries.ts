/** Countries: name, Russian genitive, then capital, official language, currency, population in millions, continent. */
export const countries = `
France; Франция; Франции | Paris; Париж | French; французский | euro; евро | 68 | Europe
Germany; Германия; Германии | Berlin; Берлин | German; немецкий | euro; евро | 84 | Europe
Italy; Италия; Италии | Rome; Рим | Italian; итальянский | euro; евро | 59 | Europe
Spain; Испания; Испании | Madrid; Мадрид | Spanish; испанский | euro; евро | 48 | Europe
Portugal; Португалия; Португалии | Lisbon; Лиссабон | Portuguese; португальский | euro; евро | 10 | Europe
Poland; Польша; Польши | Warsaw; Варшава | Polish; польский | zloty; злотый | 38 | Europe
Russia; Россия; России | Moscow; Москва | Russian; русский | rouble; рубль | 146 | Europe
Greece; Греция; Греции | Athens; Афины | Greek; греческий | euro; евро | 10 | Europe
Norway; Норвегия; Норвегии | Oslo; Осло | Norwegian; норвежский | krone; крона | 5 | Europe
Sweden; Швеция; Швеции | Stockholm; Стокгольм | Swedish; шведский | krona; крона | 10 | Europe
Hungary; Венгрия; Венгрии | Budapest; Будапешт | Hungarian; венгерский | forint; форинт | 10 | Europe
Czechia; Чехия; Чехии | Prague; Прага | Czech; чешский | koruna; крона | 11 | Europe
Bulgaria; Болгария; Болгарии | Sofia; София | Bulgarian; болгарский | | 6 | Europe
Romania; Румыния; Румынии | Bucharest; Бухарест | Romanian; румынский | leu; лей | 19 | Europe
Serbia; Сербия; Сербии | Belgrade; Белград | Serbian; сербский | dinar; динар | 7 | Europe
Turkey; Турция; Турции | Ankara; Анкара | Turkish; турецкий | lira; лира | 85 | Asia
Georgia; Грузия; Грузии | Tbilisi; Тбилиси | Georgian; грузинский | lari; лари | 4 | Asia
Armenia; Армения; Армении | Yerevan; Ереван | Armenian; армянский | dram; драм | 3 | Asia
Iran; Иран; Ирана | Tehran; Тегеран | Persian; персидский | rial; риал | 89 | Asia
Mongolia; Монголия; Монголии | Ulaanbaatar; Улан-Батор | Mongolian; монгольский | tugrik; тугрик | 3 | Asia
China; Китай; Китая | Beijing; Пекин | Chinese; китайский | yuan; юань | 1410 | Asia
Japan; Япония; Японии | Tokyo; Токио | Japanese; японский | yen; иена | 124 | Asia
India; Индия; Индии | New Delhi; Нью-Дели | Hindi; хинди | rupee; рупия | 1430 | Asia
Thailand; Таиланд; Таиланда | Bangkok; Бангкок | Thai; тайский | baht; бат | 72 | Asia
Vietnam; Вьетнам; Вьетнама | Hanoi; Ханой | Vietnamese; вьетнамский | dong; донг | 99 | Asia
Nepal; Непал; Непала | Kathmandu; Катманду | Nepali; непальский | rupee; рупия | 30 | Asia
Egypt; Египет; Египта | Cairo; Каир | Arabic; арабский | pound; фунт | 113 | Africa
Morocco; Марокко; Марокко | Rabat; Рабат | Arabic; арабский | dirham; дирхам | 37 | Africa
Kenya; Кения; Кении | Nairobi; Найроби | Swahili; суахили | shilling; шиллинг | 55 | Africa
Ethiopia; Эфиопия; Эфиопии | Addis Ababa; Аддис-Абеба | Amharic; амхарский | birr; быр | 126 | Africa
Ghana; Гана; Ганы | Accra; Аккра | English; английский | cedi; седи | 34 | Africa
Angola; Ангола; Анголы | Luanda; Луанда | Portuguese; португальский | kwanza; кванза | 37 | Africa
Canada; Канада; Канады | Ottawa; Оттава | | dollar; доллар | 40 | North America
Mexico; Мексика; Мексики | Mexico City; Мехико | Spanish; испанский | peso; песо | 129 | North America
Cuba; Куба; Кубы | Havana; Гавана | Spanish; испанский | peso; песо | 11 | North America
Brazil; Бразилия; Бразилии | Brasilia; Бразилиа | Portuguese; португальский | real; реал | 211 | South America
Argentina; Аргентина; Аргентины | Buenos Aires; Буэнос-Айрес | Spanish; испанский | peso; песо | 46 | South America
Chile; Чили; Чили | Santiago; Сантьяго | Spanish; испанский | peso; песо | 20 | South America
Peru; Перу; Перу | Lima; Лима | Spanish; испанский | sol; соль | 34 | South America
Australia; Австралия; Австралии | Canberra; Канберра | English; английский | dollar; доллар | 27 | Oceania
`;
