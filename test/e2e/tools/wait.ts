const waitMsMax = 60_000;

export interface Wait {
  /** What is waited for, in words. */
  readonly what: string;
  /** Said when it does not come: logs, the state. */
  readonly explain?: () => string;
  readonly msMax?: number;
}

/** Polls until the condition holds; when it does not in time, throws with what `explain` says. */
export async function until(condition: () => boolean | Promise<boolean>, how: Wait): Promise<void> {
  const end = Date.now() + (how.msMax ?? waitMsMax);
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${how.what}\n${how.explain?.() ?? ''}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
