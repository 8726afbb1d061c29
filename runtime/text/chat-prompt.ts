/**
 * A dialog and its blocks as a model that chats is shown them, through its own template: the rules and the numbered blocks as the system's
 * words, then the turns. Every position remembers its block, as in any other source.
 */
import { blockRules } from "../remote/prompt.ts";
import type { ChatTemplate, Message } from "./chat.ts";
import { withoutMarks, withoutTokens } from "./inert.ts";
import type { Shown, Source, Turn } from "./prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The source of a model whose tokenizer came with a chat template. Throws `chat_template` for a dialog that the template refuses. */
export function layOutChat(tokenizer: Tokenizer, chat: ChatTemplate, turns: readonly Turn[], blocks: readonly Shown[]): Source {
  const inert = (words: string) => withoutTokens(tokenizer, withoutMarks(words));
  const shown = blocks.map(({ title, text }, i) => `[${i + 1}] ${inert(title)}\n${inert(text)}`);
  const said = turns.map((turn) => ({ ...turn, content: withoutTokens(tokenizer, turn.content) }));
  const text = rendered(chat, said, shown.length === 0 ? "" : `${blockRules}\n\n${shown.join("\n\n")}`);
  const { ids, starts, ends } = tokenizer.encodeWithSpans(text);
  const places = placesOf(text, blocks, shown);
  const found = ids.map((_, i) =>
    places.findIndex(({ from, to }) => starts[i]! >= from && ends[i]! <= to && ends[i]! > starts[i]!),
  );
  const inside = (i: number, offset: number): number => {
    const place = places[found[i]!];
    return place === undefined || ends[i]! <= place.text ? -1 : Math.max(0, offset - place.text);
  };
  const source: Source = {
    ids,
    block: found.map((place) => place + 1),
    start: starts.map((start, i) => inside(i, start)),
    end: ends.map((end, i) => inside(i, end)),
  };
  // A text is begun by its begin token wherever it is read; the template's own would be a second one.
  return ids[0] === tokenizer.special.begin ? rest(source) : source;
}

const rest = ({ ids, block, start, end }: Source): Source => ({
  ids: ids.slice(1),
  block: block.slice(1),
  start: start.slice(1),
  end: end.slice(1),
});

/** The dialog with the system's words before it; where a template takes no system turn, they are the beginning of the first turn. */
function rendered(chat: ChatTemplate, turns: readonly Turn[], words: string): string {
  const messages = turns.map(({ role = "user", content }): Message => ({ role, content }));
  if (words === "") return chat.render(messages);
  const [first, ...others] = messages;
  const joined = (role: string): Message[] =>
    first?.role === role
      ? [{ role, content: `${words}\n\n${first.content}` }, ...others]
      : [{ role, content: words }, ...messages];
  try {
    return chat.render(joined("system"));
  } catch {
    return chat.render(joined("user"));
  }
}

type Place = { readonly from: number; readonly to: number; readonly text: number };

/** Where each block stands in the rendered text; a template that changes a block's words shows it nowhere. */
function placesOf(text: string, blocks: readonly Shown[], shown: readonly string[]): Place[] {
  let at = 0;
  return shown.map((words, i) => {
    const from = text.indexOf(words, at);
    if (from < 0) return { from: -1, to: -1, text: -1 };
    at = from + words.length;
    return { from, to: at, text: at - blocks[i]!.text.length };
  });
}
