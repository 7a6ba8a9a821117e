/**
 * Signals that a user sends to a step; the daemon sends them to all of its processes, and they are the
 * tasks' business.
 */
const passedOver = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGWINCH',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
] as const;

/**
 * How far apart a SIGCONT and a SIGTERM belong together, in ms, and how long to wait for one that comes
 * second.
 */
const companionMs = 2000;
const secondMs = 100;

/** Where signals come from. */
interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Settles at SIGTERM. The daemon, when it ends a job, sends SIGCONT and then SIGTERM to each of its
 * processes: then the tasks have it already, and a second one would disturb their tidying up. A SIGTERM by
 * itself came to us alone.
 */
export function endSignals(source: SignalSource = process): Promise<'us' | 'all'> {
  for (const signal of passedOver) source.on(signal, () => {});
  let continuedMs = Number.NEGATIVE_INFINITY;
  source.on('SIGCONT', () => {
    continuedMs = performance.now();
  });
  return new Promise((resolve) => {
    source.on('SIGTERM', () => {
      const isCompanion = (): boolean => performance.now() - continuedMs < companionMs;
      setTimeout(() => resolve(isCompanion() ? 'all' : 'us'), secondMs);
    });
  });
}
