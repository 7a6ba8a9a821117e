import type { CompletedOption, Completion, Subcommand, WordsAfter } from './model.ts';

/** A function for zsh, to be put into a folder of fpath as `_mgpu`. */
export function zshCompletion(completions: readonly Completion[]): string {
  const commands = completions.map(({ command }) => command).join(' ');
  return `#compdef ${commands}
# Completion of the options of mgpu's commands, for zsh. Generated from the option tables.

# What the cluster has of a kind, with what it is.
_mgpu_live() {
  local kind=$1
  local -a lines
  shift
  lines=("\${(@f)$(\${_mgpu_complete:-mgpu_complete} $kind 2>/dev/null)}")
  lines=("\${(@)lines//:/\\\\:}")
  lines=("\${(@)lines/$'\\t'/:}")
  _describe -t $kind $kind lines "$@"
}

_mgpu_list() {
  local -a lines
  lines=(\${=1})
  shift
  compadd "$@" -a lines
}

local state line
case $service in
${completions.map(commandCase).join('\n')}
esac
`;
}

function commandCase({ command, options, operand, subcommands, words }: Completion): string {
  // -S: no options after --; -A: none after the first operand.
  const flags = operand !== 'file' && operand !== 'command' ? '-s -S' : "-s -S -A '-*'";
  const all = [...options, ...subcommands.flatMap((one) => one.options)];
  const specs = [
    ...all.map(optionSpec),
    ...operandSpecs(operand, subcommands),
    ...(words === undefined ? [] : ["'*::word:->words'"]),
  ];
  const behind =
    (words === undefined ? '' : wordCases(words)) +
    (subcommands.length === 0 ? '' : subcommandCases(subcommands));
  return `  ${command})
    _arguments ${flags} \\
${specs.map((spec) => `      ${spec}`).join(' \\\n')}
${behind}    ;;`;
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
  const what = actionOf(values);
  return `${colon}${escaped(metavar)}:${what}`;
}

function actionOf(values: CompletedOption['values']): string {
  const action = { any: ' ', file: '_files', dir: '_files -/' };
  if (typeof values === 'string') return action[values];
  if ('live' in values) return `_sequence _mgpu_live ${values.live}`;
  return 'list' in values ? `_sequence _mgpu_list "${values.list.join(' ')}"` : `(${values.join(' ')})`;
}

/** The operands where each depends on those before it. */
function wordCases(words: readonly WordsAfter[]): string {
  const cases = words.map(({ after, values }) => {
    const isFixed = typeof values !== 'string' && !('live' in values) && !('list' in values);
    return `      '${after}') ${isFixed ? `compadd ${values.join(' ')}` : actionOf(values)} ;;\n`;
  });
  return `    [[ $state == words ]] && case "\${(j: :)\${(@)words[1,CURRENT-1]:#-*}}" in
${cases.join('')}    esac
`;
}

/** The operand of a subcommand, by its name. */
function subcommandCases(subcommands: readonly Subcommand[]): string {
  const cases = subcommands.map(({ name, operand }) => {
    if (operand === 'none') return '';
    const isFixed = typeof operand !== 'string' && !('live' in operand);
    return `      ${name}) ${isFixed ? `compadd ${operand.join(' ')}` : actionOf(operand)} ;;\n`;
  });
  return `    [[ $state == operand ]] && case $line[1] in
${cases.join('')}    esac
`;
}

function operandSpecs(operand: Completion['operand'], subcommands: readonly Subcommand[]): readonly string[] {
  if (operand === 'file') return ["'1:script:_files'", "'*::argument:_files'"];
  if (operand === 'command') return ["'1:command:_command_names -e'", "'*::argument:_files'"];
  if (typeof operand !== 'string') return [`'*:${operand.live}:${actionOf(operand)}'`];
  if (subcommands.length === 0) return [];
  const names = subcommands.map(({ name, help }) => `${name}\\:${quoteWord(help)}`).join(' ');
  return [`'1:command:((${names}))'`, "'2:operand:->operand'"];
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
