/** Makes of what one task writes what is shown of it. */
export interface TaskLines {
  take(bytes: Uint8Array): Uint8Array;
  /** What is left when the task has ended. */
  rest(): Uint8Array;
}

const newline = 0x0a;
const empty = new Uint8Array(0);
/** A longer line is shown in parts. */
const lineBytesMax = 64 * 1024;

/** Everything as it comes: for a single task, so that prompts and progress bars show. */
export function plainBytes(): TaskLines {
  return { take: (bytes) => bytes, rest: () => empty };
}

/**
 * Whole lines only, so that several tasks do not write into each other's, each with the label before it. A
 * last line without an end gets one if it is labelled, for the next label to stand at a line's beginning.
 */
export function wholeLines(label: string): TaskLines {
  const prefix = new TextEncoder().encode(label);
  let held: Uint8Array = empty;
  let isMidLine = false;

  const labelled = (bytes: Uint8Array): Uint8Array => {
    const shown = prefix.length === 0 ? bytes : withPrefix(bytes, prefix, isMidLine);
    isMidLine = bytes.at(-1) !== newline;
    return shown;
  };
  return {
    take(bytes) {
      const end = bytes.lastIndexOf(newline) + 1;
      const isLong = end === 0 && held.length + bytes.length > lineBytesMax;
      if (end === 0 && !isLong) {
        held = joined(held, bytes);
        return empty;
      }
      const whole = joined(held, isLong ? bytes : bytes.subarray(0, end));
      held = isLong ? empty : bytes.slice(end);
      return labelled(whole);
    },
    rest() {
      const last = held.length === 0 ? empty : labelled(held);
      held = empty;
      return isMidLine && prefix.length > 0 ? joined(last, Uint8Array.of(newline)) : last;
    },
  };
}

function withPrefix(bytes: Uint8Array, prefix: Uint8Array, isMidLine: boolean): Uint8Array {
  const starts = isMidLine ? [] : [0];
  for (
    let at = bytes.indexOf(newline);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(newline, at + 1)
  ) {
    starts.push(at + 1);
  }
  const shown = new Uint8Array(bytes.length + starts.length * prefix.length);
  shown.set(bytes.subarray(0, starts[0] ?? bytes.length));
  let filled = starts[0] ?? bytes.length;
  for (const [index, start] of starts.entries()) {
    const line = bytes.subarray(start, starts[index + 1] ?? bytes.length);
    shown.set(prefix, filled);
    shown.set(line, filled + prefix.length);
    filled += prefix.length + line.length;
  }
  return shown;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
