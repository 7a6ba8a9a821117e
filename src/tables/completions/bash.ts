import type { CompletedOption, Completion } from './model.ts';

/** A file for bash: source it, or put it where bash-completion looks. It also runs under bash 3.2. */
export function bashCompletion(completions: readonly Completion[]): string {
  return `# Completion of the options of mgpu's commands, for bash. Generated from the option tables.

# Fills COMPREPLY with those of the given words that begin with what is written.
_mgpu_offer() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$_mgpu_word"))
}

# Fills COMPREPLY with files (-f), folders (-d) or commands (-c).
_mgpu_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$_mgpu_word"))
}

${completions.map(commandFunction).join('\n')}`;
}

function commandFunction(completion: Completion): string {
  const { command, options, operand, subcommands } = completion;
  const name = `_${command.replaceAll('-', '_')}_complete`;
  return `${name}() {
  local _mgpu_word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
${operand === 'none' ? '' : operandGuard(options)}  case $before in
${valueCases([...options, ...subcommands.flatMap((one) => one.options)])}  esac
  case $_mgpu_word in
    -*) _mgpu_offer '${options.flatMap(namesOf).join(' ')}' ;;
    *) ${operandAction(completion)} ;;
  esac
${subcommands.length === 0 ? '' : subcommandCases(subcommands)}}
complete -F ${name} ${command}
`;
}

/**
 * Behind the first operand the words belong to the script or command, and bash's own completion serves
 * them.
 */
function operandGuard(options: readonly CompletedOption[]): string {
  return `  local at=1 word
  while ((at < COMP_CWORD)); do
    word=\${COMP_WORDS[at]}
    case $word in
      --) at=$((at + 1)) && break ;;
      ${patternOf(options)}) at=$((at + 2)) && [[ \${COMP_WORDS[at-1]} == = ]] && at=$((at + 1)) ;;
      -?*) at=$((at + 1)) ;;
      *) break ;;
    esac
  done
  if ((at < COMP_CWORD)); then
    _mgpu_paths -f
    return
  fi
`;
}

/** The options whose argument is the next word. */
function patternOf(options: readonly CompletedOption[]): string {
  return options
    .filter(({ arg }) => arg === 'required')
    .flatMap(namesOf)
    .join('|');
}

function valueCases(options: readonly CompletedOption[]): string {
  const actions = new Map<string, string[]>();
  for (const option of options) {
    if (option.arg !== 'required') continue;
    const action = valueAction(option);
    actions.set(action, [...(actions.get(action) ?? []), ...namesOf(option)]);
  }
  return [...actions].map(([action, names]) => `    ${names.join('|')}) ${action}return ;;\n`).join('');
}

function valueAction({ values }: CompletedOption): string {
  if (values === 'any') return '';
  if (values === 'file') return '_mgpu_paths -f; ';
  return values === 'dir' ? '_mgpu_paths -d; ' : `_mgpu_offer '${values.join(' ')}'; `;
}

function operandAction({ operand, subcommands }: Completion): string {
  if (operand === 'file') return '_mgpu_paths -f';
  if (operand === 'command') return '_mgpu_paths -c';
  return subcommands.length === 0 ? ':' : `_mgpu_offer '${subcommands.map(({ name }) => name).join(' ')}'`;
}

/** The operand of a subcommand that takes a folder, and the options that a subcommand adds. */
function subcommandCases(subcommands: Completion['subcommands']): string {
  const withDir = subcommands.filter(({ operand }) => operand === 'dir').map(({ name }) => name);
  const others = subcommands.filter(({ operand }) => operand === 'none').map(({ name }) => name);
  const added = subcommands
    .filter(({ options }) => options.length > 0)
    .map(({ name, options }) => {
      const names = options.flatMap(namesOf).join(' ');
      return `      *' ${name} '*) COMPREPLY+=($(compgen -W '${names}' -- "$_mgpu_word")) ;;\n`;
    });
  return `  if [[ $_mgpu_word == -* ]]; then
    case " \${COMP_WORDS[*]} " in
${added.join('')}    esac
    return
  fi
  case $before in
    ${withDir.join('|')}) _mgpu_paths -d ;;
    ${others.join('|')}) COMPREPLY=() ;;
  esac
`;
}

function namesOf({ long, letter }: CompletedOption): readonly string[] {
  return letter === undefined ? [`--${long}`] : [`-${letter}`, `--${long}`];
}
