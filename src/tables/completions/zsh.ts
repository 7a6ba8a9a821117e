import type { CompletedOption, Completion, Subcommand } from './model.ts';

/** A function for zsh, to be put into a folder of fpath as `_mgpu`. */
export function zshCompletion(completions: readonly Completion[]): string {
  const commands = completions.map(({ command }) => command).join(' ');
  return `#compdef ${commands}
# Completion of the options of mgpu's commands, for zsh. Generated from the option tables.

case $service in
${completions.map(commandCase).join('\n')}
esac
`;
}

function commandCase({ command, options, operand, subcommands }: Completion): string {
  // -S: no options after --; -A: none after the first operand.
  const flags = operand === 'none' ? '-s -S' : "-s -S -A '-*'";
  const all = [...options, ...subcommands.flatMap((one) => one.options)];
  const specs = [...all.map(optionSpec), ...operandSpecs(operand, subcommands)];
  return `  ${command})
    _arguments ${flags} \\
${specs.map((spec) => `      ${spec}`).join(' \\\n')}
    ;;`;
}

/** `'(-A --account)'{-A+,--account=}'[text]:name:'`; a name alone stands without its braces. */
function optionSpec(option: CompletedOption): string {
  const { long, letter, arg, help } = option;
  const longForm = `--${long}${arg === 'none' ? '' : arg === 'optional' ? '=-' : '='}`;
  const letterForm = `-${letter}${arg === 'none' ? '' : arg === 'optional' ? '-' : '+'}`;
  const tail = quote(`[${escaped(help)}]${arg === 'none' ? '' : argumentSpec(option)}`);
  // Counting switches may be given again.
  const isRepeated = long === 'verbose';
  if (letter === undefined) return `${quote(longForm)}${tail}`;
  const exclusion = isRepeated ? quote('*') : quote(`(-${letter} --${long})`);
  return `${exclusion}{${letterForm},${longForm}}${tail}`;
}

function argumentSpec({ arg, metavar, values }: CompletedOption): string {
  const colon = arg === 'optional' ? '::' : ':';
  const action = { any: ' ', file: '_files', dir: '_files -/' };
  const what = typeof values === 'string' ? action[values] : `(${values.join(' ')})`;
  return `${colon}${escaped(metavar)}:${what}`;
}

function operandSpecs(operand: Completion['operand'], subcommands: readonly Subcommand[]): readonly string[] {
  if (operand === 'file') return ["'1:script:_files'", "'*::argument:_files'"];
  if (operand === 'command') return ["'1:command:_command_names -e'", "'*::argument:_files'"];
  if (subcommands.length === 0) return [];
  const names = subcommands.map(({ name, help }) => `${name}\\:${quoteWord(help)}`).join(' ');
  return [`'1:command:((${names}))'`, "'2:directory:_files -/'"];
}

/** Brackets and colons have a meaning in a specification. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Within a list of words that is itself in single quotes. */
function quoteWord(text: string): string {
  return `"${text.replaceAll("'", "'\\''")}"`;
}
