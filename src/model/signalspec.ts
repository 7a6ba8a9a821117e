import { bool, type Infer, int, object } from '../base/schema.ts';
import { parseSignalName, signalMax, signalName } from './signals.ts';

/** How long before the end a signal is sent if nothing is said. */
const secondsDefault = 60;
/** Slurm keeps 16 bits. */
export const signalSecondsMax = 65_535;

/** Which signal a job gets, how many seconds before its time limit. */
export const signalSpecSchema = object(
  { signal: int(1, signalMax), seconds: int(0, signalSecondsMax) },
  {
    /** `B:`: the batch shell alone, and not the steps. */
    batch: bool,
    /** `R:`: only when it would run into a reservation, or is about to be preempted. */
    reservation: bool,
  },
);
export type SignalSpec = Infer<typeof signalSpecSchema>;

/**
 * The value of --signal: `[{R|B}:]SIG[@SECONDS]`, as `USR1`, `B:10@90`, `RB:TERM@30`; letters in either case.
 * As in Slurm, nothing behind the `@` is the time limit itself.
 */
export function parseSignalSpec(text: string): SignalSpec | undefined {
  const [, letters = '', name = '', at] = /^(?:(b|r|br|rb):)?([^@]*)(?:@(\d{0,5}))?$/i.exec(text) ?? [];
  const signal = parseSignalName(name.trim());
  const seconds = at === undefined ? secondsDefault : Number(at);
  if (signal === undefined || seconds > signalSecondsMax) return undefined;
  return {
    signal,
    seconds,
    ...(/b/i.test(letters) && { batch: true }),
    ...(/r/i.test(letters) && { reservation: true }),
  };
}

/** The signal as a text that parses to it: `B:USR1@90`. */
export function formatSignalSpec({ signal, seconds, batch, reservation }: SignalSpec): string {
  const letters = `${reservation === true ? 'R' : ''}${batch === true ? 'B' : ''}`;
  return `${letters === '' ? '' : `${letters}:`}${signalName(signal)}@${seconds}`;
}
