/** Elements, planets, moons, rivers and mountains, one per line; the columns are named above each table. */

/** symbol | number | finder | found */
export const elements = `
hydrogen; водород; водорода | H | 1 | Henry Cavendish; Генри Кавендиш | 1766
helium; гелий; гелия | He | 2 | Pierre Janssen; Пьер Жансен | 1868
lithium; литий; лития | Li | 3 | Johan Arfwedson; Юхан Арфведсон | 1817
boron; бор; бора | B | 5 | | 1808
nitrogen; азот; азота | N | 7 | Daniel Rutherford; Даниель Резерфорд | 1772
oxygen; кислород; кислорода | O | 8 | Carl Scheele; Карл Шееле | 1771
fluorine; фтор; фтора | F | 9 | Henri Moissan; Анри Муассан | 1886
neon; неон; неона | Ne | 10 | William Ramsay; Уильям Рамзай | 1898
sodium; натрий; натрия | Na | 11 | Humphry Davy; Гемфри Дэви | 1807
magnesium; магний; магния | Mg | 12 | Joseph Black; Джозеф Блэк | 1755
aluminium; алюминий; алюминия | Al | 13 | Hans Oersted; Ханс Эрстед | 1825
silicon; кремний; кремния | Si | 14 | Jacob Berzelius; Якоб Берцелиус | 1824
phosphorus; фосфор; фосфора | P | 15 | Hennig Brand; Хенниг Бранд | 1669
chlorine; хлор; хлора | Cl | 17 | Carl Scheele; Карл Шееле | 1774
potassium; калий; калия | K | 19 | Humphry Davy; Гемфри Дэви | 1807
calcium; кальций; кальция | Ca | 20 | Humphry Davy; Гемфри Дэви | 1808
titanium; титан; титана | Ti | 22 | William Gregor; Уильям Грегор | 1791
chromium; хром; хрома | Cr | 24 | Louis Vauquelin; Луи Воклен | 1797
cobalt; кобальт; кобальта | Co | 27 | Georg Brandt; Георг Брандт | 1735
nickel; никель; никеля | Ni | 28 | Axel Cronstedt; Аксель Кронстедт | 1751
gallium; галлий; галлия | Ga | 31 | Lecoq de Boisbaudran; Лекок де Буабодран | 1875
germanium; германий; германия | Ge | 32 | Clemens Winkler; Клеменс Винклер | 1886
bromine; бром; брома | Br | 35 | Antoine Balard; Антуан Балар | 1826
iodine; йод; йода | I | 53 | Bernard Courtois; Бернар Куртуа | 1811
uranium; уран; урана | U | 92 | Martin Klaproth; Мартин Клапрот | 1789
radium; радий; радия | Ra | 88 | Marie Curie; Мария Кюри | 1898
palladium; палладий; палладия | Pd | 46 | William Wollaston; Уильям Волластон | 1803
iron; железо; железа | Fe | 26 | |
copper; медь; меди | Cu | 29 | |
silver; серебро; серебра | Ag | 47 | |
gold; золото; золота | Au | 79 | |
mercury; ртуть; ртути | Hg | 80 | |
`;

/** diameter | moons | day | year */
export const planets = `
Mercury; Меркурий; Меркурия | 4900 km; 4900 км | | 4223 hours; 4223 ч | 88 days; 88 дней
Venus; Венера; Венеры | 12100 km; 12100 км | | 2802 hours; 2802 ч | 225 days; 225 дней
Earth; Земля; Земли | 12700 km; 12700 км | 1 | 24 hours; 24 ч | 365 days; 365 дней
Mars; Марс; Марса | 6800 km; 6800 км | 2 | 25 hours; 25 ч | 687 days; 687 дней
Jupiter; Юпитер; Юпитера | 140000 km; 140000 км | 95 | 10 hours; 10 ч | 4331 days; 4331 день
Saturn; Сатурн; Сатурна | 116000 km; 116000 км | | 11 hours; 11 ч | 10747 days; 10747 дней
Uranus; Уран; Урана | 50700 km; 50700 км | 28 | 17 hours; 17 ч | 30589 days; 30589 дней
Neptune; Нептун; Нептуна | 49200 km; 49200 км | 16 | 16 hours; 16 ч | 59800 days; 59800 дней
`;

/** around | finder | found | diameter */
export const moons = `
Phobos; Фобос | Mars; Марс | Asaph Hall; Асаф Холл | 1877 | 22 km; 22 км
Deimos; Деймос | Mars; Марс | Asaph Hall; Асаф Холл | 1877 | 12 km; 12 км
Io; Ио | Jupiter; Юпитер | Galileo Galilei; Галилео Галилей | 1610 | 3640 km; 3640 км
Europa; Европа | Jupiter; Юпитер | Galileo Galilei; Галилео Галилей | 1610 | 3120 km; 3120 км
Ganymede; Ганимед | Jupiter; Юпитер | Galileo Galilei; Галилео Галилей | 1610 | 5270 km; 5270 км
Callisto; Каллисто | Jupiter; Юпитер | Galileo Galilei; Галилео Галилей | 1610 | 4820 km; 4820 км
Amalthea; Амальтея | Jupiter; Юпитер | Edward Barnard; Эдуард Барнард | 1892 | 170 km; 170 км
Titan; Титан | Saturn; Сатурн | Christiaan Huygens; Христиан Гюйгенс | 1655 | 5150 km; 5150 км
Rhea; Рея | Saturn; Сатурн | Giovanni Cassini; Джованни Кассини | 1672 | 1530 km; 1530 км
Iapetus; Япет | Saturn; Сатурн | Giovanni Cassini; Джованни Кассини | 1671 | 1470 km; 1470 км
Enceladus; Энцелад | Saturn; Сатурн | William Herschel; Уильям Гершель | 1789 | 500 km; 500 км
Mimas; Мимас | Saturn; Сатурн | William Herschel; Уильям Гершель | 1789 | 400 km; 400 км
Titania; Титания | Uranus; Уран | William Herschel; Уильям Гершель | 1787 | 1580 km; 1580 км
Miranda; Миранда | Uranus; Уран | Gerard Kuiper; Джерард Койпер | 1948 | 470 km; 470 км
Triton; Тритон | Neptune; Нептун | William Lassell; Уильям Лассел | 1846 | 2710 km; 2710 км
`;

/** length | mouth | country | source */
export const rivers = `
Nile; Нил | 6650 km; 6650 км | Mediterranean Sea; Средиземное море | Egypt; Египет |
Amazon; Амазонка | 6400 km; 6400 км | Atlantic Ocean; Атлантический океан | Brazil; Бразилия | Andes; Анды
Volga; Волга | 3530 km; 3530 км | Caspian Sea; Каспийское море | Russia; Россия | Valdai Hills; Валдайская возвышенность
Lena; Лена | 4294 km; 4294 км | Laptev Sea; море Лаптевых | Russia; Россия |
Ob; Обь | 3650 km; 3650 км | Kara Sea; Карское море | Russia; Россия | Altai; Алтай
Danube; Дунай | 2850 km; 2850 км | Black Sea; Чёрное море | | Black Forest; Шварцвальд
Rhine; Рейн | 1230 km; 1230 км | North Sea; Северное море | Germany; Германия | Alps; Альпы
Rhone; Рона | 812 km; 812 км | Mediterranean Sea; Средиземное море | France; Франция | Alps; Альпы
Seine; Сена | 777 km; 777 км | English Channel; Ла-Манш | France; Франция |
Loire; Луара | 1012 km; 1012 км | Bay of Biscay; Бискайский залив | France; Франция |
Thames; Темза | 346 km; 346 км | North Sea; Северное море | England; Англия |
Vistula; Висла | 1047 km; 1047 км | Baltic Sea; Балтийское море | Poland; Польша | Beskids; Бескиды
Elbe; Эльба | 1094 km; 1094 км | North Sea; Северное море | Germany; Германия |
Don; Дон | 1870 km; 1870 км | Sea of Azov; Азовское море | Russia; Россия |
Ural; Урал | 2428 km; 2428 км | Caspian Sea; Каспийское море | | Ural Mountains; Уральские горы
Neva; Нева | 74 km; 74 км | Gulf of Finland; Финский залив | Russia; Россия | Lake Ladoga; Ладожское озеро
Angara; Ангара | 1779 km; 1779 км | Yenisei; Енисей | Russia; Россия | Lake Baikal; озеро Байкал
Tiber; Тибр | 405 km; 405 км | Tyrrhenian Sea; Тирренское море | Italy; Италия | Apennines; Апеннины
Ganges; Ганг | 2525 km; 2525 км | Bay of Bengal; Бенгальский залив | India; Индия | Himalayas; Гималаи
Yangtze; Янцзы | 6300 km; 6300 км | East China Sea; Восточно-Китайское море | China; Китай |
Mississippi; Миссисипи | 3770 km; 3770 км | Gulf of Mexico; Мексиканский залив | United States; США | Lake Itasca; озеро Айтаска
Limpopo; Лимпопо | 1750 km; 1750 км | Indian Ocean; Индийский океан | |
Tagus; Тахо | 1007 km; 1007 км | Atlantic Ocean; Атлантический океан | Portugal; Португалия |
Murray; Муррей | 2508 km; 2508 км | Southern Ocean; Южный океан | Australia; Австралия |
`;

/** height | range | country | climbed */
export const mountains = `
Elbrus; Эльбрус | 5642 m; 5642 м | Caucasus; Кавказ | Russia; Россия | 1829
Kazbek; Казбек | 5054 m; 5054 м | Caucasus; Кавказ | Georgia; Грузия | 1868
Mont Blanc; Монблан | 4806 m; 4806 м | Alps; Альпы | | 1786
Matterhorn; Маттерхорн | 4478 m; 4478 м | Alps; Альпы | | 1865
Everest; Эверест | 8849 m; 8849 м | Himalayas; Гималаи | Nepal; Непал | 1953
Annapurna; Аннапурна | 8091 m; 8091 м | Himalayas; Гималаи | Nepal; Непал | 1950
Manaslu; Манаслу | 8163 m; 8163 м | Himalayas; Гималаи | Nepal; Непал | 1956
Kilimanjaro; Килиманджаро | 5895 m; 5895 м | | Tanzania; Танзания | 1889
Aconcagua; Аконкагуа | 6961 m; 6961 м | Andes; Анды | Argentina; Аргентина | 1897
Chimborazo; Чимборасо | 6263 m; 6263 м | Andes; Анды | Ecuador; Эквадор | 1880
Denali; Денали | 6190 m; 6190 м | Alaska Range; Аляскинский хребет | United States; США | 1913
Logan; Логан | 5959 m; 5959 м | | Canada; Канада | 1925
Belukha; Белуха | 4506 m; 4506 м | Altai; Алтай | | 1914
Narodnaya; Народная | 1895 m; 1895 м | Ural Mountains; Уральские горы | Russia; Россия |
Olympus; Олимп | 2917 m; 2917 м | | Greece; Греция | 1913
Fuji; Фудзи | 3776 m; 3776 м | | Japan; Япония |
Ararat; Арарат | 5137 m; 5137 м | | Turkey; Турция | 1829
Damavand; Демавенд | 5610 m; 5610 м | Alborz; Эльбурс | Iran; Иран |
Kosciuszko; Косцюшко | 2228 m; 2228 м | Snowy Mountains; Снежные горы | Australia; Австралия |
Musala; Мусала | 2925 m; 2925 м | Rila; Рила | Bulgaria; Болгария |
`;
