/** Passages that answer no question about the world: what a project's own documentation reads like. */
import type { Language } from "./names.ts";

export const prose: Record<Language, readonly { title: string; text: string }[]> = {
  en: [
    { title: "Installing", text: "Clone the repository and run the install command. Nothing else has to be on the machine." },
    {
      title: "The checker",
      text: "It reports everything that is wrong in one run. Each message has a code and a page of its own.",
    },
    {
      title: "Named axes",
      text: "Axes are named, never numbered. A call binds them in order and gives them back under the names of the caller.",
    },
    {
      title: "Weights",
      text: "Weights are kept as safetensors with their lineage beside them. A damaged file is refused with one clear message.",
    },
    {
      title: "Training",
      text: "A run can be stopped at any moment. When it is started again it goes on where it was and ends with the same numbers.",
    },
    {
      title: "The index",
      text: "Documents are cut into blocks and stored with their words. A question finds the blocks that share its words.",
    },
    {
      title: "Footnotes",
      text: "A footnote names the block that an answer was read from. A number without a block behind it is never printed.",
    },
    { title: "Formatting", text: "The formatter keeps every comment. Formatting a file twice gives the same file." },
    {
      title: "Devices",
      text: "The same program runs on the processor and on the graphics card. The results agree to four digits.",
    },
    {
      title: "Command line",
      text: "Each command explains itself with the help option. Results go to the standard output, everything else to the error output.",
    },
    { title: "Contributing", text: "Open an issue before a large change. Every change comes with a test that fails without it." },
    {
      title: "Rewards",
      text: "A reward is a formula over an answer and its documents. The same formula ranks, trains and draws the plots.",
    },
    {
      title: "Tokenizers",
      text: "A tokenizer is part of the type of a model. Two models that meet in one formula must share it.",
    },
    {
      title: "History",
      text: "In 2019 the first version had 300 lines. It was written in one week and thrown away in the next.",
    },
    {
      title: "Errors",
      text: "A mistake of the user is a value, not an exception. The message says what is wrong, where, and what to do.",
    },
    {
      title: "Search",
      text: "The search takes 20 ms on a small folder. It was 3 times slower before the words were cut to stems.",
    },
  ],
  ru: [
    { title: "Установка", text: "Скачайте репозиторий и выполните команду установки. Больше на машине ничего не нужно." },
    { title: "Проверка", text: "Она сообщает обо всех ошибках за один запуск. У каждого сообщения есть код и своя страница." },
    {
      title: "Именованные оси",
      text: "У осей есть имена, а не номера. Вызов связывает их по порядку и возвращает под прежними именами.",
    },
    {
      title: "Веса",
      text: "Веса хранятся в формате safetensors вместе с историей. Повреждённый файл отклоняется с понятным сообщением.",
    },
    {
      title: "Обучение",
      text: "Запуск можно остановить в любой момент. После нового старта он продолжится и придёт к тем же числам.",
    },
    { title: "Индекс", text: "Документы режутся на блоки и хранятся со своими словами. Вопрос находит блоки с теми же словами." },
    { title: "Сноски", text: "Сноска называет блок, из которого взят ответ. Номер без блока никогда не печатается." },
    { title: "Форматирование", text: "Программа сохраняет все комментарии. Повторное форматирование ничего не меняет." },
    {
      title: "Устройства",
      text: "Одна и та же программа работает на процессоре и на видеокарте. Результаты совпадают до четвёртого знака.",
    },
    {
      title: "Командная строка",
      text: "Каждая команда рассказывает о себе. Результаты идут в стандартный вывод, остальное в поток ошибок.",
    },
    {
      title: "Участие",
      text: "Перед большой правкой откройте обсуждение. К каждой правке нужен тест, который без неё не проходит.",
    },
    { title: "Награды", text: "Награда — это формула от ответа и документов. Одна формула ранжирует, обучает и рисует графики." },
    { title: "История", text: "В 2019 году первая версия занимала 300 строк. Её написали за неделю и выбросили на следующей." },
    { title: "Ошибки", text: "Ошибка пользователя — это значение. Сообщение говорит, что неверно, где и что делать." },
    { title: "Поиск", text: "Поиск в небольшой папке занимает 20 мс. Раньше он был в 3 раза медленнее." },
    { title: "Токенизатор", text: "Токенизатор входит в тип модели. Две модели в одной формуле должны иметь общий токенизатор." },
  ],
};
