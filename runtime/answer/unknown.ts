/** Saying that one does not know, and recognising it, in English and Russian. */

/** What is said when the documents do not tell, in the language of the question. */
export function doNotKnow(question: string): string {
  return isRussian(question) ? "Не знаю: в этих документах ответа нет." : "I do not know: these documents do not say.";
}

/** Whether a text's letters are mostly Cyrillic. */
export function isRussian(text: string): boolean {
  const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  return cyrillic > (text.match(/\p{Script=Latin}/gu)?.length ?? 0);
}

const admits = [
  /^(?:i(?:'m| am) sorry,? (?:but )?)?i (?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t) (?:know|say|tell|answer|find|determine)/i,
  /^(?:unfortunately,? )?(?:the |these |none of the |no )?(?:given |provided |shown )?(?:documents?|sources?|blocks?|context|texts?|passages?)(?: \w+)? (?:do not|does not|don['’]t|doesn['’]t|says? nothing|contains? no)/i,
  /^(?:unfortunately,? )?(?:there is|there['’]s) (?:no|not enough) information/i,
  /^(?:к сожалению,? )?(?:я )?(?:не знаю|не могу (?:ответить|сказать|найти|определить)|не нашел|не нашёл|не нашла)/i,
  /^(?:к сожалению,? )?(?:в|судя по)? ?(?:этих |данных |приведенных |приведённых |предоставленных )?(?:документах|источниках|блоках|тексте|текстах|контексте)[^.!?]{0,60}(?:нет|не (?:сказано|указан\S*|содержится|говорится|упомина\S*))/i,
  /^(?:к сожалению,? )?(?:нет|недостаточно) (?:информации|данных|сведений)/i,
];

/** Whether an answer begins by saying that it does not know. An answer with footnotes says something and is known. */
export function saysUnknown(text: string): boolean {
  const plain = text.trim();
  return plain === "" || (!/\[\d+\]/.test(plain) && admits.some((pattern) => pattern.test(plain)));
}
