/**
 * The tables of the state, as a list of steps that are taken once each, in order, by whoever comes first. A step that was released is never edited:
 * what should be otherwise is a further step. One SQL for servers and for PGlite.
 */
import type { PoolClient } from "pg";
import { NeuroError } from "../error.ts";

const steps: readonly string[] = [
  // Work that is divided, its parts, and what came of each. A part's job lies in a queue of its own work.
  `create table neuro.works (
     id uuid primary key,
     system text not null,
     kind text not null,
     name text not null,
     needs jsonb not null,
     given bytea not null,
     parts integer not null,
     queue text not null,
     made timestamptz not null default now()
   );
   create index works_by_system on neuro.works (system, made);
   create table neuro.parts (
     work uuid not null references neuro.works (id) on delete cascade,
     part integer not null,
     size integer not null,
     given bytea not null,
     result bytea,
     worker text,
     error jsonb,
     ended timestamptz,
     primary key (work, part)
   );`,
  // Answers that a server told, for all of its replicas.
  `create table neuro.answers (
     id text primary key,
     server text not null,
     made timestamptz not null default now(),
     told text not null
   );
   create index answers_by_age on neuro.answers (server, made);`,
  // What people are asked and what they said. A line that waits is named by its pair and aspect, and gets its p here or in a file; an answer is named by what it says.
  `create table neuro.labels (
     system text not null,
     name text not null,
     label text not null,
     asked text not null,
     line text not null,
     answer boolean not null,
     p double precision check (p between 0 and 1),
     annotator text,
     made timestamptz not null default now(),
     primary key (system, name, label)
   );`,
];

/** Only one process takes steps at a time; the number is ours alone. */
const lock = 7_236_501;

/** Brings the tables up to date. Throws `state_newer` for a state of a later version of neuro. */
export async function migrate(client: PoolClient, shown: string): Promise<void> {
  await client.query("begin");
  try {
    await client.query(`select pg_advisory_xact_lock(${lock})`);
    await client.query("create schema if not exists neuro");
    await client.query(
      "create table if not exists neuro.migrations (step integer primary key, taken timestamptz not null default now())",
    );
    const { rows } = await client.query("select coalesce(max(step), 0)::int as taken from neuro.migrations");
    const taken = Number((rows as { taken: unknown }[])[0]!.taken);
    if (taken > steps.length)
      throw new NeuroError("state_newer", `The state at ${shown} was made by a later version of neuro.`, {
        hint: "Use that version, or another state: --state.",
      });
    for (const [i, step] of steps.entries()) {
      if (i < taken) continue;
      await client.query(step);
      await client.query("insert into neuro.migrations (step) values ($1)", [i + 1]);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
