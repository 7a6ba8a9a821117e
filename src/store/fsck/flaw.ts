import type { Cluster } from '../../model/cluster.ts';
import type { JobId } from '../../model/ids.ts';
import type { Filed } from '../filed.ts';

/** Something in a spool that is not as it should be. */
export interface Flaw {
  /**
   * `error`: readers stop, or something is lost. `warn`: something lies there that should not. `note`:
   * nothing is wrong, but it is worth a word.
   */
  readonly severity: 'error' | 'warn' | 'note';
  /** From the spool's folder. */
  readonly path: string;
  /** How it is, and what that means. */
  readonly what: string;
  readonly remedy: Remedy;
}

/**
 * When a remedy may be used: at `any` time, only while no daemon runs (`stopped`), or only then and only if
 * somebody says that what it loses may be lost (`force`).
 */
export type RemedyTime = 'any' | 'stopped' | 'force';

/** What can be done about a flaw. Paths begin at the spool's folder. */
export type Remedy =
  /** Somebody has to do it. */
  | { readonly kind: 'advice'; readonly text: string }
  | { readonly kind: 'move'; readonly path: string; readonly when: RemedyTime }
  | { readonly kind: 'makeFolder'; readonly path: string; readonly when: RemedyTime }
  /** An empty file takes the place of a log entry, whose number must not be free. */
  | { readonly kind: 'blank'; readonly seq: number; readonly when: RemedyTime }
  /** The state as the log gives it takes the place of a checkpoint. */
  | {
      readonly kind: 'remake';
      readonly seq: number;
      readonly cluster: Cluster;
      readonly when: RemedyTime;
    }
  /**
   * Takes the entries, checkpoints and segments from there on away: the state goes back to the entry before.
   */
  | {
      readonly kind: 'goBack';
      readonly seq: number;
      readonly entries: readonly number[];
      readonly checkpoints: readonly number[];
      readonly segments: readonly Filed[];
      readonly when: RemedyTime;
    }
  /** Puts the request of a job that the log does not know into the inbox again. */
  | {
      readonly kind: 'resubmit';
      readonly jobId: JobId;
      readonly requestId: string;
      readonly when: RemedyTime;
    };

export function advise(severity: Flaw['severity'], path: string, what: string, text: string): Flaw {
  return { severity, path, what, remedy: { kind: 'advice', text } };
}

/** A flaw that is gone when what lies there is somewhere else. */
export function misplaced(
  path: string,
  what: string,
  {
    severity = 'warn',
    when = 'any',
  }: { readonly severity?: Flaw['severity']; readonly when?: RemedyTime } = {},
): Flaw {
  return { severity, path, what, remedy: { kind: 'move', path, when } };
}

/** What `mgpu fsck --repair` is to do about it, for people; undefined where it can do nothing. */
export function remedyText(remedy: Remedy): string | undefined {
  switch (remedy.kind) {
    case 'advice':
      return undefined;
    case 'move':
      return 'move it to lost+found';
    case 'makeFolder':
      return 'make the folder';
    case 'blank':
      return 'move it to lost+found and leave an empty file in its place';
    case 'remake':
      return 'move it to lost+found and write it anew from the log';
    case 'goBack':
      return `move ${goBackText(remedy)} to lost+found: the state goes back to commit ${remedy.seq - 1}`;
    case 'resubmit':
      return 'put its request into the inbox again';
    default:
      return remedy satisfies never;
  }
}

function goBackText({
  entries,
  checkpoints,
  segments,
}: Extract<Remedy, { readonly kind: 'goBack' }>): string {
  const parts = [
    ...(entries.length > 0 ? [`the log entries from ${entries[0]} to ${entries.at(-1)}`] : []),
    ...(checkpoints.length > 0 ? [`the checkpoints ${checkpoints.join(', ')}`] : []),
    ...(segments.length > 0
      ? [`the segments of accounting ${segments.map(({ seq }) => seq).join(', ')}`]
      : []),
  ];
  return parts.join(' and ');
}
