import type { CompletedOption, Completion } from './model.ts';

/**
 * A file for fish, to be sourced or put into one of its completions folders under the name of each
 * command.
 */
export function fishCompletion(completions: readonly Completion[]): string {
  return `# Completion of the options of mgpu's commands, for fish. Generated from the option tables.

# What stands before the last part of a list with commas.
function __mgpu_head
    string match -r '^.*,' -- (string replace -r '^--[^=]*=' '' -- (commandline -ct))
end

function __mgpu_list
    set -l head (__mgpu_head)
    printf "$head%s\\n" $argv
end

# What the cluster has of a kind, with what it is.
function __mgpu_live
    set -l program mgpu_complete
    set -q __mgpu_complete; and set program $__mgpu_complete
    set -l head (__mgpu_head)
    command $program $argv[1] 2>/dev/null | string replace -r '^' -- "$head"
end

# True behind exactly these operands.
function __mgpu_after
    set -l operands
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or set -a operands $word
    end
    test "$operands" = "$argv[1]"
end

${completions.map(commandLines).join('\n')}`;
}

function commandLines({ command, options, operand, subcommands, words = [] }: Completion): string {
  const lines = operand === 'file' ? [] : [`complete -c ${command} -f`];
  if (typeof operand !== 'string') lines.push(`complete -c ${command} -a '${argumentsOf(operand)}'`);
  for (const { after, values } of words) {
    lines.push(`complete -c ${command} -n '__mgpu_after "${after}"' -a '${argumentsOf(values)}'`);
  }
  if (operand === 'command') lines.push(`complete -c ${command} -a '(__fish_complete_subcommand)'`);
  for (const { name, help, operand: inner, options: own } of subcommands) {
    lines.push(`complete -c ${command} -n __fish_use_subcommand -a ${name} -d ${quote(help)}`);
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    if (inner !== 'none') lines.push(`complete -c ${command} ${seen} -a '${argumentsOf(inner)}'`);
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
  return values === 'file' ? ' -r -F' : ` -x -a '${argumentsOf(values)}'`;
}

function argumentsOf(values: CompletedOption['values']): string {
  if (values === 'dir') return '(__fish_complete_directories)';
  if (typeof values === 'string') return '';
  if ('live' in values) return `(__mgpu_live ${values.live})`;
  return 'list' in values ? `(__mgpu_list ${values.list.join(' ')})` : values.join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
