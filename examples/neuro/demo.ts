// `npm run demo`: what a newcomer types, typed for them. Every line that begins with $ is a command one can repeat by hand.
import { spawn } from "node:child_process";
import { join } from "node:path";

const here = import.meta.dirname;
const neuroc = join(here, "../../bin/neuroc.mjs");

const questions = [
  "What is the capital of Ghana?",
  "Какая столица у Монголии?",
  "When was Robinson Crusoe published?",
  "Кто написал книгу Маленький принц?",
  "Which planet does Ganymede orbit?",
  "How high is Mont Blanc?",
  "What is the capital of Atlantis?",
  "Who is the president of Ghana?",
];

/** Runs one command in the example's folder, its output as it comes; ends the demo when it fails. */
async function run(...words: string[]): Promise<void> {
  console.log(`\n$ neuroc ${words.map((word) => (/[^\w./=-]/.test(word) ? `"${word}"` : word)).join(" ")}`);
  const child = spawn(process.execPath, [neuroc, ...words], { cwd: here, stdio: "inherit" });
  const code = await new Promise<number>((done) => child.on("exit", (exit) => done(exit ?? 1)));
  if (code !== 0) process.exit(code);
}

const started = Date.now();
await run("check");
await run("build");
await run("index");
console.log(
  "\nA short lesson: the first steps of the recipe that made the committed weights. They are left as they are; watch the loss fall.",
);
await run("train", "--recipe", "lesson", "--fresh");
for (const question of questions) await run("ask", question);
console.log(`\nThat took ${Math.round((Date.now() - started) / 1000)} s. Ask your own question:\n`);
console.log(`  cd examples/neuro && npx neuroc ask "Who wrote Don Quixote?"`);
console.log(`  npx neuroc init my-docs     # or answer from a folder of your own`);
