import type { CompletedOption, Completion } from './model.ts';

/**
 * A file for fish, to be sourced or put into one of its completions folders under the name of each
 * command.
 */
export function fishCompletion(completions: readonly Completion[]): string {
  return `# Completion of the options of mgpu's commands, for fish. Generated from the option tables.

${completions.map(commandLines).join('\n')}`;
}

function commandLines({ command, options, operand, subcommands }: Completion): string {
  const lines = operand === 'file' ? [] : [`complete -c ${command} -f`];
  if (operand === 'command') lines.push(`complete -c ${command} -a '(__fish_complete_subcommand)'`);
  for (const { name, help, operand: inner, options: own } of subcommands) {
    lines.push(`complete -c ${command} -n __fish_use_subcommand -a ${name} -d ${quote(help)}`);
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    if (inner === 'dir') {
      lines.push(`complete -c ${command} ${seen} -a '(__fish_complete_directories)'`);
    }
    lines.push(...own.map((option) => optionLine(`${command} ${seen}`, option)));
  }
  return [...lines, ...options.map((option) => optionLine(command, option)), ''].join('\n');
}

function optionLine(command: string, { long, letter, arg, values, help }: CompletedOption): string {
  const letterForm = letter === undefined ? '' : ` -s ${letter}`;
  const value = arg === 'required' ? valueForm(values) : '';
  return `complete -c ${command}${letterForm} -l ${long}${value} -d ${quote(help)}`;
}

function valueForm(values: CompletedOption['values']): string {
  if (values === 'any') return ' -x';
  if (values === 'file') return ' -r -F';
  return values === 'dir' ? " -x -a '(__fish_complete_directories)'" : ` -x -a '${values.join(' ')}'`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
