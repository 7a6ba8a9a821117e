import type { Options } from 'yargs';
import { MgpuError } from '../../base/error.ts';
import { versionLine } from '../../model/version.ts';
import type { AdminCommand, AdminOption, AdminProgram } from '../../tables/options/admin.ts';

/** What a command line of an administration command says, or the text that it asks for. */
export type AdminReading =
  | { readonly shown: string }
  | { readonly command: string; readonly words: Readonly<Record<string, unknown>> };

/** Reads a command line by its table; yargs does the parsing and prints the help. Throws `USAGE`. */
export async function readAdmin(
  program: AdminProgram,
  calledAs: string,
  argv: readonly string[],
): Promise<AdminReading> {
  const { default: yargs } = await import('yargs');
  const parser = yargs()
    .scriptName(calledAs)
    .usage(`$0 ${program.commands.length > 0 ? '<command> ' : ''}[option...]\n\n${program.summary}`)
    // `no-fsync` is a name of its own, and an option that is given twice is a mistake to be told.
    .parserConfiguration({ 'boolean-negation': false, 'duplicate-arguments-array': true })
    .options(optionsOf(program.options))
    .version(versionLine(calledAs))
    .alias('version', 'V')
    .help()
    .strict()
    .recommendCommands()
    .demandCommand(...operandsOf(program))
    .exitProcess(false);
  for (const command of program.commands) {
    parser.command(formOf(command), command.help, (one) => {
      for (const { name, help } of command.operands) one.positional(name, { type: 'string', describe: help });
      return one.options(optionsOf(command.options));
    });
  }
  let shown = '';
  let fault: string | undefined;
  const words: Record<string, unknown> = await parser.parseAsync([...argv], {}, (error, _words, output) => {
    shown = output;
    fault = error?.message;
  });
  if (fault !== undefined) throw new MgpuError('USAGE', fault, { hint: `see ${calledAs} --help` });
  if (shown !== '') return { shown: `${shown}\n` };
  return { command: String((words['_'] as readonly unknown[])[0] ?? ''), words };
}

/** How many words of a command line are no options, and what to say of others. */
function operandsOf(program: AdminProgram): [number, number, string, string] {
  const count = program.commands.length > 0 ? 1 : 0;
  return [count, count, 'a command is missing', 'there is a word too many'];
}

function formOf({ name, operands }: AdminCommand): string {
  return [name, ...operands.map((one) => (one.isRequired ? `<${one.name}>` : `[${one.name}]`))].join(' ');
}

/** yargs has --help and --version of its own. */
function optionsOf(options: readonly AdminOption[]): Record<string, Options> {
  const types = { text: 'string', number: 'number', switch: 'boolean', count: 'count' } as const;
  const rows = options.filter(({ name }) => name !== 'help' && name !== 'version');
  return Object.fromEntries(
    rows.map(({ name, letter, type, metavar, help }): [string, Options] => [
      name,
      {
        type: types[type],
        describe: help,
        ...(letter !== undefined && { alias: letter }),
        ...(metavar !== undefined && { requiresArg: true }),
      },
    ]),
  );
}

/** The text of an option; undefined when it was not given. Throws `USAGE` when it was given twice. */
export function textOf(words: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = words[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new MgpuError('USAGE', `--${name}: expected one text`);
}
