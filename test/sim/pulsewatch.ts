/*
 * What is promised of allocations (salloc, and srun over several nodes): what their command says at its end
 * is what the job ends with, however long that takes to be seen; and one that is to stay does not end by
 * itself.
 */

/** After so long every machine that looks sees what another one put there, in ms. */
const seenMs = 40_000;

interface HolderEnd {
  readonly jobId: number;
  readonly attempt: number;
  readonly code: number;
  /** When the look began after which it exits. */
  readonly lookedMs: number;
}

export class PulseWatch {
  /** What the commands said themselves; their keepers write into the file that is there. */
  readonly #said = new Map<number, { readonly text: string; readonly atMs: number }>();
  readonly #fail: (problem: string) => void;

  constructor(fail: (problem: string) => void) {
    this.#fail = fail;
  }

  /** A file was put in place of the pulse. */
  said(jobId: number, text: string, atMs: number): void {
    this.#said.set(jobId, { text, atMs });
  }

  /** What was said may not have been durable. */
  machineDown(): void {
    this.#said.clear();
  }

  /** A holder exits by itself. */
  holderEnds({ jobId, attempt, code, lookedMs }: HolderEnd): void {
    const said = this.#said.get(jobId);
    if (said === undefined || lookedMs - said.atMs < seenMs) return;
    if (said.text === 'stay') this.#fail(`${jobId}.${attempt} was to stay and ends with ${code}`);
    const [, told] = /^end (\d+)$/.exec(said.text) ?? [];
    if (told !== undefined && Number(told) !== code)
      this.#fail(`${jobId}.${attempt} was told to end with ${told} and ends with ${code}`);
  }
}
