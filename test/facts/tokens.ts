/*
 * A line as tokens. Only tokens of a kind are compared by that kind's rule; all else, blanks included, has to
 * be the same letter for letter.
 */

export type Token =
  /** An instant: ISO, as `date` prints it, or seconds since 1970. */
  | { readonly kind: 'time'; readonly text: string; readonly ms: number }
  /** A length of time as Slurm prints it: `0:03`, `00:01:23`, `1-00:00:00`. */
  | { readonly kind: 'length'; readonly text: string; readonly seconds: number }
  /** A priority of priority/basic, which counts down with the jobs of the day; `%p` is a share of 2^32. */
  | { readonly kind: 'priority'; readonly text: string; readonly rank: number }
  /** Digits; `isFree` unless they are glued to a letter, as in `gpu01` and `1000M`. */
  | { readonly kind: 'number'; readonly text: string; readonly isFree: boolean }
  | { readonly kind: 'other'; readonly text: string };

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const forms = [
  String.raw`(?<iso>\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\b)`,
  String.raw`(?<date>\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:${months}) [ \d]\d \d\d:\d\d:\d\d \d{4}\b)`,
  String.raw`(?<priority>\b(?:42949[01]\d{4}|0\.99998\d{9})\b)`,
  String.raw`(?<epoch>\b1[6-9]\d{8}(?:\.\d+)?\b)`,
  String.raw`(?<length>(?<![\w:.-])(?:\d+-\d\d:\d\d:\d\d|\d+:\d\d:\d\d|\d+:\d\d)(?![\w:*]))`,
  String.raw`(?<number>\d+)`,
  String.raw`(?<other>[A-Za-z_]+|\s+|.)`,
].join('|');
const scanner = new RegExp(forms, 'gsu');

/**
 * What stands before an exit code and not before a length: `ExitCode=0:15`, `FAILED|0:9`, `CA+ 0:1 0:15`.
 */
const beforeExitCode = new RegExp(
  String.raw`(?:ExitCode=|(?:COMPLETED|FAILED|TIMEOUT|NODE_FAIL|CANCELLED(?: by \d+)?|[A-Z_]{2,}\+)[ |]+)` +
    String.raw`(?:\d+:\d+[ |]+)*$`,
);

export function tokensOf(line: string): readonly Token[] {
  return [...line.matchAll(scanner)].map((match): Token => {
    const [whole] = match;
    const groups = match.groups ?? {};
    if (groups['iso'] !== undefined) return { kind: 'time', text: whole, ms: Date.parse(`${whole}Z`) };
    if (groups['date'] !== undefined) return { kind: 'time', text: whole, ms: Date.parse(`${whole} UTC`) };
    if (groups['epoch'] !== undefined) return { kind: 'time', text: whole, ms: Number(whole) * 1000 };
    if (groups['priority'] !== undefined) return { kind: 'priority', text: whole, rank: Number(whole) };
    if (groups['length'] !== undefined) {
      const isExitCode = /^\d+:\d+$/.test(whole) && beforeExitCode.test(line.slice(0, match.index));
      return isExitCode
        ? { kind: 'other', text: whole }
        : { kind: 'length', text: whole, seconds: secondsOf(whole) };
    }
    if (groups['number'] !== undefined) return numberOf(line, whole, match.index);
    return { kind: 'other', text: whole };
  });
}

function numberOf(line: string, text: string, at: number): Token {
  const isGlued = /[A-Za-z]/.test(line.charAt(at - 1)) || /[A-Za-z]/.test(line.charAt(at + text.length));
  return { kind: 'number', text, isFree: !isGlued };
}

function secondsOf(length: string): number {
  const [clock = '', days = '0'] = length.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

/**
 * What the machine gave on the day, by its label: process ids, ports, the slurmd's folder, load, its start.
 */
const ofTheDay: readonly (readonly [RegExp, string])[] = [
  [/(?<=SLURM_TASK_PID=)\d+/g, '<pid>'],
  [/(?<=AllocNode:Sid=)[\w.-]+:\d+/g, '<host>:<pid>'],
  [/(?<=SLURM_(?:SRUN_COMM|STEP_LAUNCHER)_PORT=)\d+/g, '<port>'],
  [/(?<=SrunHost:Pid=)[\w.-]+:\d+/g, '<host>:<pid>'],
  [/\/\S*\/slurm_script\b/g, '<spool>/slurm_script'],
  [/(?<=CPULoad=)[\d.]+/g, '<load>'],
  [/(?<=FreeMem=)\d+/g, '<free>'],
  // When the machine was booted, and its daemon started.
  [/(?<=(?:BootTime|SlurmdStartTime)=)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, '<time>'],
];

/** Tables of process ids and of load, by what asks for them; the width of the column stays. */
const columnsOfTheDay: readonly (readonly [RegExp, RegExp])[] = [
  // `ps -o pid=` pads on the left.
  [/\bps -/, /^ *\d+(?= [a-z])/gm],
  [/\ballocsid\b/, /(?<=[\] ])\d+ *$/gm],
  [/\bcpusload\b|sinfo [^|;]*%O/, /(?<=^|[\] ])\d+\.\d\d *$/gm],
  // For how long a script had run.
  [/\$SECONDS\b/, /(?<= at )[1-9]\d*$/gm],
];

/** The text with `<pid>` and the like in the places where such a thing stands; `inputs` were run for it. */
export function withoutDay(text: string, inputs: string): string {
  const plain = ofTheDay.reduce((changed, [form, mark]) => changed.replace(form, mark), text);
  return columnsOfTheDay.reduce(
    (changed, [asks, form]) =>
      asks.test(inputs) ? changed.replace(form, (column) => '<pid>'.padEnd(column.length)) : changed,
    plain,
  );
}
