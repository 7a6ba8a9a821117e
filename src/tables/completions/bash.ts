import type { CompletedOption, CompletedValues, Completion, WordsAfter } from './model.ts';

/** A file for bash: source it, or put it where bash-completion looks. It also runs under bash 3.2. */
export function bashCompletion(completions: readonly Completion[]): string {
  return `# Completion of the options of mgpu's commands, for bash. Generated from the option tables.

# Fills COMPREPLY with those of the given words that begin with what is written.
_mgpu_offer() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$_mgpu_word"))
}

# Fills COMPREPLY with those of the given words that begin with the last part of what is written, behind the
# parts before it: a,b,c.
_mgpu_list() {
  local IFS=$' \\t\\n' head=
  [[ $_mgpu_word == *,* ]] && head=\${_mgpu_word%,*},
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "\${_mgpu_word##*,}"))
}

# The same of what the cluster has of a kind; where bash lists them, with what they are.
_mgpu_live() {
  local value text words= texts=()
  while IFS=$'\\t' read -r value text; do
    words+=" $value"
    [[ $value == "\${_mgpu_word##*,}"* ]] && texts+=("$value  ($text)")
  done < <("\${_mgpu_complete:-mgpu_complete}" "$1" 2>/dev/null)
  _mgpu_list "$words"
  ((\${COMP_TYPE:-9} == 63 && \${#texts[@]} > 1)) && COMPREPLY=("\${texts[@]}")
  return 0
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
  const { command, options, operand, subcommands, words } = completion;
  const name = `_${command.replaceAll('-', '_')}_complete`;
  return `${name}() {
  local word _mgpu_word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes a word of its own of the sign in --name=value.
  if [[ $_mgpu_word == = ]]; then
    _mgpu_word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
${operand === 'file' || operand === 'command' ? operandGuard(options) : ''}  case $before in
${valueCases([...options, ...subcommands.flatMap((one) => one.options)])}  esac
  case $_mgpu_word in
    -*) _mgpu_offer '${options.flatMap(namesOf).join(' ')}' ;;
    *)${words === undefined ? ` ${operandAction(completion)} ;;` : wordCases(words)}
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
  return `  local at=1
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
  const action = actionOf(values);
  return action === ':' ? '' : `${action}; `;
}

function actionOf(values: CompletedValues): string {
  if (values === 'any') return ':';
  if (values === 'file') return '_mgpu_paths -f';
  if (values === 'dir') return '_mgpu_paths -d';
  if ('live' in values) return `_mgpu_live ${values.live}`;
  return 'list' in values ? `_mgpu_list '${values.list.join(' ')}'` : `_mgpu_offer '${values.join(' ')}'`;
}

/** The operands where each depends on those before it. */
function wordCases(words: readonly WordsAfter[]): string {
  const cases = words.map(
    ({ after, values }) => `        ${after === '' ? "''" : `'${after}'`}) ${actionOf(values)} ;;\n`,
  );
  return `
      local operands=
      for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] || operands+="\${operands:+ }$word"
      done
      case $operands in
${cases.join('')}      esac
      ;;`;
}

function operandAction({ operand, subcommands }: Completion): string {
  if (operand === 'file') return '_mgpu_paths -f';
  if (operand === 'command') return '_mgpu_paths -c';
  if (operand !== 'none') return actionOf(operand);
  return subcommands.length === 0 ? ':' : `_mgpu_offer '${subcommands.map(({ name }) => name).join(' ')}'`;
}

/** The operand of a subcommand that takes a folder, and the options that a subcommand adds. */
function subcommandCases(subcommands: Completion['subcommands']): string {
  const withDir = subcommands.filter(({ operand }) => operand === 'dir').map(({ name }) => name);
  const others = subcommands.filter(({ operand }) => operand === 'none').map(({ name }) => name);
  const known = subcommands.flatMap(({ name, operand }) =>
    typeof operand === 'string' ? [] : [`    ${name}) ${actionOf(operand)} ;;\n`],
  );
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
${known.join('')}    ${withDir.join('|')}) _mgpu_paths -d ;;
    ${others.join('|')}) COMPREPLY=() ;;
  esac
`;
}

function namesOf({ long, letter }: CompletedOption): readonly string[] {
  return letter === undefined ? [`--${long}`] : [`-${letter}`, `--${long}`];
}
