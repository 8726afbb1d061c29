/**
 * Work that is divided into parts. Parts and what comes of them are rows of the state; who does which is pg-boss's: a part is taken by one worker, taken
 * by another when the first has died, and given up after several. Dividing the same work again finds what was done of it. It knows no kind of work.
 */
import { PgBoss } from "pg-boss";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import type { State } from "../state/state.ts";

/** What a part's worker must agree on with whoever divided the work, by name: the spec, the weights, the questions. */
export type Needs = Readonly<Record<string, string>>;

/** Work to be divided. */
export type Plan = {
  /** Whose workers may take it: the system's name. */
  readonly system: string;
  readonly kind: string;
  /** Which index, which eval. */
  readonly name: string;
  readonly needs: Needs;
  /** Told to every part. */
  readonly given: Uint8Array;
  /** `size` is how many documents or questions a part has. */
  readonly parts: readonly { readonly size: number; readonly given: Uint8Array }[];
};

/** Divided work that is open. */
export type Work = Pick<Plan, "system" | "kind" | "name" | "needs"> & { readonly id: string };

/** A part that a worker has taken. */
export type Taken = {
  readonly part: number;
  readonly given: Uint8Array;
  /** Keeps what came of it. */
  done(result: Uint8Array): Promise<void>;
  /** Gives it back: somebody tries again, unless several have. */
  failed(error: unknown): Promise<void>;
  /** Says that its worker lives; false where it is no longer its. */
  alive(): Promise<boolean>;
};

/** How far work is. */
export type Standing = Work & {
  readonly made: Date;
  readonly parts: number;
  readonly done: number;
  /** Documents or questions, and how many of them are done. */
  readonly size: number;
  readonly sizeDone: number;
  /** Parts that were given up, and parts under way by worker. */
  readonly failed: number;
  readonly workers: readonly string[];
};

/** Work that waits for its parts. */
export type Divided = {
  readonly id: string;
  /** Resolves when all parts are done; told how many documents or questions are. Throws what a part failed with, and the signal's reason. */
  finished(options: {
    readonly signal?: AbortSignal;
    onProgress?(done: number, size: number, taken: boolean): void;
  }): Promise<void>;
  /** What came of a part. */
  result(part: number): Promise<Uint8Array>;
  /** Forgets the work. */
  end(): Promise<void>;
};

export type Jobs = {
  divide(plan: Plan): Promise<Divided>;
  /** The given of a work. */
  given(work: Work): Promise<Uint8Array>;
  /** Work of a system that has parts left, the oldest first. */
  open(system: string): Promise<Work[]>;
  /** A part of a work that nobody has; `worker` is told to who asks. */
  take(work: Work, worker: string): Promise<Taken | undefined>;
  standing(system?: string): Promise<Standing[]>;
  close(): Promise<void>;
};

/** Seconds without a sign of life after which a worker counts as dead; the least that pg-boss takes. */
const heartbeat = 10;
/** Seconds between looks for the dead. */
const looking = 3;
/** How often a part is tried in all. */
const tries = 4;
/** Seconds that a part may take. */
const longest = 12 * 3600;

/** Opens the queue. Throws `state_lost`. */
export async function openJobs(state: State): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: await state.query(text, values) }) },
    superviseIntervalSeconds: looking,
    monitorIntervalSeconds: looking,
    schedule: false,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
  });
  // What its rounds of looking could not ask is asked in the next; who waits is told by their own questions.
  boss.on("error", () => {});
  // Several may come first at once and make the same tables.
  await boss.start({ attempts: 5 });
  const queueOf = ({ id }: { id: string }) => `neuro.${id}`;
  return {
    async divide(plan) {
      const id = idOf(
        canonicalJson([
          plan.system,
          plan.kind,
          plan.name,
          plan.needs,
          sha256(plan.given),
          plan.parts.map(({ given }) => sha256(given)),
        ]),
      );
      await replace(state, boss, plan, id);
      await enter(state, plan, id, queueOf({ id }));
      await boss.createQueue(queueOf({ id }), {
        retryLimit: tries - 1,
        retryDelay: 1,
        heartbeatSeconds: heartbeat,
        expireInSeconds: longest,
      });
      await enqueue(state, boss, id, queueOf({ id }));
      return divided(state, id, async () => {
        await state.query("delete from neuro.works where id = $1", [id]);
        await boss.deleteQueue(queueOf({ id })).catch(() => {});
      });
    },
    async given({ id }) {
      const [row] = await state.query<{ given: Uint8Array }>("select given from neuro.works where id = $1", [id]);
      if (row === undefined) throw replaced();
      return row.given;
    },
    open: (system) =>
      state.query(
        `select id, system, kind, name, needs from neuro.works w where system = $1
           and exists (select 1 from neuro.parts p where p.work = w.id and p.result is null) order by made, id`,
        [system],
      ) as Promise<never>,
    take: (work, worker) => take(state, boss, work.id, queueOf(work), worker),
    standing: (system) => standing(state, system),
    close: () => boss.stop({ close: false, graceful: false }),
  };
}

/** Work of the same name that was left open, and whose parts are no longer those to be done, goes. */
async function replace(state: State, boss: PgBoss, { system, kind, name }: Plan, id: string): Promise<void> {
  const old = await state.query<{ id: string; queue: string }>(
    "delete from neuro.works where system = $1 and kind = $2 and name = $3 and id <> $4 returning id, queue",
    [system, kind, name, id],
  );
  for (const { queue } of old) await boss.deleteQueue(queue).catch(() => {});
}

async function enter(state: State, { system, kind, name, needs, given, parts }: Plan, id: string, queue: string): Promise<void> {
  await state.query(
    `insert into neuro.works (id, system, kind, name, needs, given, parts, queue) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [id, system, kind, name, JSON.stringify(needs), given, parts.length, queue],
  );
  for (const [part, { size, given: own }] of parts.entries())
    await state.query("insert into neuro.parts (work, part, size, given) values ($1, $2, $3, $4) on conflict do nothing", [
      id,
      part,
      size,
      own,
    ]);
}

/** Every part that has no result has a job; those that were given up before are tried again. */
async function enqueue(state: State, boss: PgBoss, id: string, queue: string): Promise<void> {
  const left = await state.query<{ part: number }>(
    "select part from neuro.parts where work = $1 and result is null order by part",
    [id],
  );
  const jobs = left.map(({ part }) => ({ id: idOf(`${id} ${part}`), data: { part } }));
  for (let at = 0; at < jobs.length; at += 500) await boss.insert(queue, jobs.slice(at, at + 500));
  const failed = await givenUp(state, queue);
  if (failed.length > 0)
    await boss.retry(
      queue,
      failed.map(({ id: job }) => job),
    );
}

const givenUp = (state: State, queue: string) =>
  state.query<{ id: string; part: number }>(
    "select id, (data->>'part')::int as part from pgboss.job where name = $1 and state = 'failed' order by 2",
    [queue],
  );

function divided(state: State, id: string, end: () => Promise<void>): Divided {
  return {
    id,
    end,
    async finished({ signal, onProgress }) {
      for (let wait = 50; ; wait = Math.min(500, wait * 1.5)) {
        signal?.throwIfAborted();
        const [now] = await standing(state, undefined, id);
        if (now === undefined) throw replaced();
        onProgress?.(now.sizeDone, now.size, now.done > 0 || now.workers.length > 0);
        if (now.done === now.parts) return;
        if (now.failed > 0) throw await whyGivenUp(state, id);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    },
    async result(part) {
      const [row] = await state.query<{ result: Uint8Array }>("select result from neuro.parts where work = $1 and part = $2", [
        id,
        part,
      ]);
      if (row === undefined) throw replaced();
      return row.result;
    },
  };
}

async function take(state: State, boss: PgBoss, id: string, queue: string, worker: string): Promise<Taken | undefined> {
  // A work may be forgotten while somebody looks for its parts.
  const [job] = await boss.fetch<{ part: number }>(queue).catch((error: Error) => {
    if (/does not exist/i.test(error.message)) return [];
    throw error;
  });
  if (job === undefined) return undefined;
  const { part } = job.data;
  const rows = await state.query<{ given: Uint8Array; made: boolean }>(
    "update neuro.parts set worker = $3 where work = $1 and part = $2 returning given, result is not null as made",
    [id, part, worker],
  );
  if (rows[0] === undefined || rows[0].made) {
    await boss.complete(queue, job);
    return undefined;
  }
  return {
    part,
    given: rows[0].given,
    async done(result) {
      await state.query(
        "update neuro.parts set result = $3, ended = now(), error = null where work = $1 and part = $2 and result is null",
        [id, part, result],
      );
      await boss.complete(queue, job);
    },
    async failed(error) {
      await state.query("update neuro.parts set error = $3, worker = null where work = $1 and part = $2", [
        id,
        part,
        JSON.stringify(told(error)),
      ]);
      await boss.fail(queue, job, { message: told(error).message });
    },
    // What it gives is typed as empty, and says how many jobs were still this attempt's.
    alive: async () => ((await boss.touch(queue, job)) as { affected?: number }).affected !== 0,
  };
}

/** What of an error is told to whoever waits. */
function told(error: unknown): { code: string; message: string; hint?: string } {
  if (error instanceof NeuroError)
    return { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
  return { code: "part_failed", message: error instanceof Error ? error.message : String(error) };
}

async function whyGivenUp(state: State, id: string): Promise<NeuroError> {
  const parts = await givenUp(state, `neuro.${id}`);
  const [row] = await state.query<{ error: { code: string; message: string; hint?: string } | null }>(
    "select error from neuro.parts where work = $1 and part = any($2) order by error is null, part limit 1",
    [id, parts.map(({ part }) => part)],
  );
  const error = row?.error;
  if (error) return new NeuroError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
  return new NeuroError(
    "part_failed",
    `${tries} workers ended while they did part ${(parts[0]?.part ?? 0) + 1}, each killed or out of memory.`,
    {
      hint: "What was done is kept: the same command tries the rest again.",
    },
  );
}

const replaced = () =>
  new NeuroError("work_replaced", "The same work was divided anew elsewhere, with other documents, questions or weights.", {
    hint: "Run it in one place at a time.",
  });

async function standing(state: State, system: string | undefined, id?: string): Promise<Standing[]> {
  const rows = await state.query(
    `select w.id, w.system, w.kind, w.name, w.needs, w.made, w.parts,
       count(p.result)::int as done, coalesce(sum(p.size), 0)::int as size, coalesce(sum(p.size) filter (where p.result is not null), 0)::int as "sizeDone",
       (select count(*)::int from pgboss.job j where j.name = w.queue and j.state = 'failed') as failed,
       coalesce(array_agg(distinct p.worker) filter (where p.worker is not null and p.result is null), '{}') as workers
     from neuro.works w left join neuro.parts p on p.work = w.id
     where ($1::text is null or w.system = $1) and ($2::uuid is null or w.id = $2)
     group by w.id order by w.made, w.id`,
    [system ?? null, id ?? null],
  );
  return rows as unknown as Standing[];
}

/** A UUID that a text always gives. */
function idOf(text: string): string {
  const hash = sha256(text);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
