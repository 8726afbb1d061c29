/**
 * Words that say nothing about what a question is about. They are indexed like all words and only left out of questions, so that a
 * question made of nothing else (`who is who?`) still finds something. Compared before stemming, in lower case, with `ё` as `е`.
 */
const english = `a about above after again against all also am an and any are aren't as at be because been before being below between
both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each else few for from further had hadn't has
hasn't have haven't having he he'd he'll he's her here hers herself him himself his how how's i i'd i'll i'm i've if in into is isn't
it it's its itself just let's me more most my myself no nor not of off on once only or other ought our ours ourselves out over own please
same shall she she'd she'll she's should shouldn't so some such than that that's the their theirs them themselves then there there's
these they they'd they'll they're they've this those through to too under until up upon us very was wasn't we we'd we'll we're
we've were weren't what what's when when's where where's which while who who's whom whose why why's will with won't would wouldn't you
you'd you'll you're you've your yours yourself yourselves tell explain describe name called`;

const russian = `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня
еще нет о об из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь уж вам ведь там потом себя ничего ей
может они тут где есть надо ней для мы тебя их чем была сам чтоб чтобы без будто чего раз тоже себе под будет ж тогда кто этот того
потому этого какой какая какое какие каким какого какую каких какими каком совсем ним здесь этом почти мой тем нее сейчас были куда
зачем всех никогда можно при наконец об другой хоть после над больше тот через эти нас про всего них много разве эту моя
впрочем свою этой перед иногда лучше чуть том нельзя такой им более всегда конечно всю между также это эта кого кому кем ком чему чем
сколько откуда почему который которая которое которые которого которой которым которых котором чей чья чье чьи является являются являлся
являлась являлось являлись которую свой своей своего своих своим своими расскажи объясни скажи назови назовите расскажите объясните скажите перечислите
такое такая такие такого таких каков какова каково каковы называется называются называлась называлось назывался назывались называют называли`;

const words = new Set(`${english} ${russian}`.split(/\s+/));

/** Whether a lower-case word (before stemming) is one that a question can do without. */
export function isStopWord(word: string): boolean {
  return words.has(word);
}
