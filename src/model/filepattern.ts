/** What the patterns in a file name stand for: one task of one step of a job. */
export interface FilePatternContext {
  readonly jobId: number;
  readonly arrayJobId?: number;
  readonly arrayTaskId?: number;
  readonly jobName: string;
  readonly user: string;
  /** The real host's name up to its first dot: what %N stands for, also where a node goes by another name. */
  readonly host: string;
  readonly node: string;
  /** The node's number within the job, from 0. */
  readonly nodeIndex: number;
  /** The task's number within the step, from 0. */
  readonly taskIndex: number;
  readonly step: 'batch' | number;
}

/** What Slurm prints for a task id that is not there. */
const noTaskId = 4_294_967_294;
const paddingMax = 10;

/**
 * A file name of --output, --error or --input with its patterns replaced: %A %a %J %j %N %n %s %t %u %x, and
 * %% for a percent sign. Digits before the letter pad a number with zeros, to ten at most. Unknown patterns
 * stay; if digits stood before one, its percent sign and all digits but the last get lost. A backslash
 * anywhere turns all of this off, and each takes the next character as it is. All of it as observed.
 */
export function expandFilePattern(pattern: string, context: FilePatternContext): string {
  if (pattern.includes('\\')) return pattern.replace(/\\(.?)/gs, '$1');
  return pattern.replace(
    /%(?:(%)|(\d*)([A-Za-z]?))/g,
    (whole, percent?: string, digits = '', letter = '') => {
      if (percent !== undefined) return '%';
      const value =
        letter === '' ? undefined : expandLetter(letter, Math.min(Number(digits), paddingMax), context);
      return value ?? (digits === '' ? whole : digits.slice(-1) + letter);
    },
  );
}

function expandLetter(letter: string, width: number, context: FilePatternContext): string | undefined {
  const padded = (number: number): string => String(number).padStart(width, '0');
  switch (letter) {
    case 'A':
      return padded(context.arrayJobId ?? context.jobId);
    case 'a':
      return padded(context.arrayTaskId ?? noTaskId);
    case 'J':
      return padded(context.jobId) + (context.step === 'batch' ? '' : `.${context.step}`);
    case 'j':
      return padded(context.jobId);
    case 'N':
      return context.host;
    case 'n':
      return padded(context.nodeIndex);
    case 's':
      return context.step === 'batch' ? 'batch' : padded(context.step);
    case 't':
      return padded(context.taskIndex);
    case 'u':
      return context.user;
    case 'x':
      return context.jobName;
    default:
      return undefined;
  }
}
