/**
 * What a user can mend is thrown as a NeuroError: what happened, where, and what to do; the CLI prints it without a stack.
 * Any other exception is a bug of ours.
 */
export class NeuroError extends Error {
  /** A stable word for programs: `device_missing`, `weights_truncated`, ... */
  readonly code: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** The file, address or spec line that it is about. */
  readonly where: string | undefined;

  constructor(code: string, message: string, more: { hint?: string; where?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "NeuroError";
    this.code = code;
    this.hint = more.hint;
    this.where = more.where;
  }
}
