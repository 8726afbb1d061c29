/**
 * Vectors of a model behind an OpenAI-compatible server (`/v1/embeddings`). Texts are sent in batches; what a server does wrong becomes one sentence. It
 * knows nothing of indexes.
 */
import { NeuroError } from "../error.ts";
import { sha256 } from "../files.ts";
import { type Embedder, nearness, unit } from "../retrieve/embedder.ts";
import type { BlockScorer } from "../retrieve/infocontext.ts";
import { clientOf, identityOf, patienceOf, type RemoteSettings } from "./client.ts";
import { remoteError } from "./errors.ts";

/** Texts of one request. */
const most = 64;

/** The embedder; nothing is contacted before it is asked. Asking throws `remote_vectors`, and what a server's failures become. */
export function remoteEmbedder(settings: RemoteSettings): Embedder & BlockScorer & { close(): void } {
  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += most) vectors.push(...(await batch(settings, texts.slice(at, at + most), signal)));
    return vectors;
  };
  const passages: Embedder["passages"] = (texts, signal) =>
    embed(
      texts.map(({ title, text }) => (title === "" ? text : `${title}\n${text}`)),
      signal,
    );
  return {
    name: settings.name,
    key: async () => sha256(identityOf(settings)),
    questions: embed,
    passages,
    scores: nearness({ questions: embed, passages }),
    close: () => {},
  };
}

async function batch(settings: RemoteSettings, input: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
  try {
    const client = await clientOf(settings, patienceOf(settings), 2);
    // Servers refuse a text without a character.
    const asked = { model: settings.model, input: input.map((text) => text || " "), encoding_format: "float" as const };
    const { data } = await client.embeddings.create(asked, signal ? { signal } : {});
    const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => unit(embedding));
    const width = vectors[0]?.length;
    if (vectors.length !== input.length || vectors.some((vector) => vector === undefined || vector.length !== width))
      throw misfit(settings);
    return vectors as Float32Array[];
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof NeuroError
      ? error
      : error instanceof TypeError
        ? misfit(settings)
        : await remoteError(error, settings);
  }
}

function misfit({ name, url }: RemoteSettings): NeuroError {
  return new NeuroError("remote_vectors", `The model ${name} at ${url} did not answer with one vector for each text.`, {
    where: url,
    hint: 'Ask a model that embeds, and its base address: `remote: "https://host/v1"`.',
  });
}
