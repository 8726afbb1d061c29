/** Inventions, scientists, animals, languages, lakes and books, one per line; the columns are named above each table. */

/** inventor | made | country */
export const inventions = `
telephone; телефон | Alexander Bell; Александр Белл | 1876 | United States; США
phonograph; фонограф | Thomas Edison; Томас Эдисон | 1877 | United States; США
telescope; телескоп | Hans Lippershey; Ханс Липперсгей | 1608 | Netherlands; Нидерланды
barometer; барометр | Evangelista Torricelli; Эванджелиста Торричелли | 1643 | Italy; Италия
stethoscope; стетоскоп | Rene Laennec; Рене Лаэннек | 1816 | France; Франция
dynamite; динамит | Alfred Nobel; Альфред Нобель | 1867 | Sweden; Швеция
saxophone; саксофон | Adolphe Sax; Адольф Сакс | 1840 | Belgium; Бельгия
helicopter; вертолёт | Igor Sikorsky; Игорь Сикорский | 1939 | United States; США
kinescope; кинескоп | Vladimir Zworykin; Владимир Зворыкин | 1929 | United States; США
theremin; терменвокс | Leon Theremin; Лев Термен | 1920 | Russia; Россия
gyroscope; гироскоп | Leon Foucault; Леон Фуко | 1852 | France; Франция
parachute; парашют | Gleb Kotelnikov; Глеб Котельников | 1911 | Russia; Россия
transistor; транзистор | William Shockley; Уильям Шокли | 1947 | United States; США
motorcycle; мотоцикл | Gottlieb Daimler; Готлиб Даймлер | 1885 | Germany; Германия
diesel engine; дизельный двигатель | Rudolf Diesel; Рудольф Дизель | 1897 | Germany; Германия
battery; гальванический элемент | Alessandro Volta; Алессандро Вольта | 1800 | Italy; Италия
cinematograph; кинематограф | Auguste Lumiere; Огюст Люмьер | 1895 | France; Франция
teletype; буквопечатающий телеграф | Boris Jacobi; Борис Якоби | 1850 | Russia; Россия
safety razor; безопасный станок | King Gillette; Кинг Жиллетт | 1901 | United States; США
`;

/** born | birthplace | field | known */
export const scientists = `
Marie Curie; Мария Кюри | 1867 | Warsaw; Варшава | physics; физика |
Albert Einstein; Альберт Эйнштейн | 1879 | Ulm; Ульм | physics; физика |
Galileo Galilei; Галилео Галилей | 1564 | Pisa; Пиза | astronomy; астрономия | telescope; телескоп
Nicolaus Copernicus; Николай Коперник | 1473 | Torun; Торунь | astronomy; астрономия |
Dmitri Mendeleev; Дмитрий Менделеев | 1834 | Tobolsk; Тобольск | chemistry; химия | periodic table; периодический закон
Mikhail Lomonosov; Михаил Ломоносов | 1711 | Mishaninskaya; Мишанинская | chemistry; химия |
Charles Darwin; Чарльз Дарвин | 1809 | Shrewsbury; Шрусбери | biology; биология |
Leonhard Euler; Леонард Эйлер | 1707 | Basel; Базель | mathematics; математика |
Carl Gauss; Карл Гаусс | 1777 | Brunswick; Брауншвейг | mathematics; математика |
Louis Pasteur; Луи Пастер | 1822 | Dole; Доль | medicine; медицина | pasteurisation; метод пастеризации
Ivan Pavlov; Иван Павлов | 1849 | Ryazan; Рязань | medicine; медицина | conditioned reflex; условный рефлекс
Gregor Mendel; Грегор Мендель | 1822 | Hyncice; Гинчице | botany; ботаника |
Niels Bohr; Нильс Бор | 1885 | Copenhagen; Копенгаген | physics; физика |
Johannes Kepler; Иоганн Кеплер | 1571 | Weil der Stadt; Вайль-дер-Штадт | astronomy; астрономия |
Carl Linnaeus; Карл Линней | 1707 | Rashult; Росхульт | botany; ботаника |
Alan Turing; Алан Тьюринг | 1912 | London; Лондон | mathematics; математика |
Kurt Godel; Курт Гёдель | 1906 | Brno; Брно | logic; логика |
Sofya Kovalevskaya; Софья Ковалевская | 1850 | Moscow; Москва | mathematics; математика |
Nikolai Vavilov; Николай Вавилов | 1887 | Moscow; Москва | botany; ботаника |
Lev Landau; Лев Ландау | 1908 | Baku; Баку | physics; физика |
`;

/** home | food | weight | life */
export const animals = `
blue whale; синий кит | oceans; океаны | krill; криль | 150000 kg; 150000 кг | 90 years; 90 лет
giraffe; жираф | grasslands; саванны | leaves; листья | 1200 kg; 1200 кг | 25 years; 25 лет
polar bear; белый медведь | polar ice; полярные льды | seals; тюлени | 450 kg; 450 кг | 30 years; 30 лет
giant panda; бамбуковый медведь | mountains; горы | bamboo; бамбук | 120 kg; 120 кг | 20 years; 20 лет
koala; коала | forests; леса | leaves; листья | 12 kg; 12 кг | 18 years; 18 лет
camel; верблюд | deserts; пустыни | dry plants; сухие растения | 600 kg; 600 кг | 40 years; 40 лет
hippopotamus; бегемот | rivers; реки | grass; трава | 1500 kg; 1500 кг | 40 years; 40 лет
beaver; бобр | rivers; реки | bark; кора | 25 kg; 25 кг | 15 years; 15 лет
kangaroo; кенгуру | grasslands; степи | grass; трава | 85 kg; 85 кг | 20 years; 20 лет
snow leopard; снежный барс | mountains; горы | wild goats; горные козлы | 50 kg; 50 кг | 15 years; 15 лет
moose; лось | forests; леса | leaves; листья | 500 kg; 500 кг | 20 years; 20 лет
walrus; морж | oceans; океаны | shellfish; моллюски | 1200 kg; 1200 кг | 40 years; 40 лет
hedgehog; ёж | forests; леса | insects; насекомые | 1 kg; 1 кг | 7 years; 7 лет
gorilla; горный самец гориллы | forests; леса | leaves; листья | 170 kg; 170 кг | 40 years; 40 лет
anteater; муравьед | grasslands; саванны | ants; муравьи | 40 kg; 40 кг | 15 years; 15 лет
penguin; императорский пингвин | polar ice; полярные льды | fish; рыба | 30 kg; 30 кг | 20 years; 20 лет
zebra; полосатая зебра | grasslands; саванны | grass; трава | 300 kg; 300 кг | 25 years; 25 лет
lynx; рысь | forests; леса | hares; зайцы | 25 kg; 25 кг | 17 years; 17 лет
yak; як | mountains; горы | grass; трава | 500 kg; 500 кг | 25 years; 25 лет
`;

/** family | speakers | script | country */
export const languages = `
French; французский | Romance; романская | 320 million; 320 млн | Latin; латиница | France; Франция
Italian; итальянский | Romance; романская | 68 million; 68 млн | Latin; латиница | Italy; Италия
Romanian; румынский | Romance; романская | 25 million; 25 млн | Latin; латиница | Romania; Румыния
Russian; русский | Slavic; славянская | 255 million; 255 млн | Cyrillic; кириллица | Russia; Россия
Polish; польский | Slavic; славянская | 45 million; 45 млн | Latin; латиница | Poland; Польша
Bulgarian; болгарский | Slavic; славянская | 8 million; 8 млн | Cyrillic; кириллица | Bulgaria; Болгария
German; немецкий | Germanic; германская | 130 million; 130 млн | Latin; латиница | Germany; Германия
Swedish; шведский | Germanic; германская | 10 million; 10 млн | Latin; латиница | Sweden; Швеция
Finnish; финский | Uralic; уральская | 5 million; 5 млн | Latin; латиница | Finland; Финляндия
Hungarian; венгерский | Uralic; уральская | 13 million; 13 млн | Latin; латиница | Hungary; Венгрия
Turkish; турецкий | Turkic; тюркская | 90 million; 90 млн | Latin; латиница | Turkey; Турция
Tatar; татарский | Turkic; тюркская | 5 million; 5 млн | Cyrillic; кириллица | Russia; Россия
Georgian; грузинский | Kartvelian; картвельская | 4 million; 4 млн | Georgian; грузинское письмо | Georgia; Грузия
Greek; греческий | | 13 million; 13 млн | Greek; греческий алфавит | Greece; Греция
Arabic; арабский | Semitic; семитская | 370 million; 370 млн | Arabic; арабское письмо |
Amharic; амхарский | Semitic; семитская | 35 million; 35 млн | | Ethiopia; Эфиопия
Persian; персидский | Iranian; иранская | 80 million; 80 млн | Arabic; арабское письмо | Iran; Иран
Korean; корейский | | 80 million; 80 млн | Hangul; хангыль |
Japanese; японский | Japonic; японо-рюкюская | 125 million; 125 млн | | Japan; Япония
Thai; тайский | | 60 million; 60 млн | Thai; тайское письмо | Thailand; Таиланд
`;

/** depth | area | country */
export const lakes = `
Baikal; Байкал | 1642 m; 1642 м | 31700 square km; 31700 кв. км | Russia; Россия
Ladoga; Ладога | 230 m; 230 м | 17900 square km; 17900 кв. км | Russia; Россия
Onega; Онега | 127 m; 127 м | 9700 square km; 9700 кв. км | Russia; Россия
Victoria; Виктория | 84 m; 84 м | 68900 square km; 68900 кв. км |
Tanganyika; Танганьика | 1470 m; 1470 м | 32900 square km; 32900 кв. км |
Superior; Верхнее | 406 m; 406 м | 82100 square km; 82100 кв. км |
Titicaca; Титикака | 281 m; 281 м | 8370 square km; 8370 кв. км |
Balaton; Балатон | 12 m; 12 м | 590 square km; 590 кв. км | Hungary; Венгрия
Sevan; Севан | 79 m; 79 м | 1240 square km; 1240 кв. км | Armenia; Армения
Garda; Гарда | 346 m; 346 м | 370 square km; 370 кв. км | Italy; Италия
Van; Ван | 451 m; 451 м | 3750 square km; 3750 кв. км | Turkey; Турция
Biwa; Бива | 104 m; 104 м | 670 square km; 670 кв. км | Japan; Япония
`;

/** author | printed | language */
export const books = `
War and Peace; Война и мир | Leo Tolstoy; Лев Толстой | 1869 | Russian; русский
Crime and Punishment; Преступление и наказание | Fyodor Dostoevsky; Фёдор Достоевский | 1866 | Russian; русский
Eugene Onegin; Евгений Онегин | Alexander Pushkin; Александр Пушкин | 1833 | Russian; русский
Dead Souls; Мёртвые души | Nikolai Gogol; Николай Гоголь | 1842 | Russian; русский
Don Quixote; Дон Кихот | Miguel de Cervantes; Мигель де Сервантес | 1605 | Spanish; испанский
Faust; Фауст | Johann Goethe; Иоганн Гёте | 1808 | German; немецкий
The Little Prince; Маленький принц | Antoine de Saint-Exupery; Антуан де Сент-Экзюпери | 1943 | French; французский
Robinson Crusoe; Робинзон Крузо | Daniel Defoe; Даниель Дефо | 1719 | English; английский
Moby Dick; Моби Дик | Herman Melville; Герман Мелвилл | 1851 | English; английский
Jane Eyre; Джейн Эйр | Charlotte Bronte; Шарлотта Бронте | 1847 | English; английский
Candide; Кандид | Voltaire; Вольтер | 1759 | French; французский
Pinocchio; Пиноккио | Carlo Collodi; Карло Коллоди | 1883 | Italian; итальянский
`;
