import { filledLines, oneLine } from './fields.ts';

/**
 * What a failed call of nvidia-smi means for the next step. `field`: it knows a column by no name of ours,
 * ask for fewer. `card`: one broken card spoils the answer, ask for each card alone. `none`: it works and
 * sees no GPU. `tool`: nothing can be learned from it now.
 */
type NvidiaFailureKind = 'field' | 'card' | 'none' | 'tool';

export interface NvidiaFailure {
  readonly kind: NvidiaFailureKind;
  /** One sentence for people. */
  readonly message: string;
}

/** A damaged infoROM: a warning beside a complete answer. */
export const codeInfoRom = 14;

/** Exit codes. 18 is not in its manual. */
const codes: Readonly<Record<number, string>> = {
  2: 'bad argument or field',
  3: 'not supported',
  4: 'no permission',
  6: 'not found',
  8: 'external power cables are not attached',
  9: 'the driver is not loaded',
  10: 'the kernel sees an interrupt problem with a GPU',
  12: 'the NVML library is missing',
  13: 'the NVML library is too old',
  [codeInfoRom]: 'an infoROM is damaged',
  15: 'a GPU has fallen off the bus',
  18: 'driver and library versions differ: reboot the node or reload the driver',
  255: 'other error',
};

const cardTexts = [
  /unable to determine the device handle for gpu/i,
  /\bGPU is lost\b/i,
  /fallen off the bus/i,
];

/**
 * Reads the code and what stands on both streams beside the rows, for some messages come on stdout.
 * Undefined if nothing failed.
 */
export function nvidiaFailure(code: number, prose: string): NvidiaFailure | undefined {
  const text = filledLines(prose).map(oneLine).join('; ');
  if (code === 0 && text === '') return undefined;
  return { kind: failureKind(code, text), message: failureMessage(code, text) };
}

function failureKind(code: number, text: string): NvidiaFailureKind {
  if (/is not a valid field/i.test(text)) return 'field';
  if (/no devices were found/i.test(text)) return 'none';
  if (code === 15 || cardTexts.some((pattern) => pattern.test(text))) return 'card';
  return 'tool';
}

function failureMessage(code: number, text: string): string {
  const meaning = codes[code];
  const end = code === 0 ? '' : ` ended with ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
  return oneLine(`nvidia-smi${end}${text === '' ? '' : `: ${text}`}`);
}
