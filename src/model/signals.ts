/**
 * Linux's signals on the processors that GPUs are found beside (x86-64, arm64, ppc64le, riscv64), from 1 to
 * 31.
 */
const names = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
] as const;

export type SignalName = (typeof names)[number];

const aliases: ReadonlyMap<string, SignalName> = new Map([
  ['IOT', 'ABRT'],
  ['CLD', 'CHLD'],
  ['POLL', 'IO'],
]);

/** The first real-time signal that programs see (glibc keeps 32 and 33), and the last. */
const realTimeMin = 34;
export const signalMax = 64;

/**
 * The signal that a user names: `USR1`, `SIGUSR1`, `10`, in either case, also `RTMIN+3` and `RTMAX-1`. Slurm
 * knows about half of the names; the rest is ours. 0, which would send nothing, is refused.
 */
export function parseSignalName(text: string): number | undefined {
  if (/^\s*\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= signalMax ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const known = names.indexOf((aliases.get(name) ?? name) as SignalName);
  return known >= 0 ? known + 1 : realTimeSignal(name);
}

export function signalNumber(name: SignalName): number {
  return names.indexOf(name) + 1;
}

/** `USR1` for 10, `RTMIN+1` for 35, the number itself where there is no name. Never with a SIG before it. */
export function signalName(signal: number): string {
  if (signal === realTimeMin) return 'RTMIN';
  if (signal > realTimeMin && signal <= signalMax) return `RTMIN+${signal - realTimeMin}`;
  return names[signal - 1] ?? String(signal);
}

function realTimeSignal(name: string): number | undefined {
  const [, base, offset = '0'] = /^(RTMIN|RTMAX)([+-]\d{1,2})?$/.exec(name) ?? [];
  if (base === undefined) return undefined;
  const number = (base === 'RTMIN' ? realTimeMin : signalMax) + Number(offset);
  return number >= realTimeMin && number <= signalMax ? number : undefined;
}
