import type { Settings } from '../../model/settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Measured } from './pair.ts';

/** What there is to judge a file system by. */
export interface Evidence {
  readonly findings: readonly Finding[];
  readonly reach: 'local' | 'shared';
  /** How often daemons look for changes here by themselves, in ms; undefined where the kernel tells them. */
  readonly pollMs: number | undefined;
  /** What two machines measured; undefined when one looked alone. */
  readonly measured: Measured | undefined;
  readonly settings: Pick<Settings, 'heartbeatSeconds' | 'nodeTimeoutSeconds'>;
}

/** Looking more often than this loads the file server and starts no job sooner that anybody could tell. */
const pollMsMin = 50;
/** So many heartbeats may be missed before a node may count as lost. */
const heartbeatsMissed = 2;

/** Whether a cluster can live on this file system, and with which settings. */
export function verdict({ findings, reach, pollMs, measured, settings }: Evidence): Finding {
  const what = 'verdict';
  // Whether another machine came tells nothing of the file system.
  const found = findings.filter(({ what: thing }) => thing !== 'pair');
  const failed = found.filter(({ level }) => level === 'fail').map((finding) => finding.what);
  if (failed.length > 0) return fail(what, `not fit for a cluster: ${failed.join(', ')}`);
  if (measured === undefined) {
    if (reach === 'local') return ok(what, 'fit for the daemons of this machine');
    const advice = 'type `mgpu doctor --pair` on two machines at the same time to measure between them';
    return warn(what, 'fit, as far as one machine can tell', advice);
  }
  const { nameMs, nameMsMax, changeMsMax } = measured;
  const { heartbeatSeconds, nodeTimeoutSeconds } = settings;
  const timeoutMin = heartbeatsMissed * heartbeatSeconds + Math.ceil(changeMsMax / 1000);
  if (nodeTimeoutSeconds < timeoutMin) {
    return warn(
      what,
      `fit, but a heartbeat is seen ${changeMsMax} ms late: nodes that live would be taken for lost`,
      `in cluster.yaml: networking: timeout: ${timeoutMin} or more (it is ${nodeTimeoutSeconds})`,
    );
  }
  const timeout = `a node timeout of ${nodeTimeoutSeconds} s suits`;
  if (pollMs === undefined) return ok(what, `fit: changes made elsewhere are seen; ${timeout}`);
  return ok(what, `fit: ${pollAdvice(pollMs, nameMs, nameMsMax)}; ${timeout}`);
}

function pollAdvice(pollMs: number, nameMs: number, nameMsMax: number): string {
  const useful = Math.max(pollMsMin, 10 * Math.ceil(nameMs / 5));
  if (useful < pollMs)
    return `looking every ${pollMs} ms suits, and with \`mgpud --poll ${useful}\` jobs start sooner`;
  if (nameMsMax <= 2 * pollMs) return `looking every ${pollMs} ms suits`;
  return `news takes up to ${nameMsMax} ms, so \`mgpud --poll ${useful}\` is often enough`;
}
