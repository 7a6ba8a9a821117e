/**
 * The options of our own administration commands, in a neutral form: yargs parses them, and manual pages and
 * completions are printed from them.
 */
export interface AdminOption {
  /** The long name, without dashes; a switch that turns something off is named `no-...`. */
  readonly name: string;
  readonly letter?: string;
  readonly type: 'text' | 'number' | 'switch' | 'count';
  /** What the argument is called; missing for a switch and a count. */
  readonly metavar?: string;
  /** One phrase, without a full stop. */
  readonly help: string;
}

export interface AdminOperand {
  readonly name: string;
  readonly isRequired: boolean;
  /** `choice`: one of `choices`. */
  readonly kind: 'dir' | 'text' | 'job' | 'choice';
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface AdminCommand {
  readonly name: string;
  readonly help: string;
  readonly operands: readonly AdminOperand[];
  readonly options: readonly AdminOption[];
}

export interface AdminProgram {
  readonly program: string;
  readonly summary: string;
  /** Options of the program, and of each of its commands. */
  readonly options: readonly AdminOption[];
  /** Empty for a program without commands. */
  readonly commands: readonly AdminCommand[];
}

/** What every administration command takes. */
export const adminCommonOptions = [
  { name: 'help', type: 'switch', help: 'show the options' },
  { name: 'spool', type: 'text', metavar: 'dir', help: 'directory of the cluster' },
  { name: 'verbose', letter: 'v', type: 'count', help: 'say more about what is done; more with every -v' },
  { name: 'version', letter: 'V', type: 'switch', help: 'show the version' },
] as const satisfies readonly AdminOption[];
