// Makes an index in a process of its own, so that it can be killed: `node killed-index.ts '<what, as JSON>'`. Its embedder takes its time.

import { makeIndex } from "../make-index.ts";
import { indexAt, type MakingAt } from "./killed-laws.ts";

const report = await makeIndex(indexAt(JSON.parse(process.argv[2]!) as MakingAt, 2));
console.log(JSON.stringify(report));
