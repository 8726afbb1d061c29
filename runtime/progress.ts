/**
 * Long work shows how far it is: a bar with rate and time left on a terminal, now and then a plain line anywhere else.
 * Everything goes to stderr, so that results on stdout can be piped. Knows nothing of what is counted.
 */
import { MultiBar, type SingleBar } from "cli-progress";

/** A place where progress is shown: what the command line passes down, and what tests replace. */
export interface Progress {
  /** Begins a task of `total` units (`undefined` when nobody knows), such as 3,000 steps or 212 pages. */
  task(title: string, total: number | undefined, unit: string): Task;
  /** One line for a person to read, above the bars. */
  note(line: string): void;
  /** Removes what is still drawn; call it before printing results or errors. */
  close(): void;
}

/** One running task. */
export interface Task {
  /** Done so far (not an increment), and words to show beside it, such as `loss 2.31`. */
  update(done: number, words?: string): void;
  /** The task is over; `words` stay as its last line. */
  end(words?: string): void;
}

interface Sink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Seconds as a person says them: `42 s`, `3 min 5 s`, `1 h 12 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Units per second in three figures. */
export function rate(perSecond: number): string {
  if (perSecond >= 1000) return Math.round(perSecond).toLocaleString("en-US");
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(2);
}

/** Progress on stderr: bars on a terminal, lines otherwise. `NO_COLOR` (no-color.org) turns colours off, `TERM=dumb` the bars. */
export function openProgress(sink: Sink = process.stderr, environment: NodeJS.ProcessEnv = process.env): Progress {
  const bars = sink.isTTY === true && environment.TERM !== "dumb";
  return bars ? terminal(sink as NodeJS.WriteStream, environment) : plain(sink);
}

/** Progress that shows nothing, for tests and for programs that only want the result. */
export const silent: Progress = { task: () => ({ update: () => {}, end: () => {} }), note: () => {}, close: () => {} };

function terminal(sink: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Progress {
  const colour = (environment.NO_COLOR ?? "") === "";
  const paint = (text: string): string => (colour ? `\u001b[36m${text}\u001b[39m` : text);
  let many: MultiBar | undefined;
  let running = 0;
  // The bars redraw by a timer that would keep the process alive, so they are closed as soon as nothing runs.
  const close = (): void => {
    many?.stop();
    many = undefined;
    running = 0;
  };
  const open = (): MultiBar => {
    many ??= new MultiBar({
      stream: sink,
      clearOnComplete: false,
      hideCursor: true,
      fps: 8,
      forceRedraw: true,
      emptyOnZero: true,
      format: `{title} ${paint("{bar}")} {value}/{total} {unit}  {speed}  {words}`,
      barsize: 24,
      barCompleteChar: "━",
      barIncompleteChar: "╌",
    });
    return many;
  };
  return {
    task(title, total, unit) {
      const clock = new Clock(total, unit);
      running++;
      // Where nobody knows how much there is, a bar would be a lie.
      const format = total === undefined ? { format: "{title} {value} {unit}  {speed}  {words}" } : {};
      const bar: SingleBar = open().create(total ?? 0, 0, { title, unit, speed: "", words: "" }, format);
      return {
        update: (done, words = "") => bar.update(done, { speed: clock.speed(done), words }),
        end: (words) => {
          bar.update({ speed: clock.summary(), ...(words === undefined ? {} : { words }) });
          bar.stop();
          if (--running === 0) close();
        },
      };
    },
    note: (line) => (many === undefined ? void sink.write(`${line}\n`) : many.log(`${line}\n`)),
    close,
  };
}

/** At most a line every five seconds and task, and one at its end. */
function plain(sink: Sink): Progress {
  const every = 5_000;
  return {
    task(title, total, unit) {
      const clock = new Clock(total, unit);
      let shown = Date.now();
      let last = 0;
      const line = (done: number, speed: string, words: string): void => {
        const of = total === undefined ? `${done}` : `${done}/${total}`;
        sink.write(`${[`${title}: ${of} ${unit}`, speed, words].filter((part) => part !== "").join(", ")}\n`);
      };
      return {
        update(done, words = "") {
          last = done;
          const speed = clock.speed(done);
          if (Date.now() - shown < every) return;
          shown = Date.now();
          line(done, speed, words);
        },
        end: (words) => void sink.write(`${title}: ${last} ${unit} ${clock.summary()}${words ? `, ${words}` : ""}\n`),
      };
    },
    note: (text) => void sink.write(`${text}\n`),
    close: () => {},
  };
}

/** The speed of a task since its first report (resumed work does not begin at zero). */
class Clock {
  #begun = Date.now();
  #first: number | undefined;
  #total: number | undefined;
  #unit: string;

  constructor(total: number | undefined, unit: string) {
    this.#total = total;
    this.#unit = unit;
  }

  speed(done: number): string {
    const seconds = (Date.now() - this.#begun) / 1000;
    this.#first ??= done;
    const made = done - this.#first;
    if (made <= 0 || seconds <= 0) return "";
    const left = this.#total === undefined ? "" : `, ${duration(((this.#total - done) * seconds) / made)} left`;
    return `${rate(made / seconds)} ${this.#unit}/s${left}`;
  }

  summary(): string {
    return `in ${duration((Date.now() - this.#begun) / 1000)}`;
  }
}
