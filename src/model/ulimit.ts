import type { RlimitName } from './rlimits.ts';

/** What ulimit calls them, and of how many bytes its unit is, where it has one. */
const units: Readonly<Record<RlimitName, { readonly letter: string; readonly unit: number }>> = {
  AS: { letter: 'v', unit: 1024 },
  CORE: { letter: 'c', unit: 512 },
  CPU: { letter: 't', unit: 1 },
  DATA: { letter: 'd', unit: 1024 },
  FSIZE: { letter: 'f', unit: 512 },
  MEMLOCK: { letter: 'l', unit: 1024 },
  NOFILE: { letter: 'n', unit: 1 },
  NPROC: { letter: 'u', unit: 1 },
  RSS: { letter: 'm', unit: 1024 },
  STACK: { letter: 's', unit: 1024 },
};

/**
 * Lines of a POSIX shell that set the soft limits which the words in $m_limits say; one that was asked for by
 * name and cannot be set is told in the name of $m_stepd.
 */
export const setLimits = `for m_limit in $m_limits; do
  m_letter=\${m_limit%%:*} m_value=\${m_limit#*:} m_name=
  case $m_value in *:*) m_name=\${m_value#*:} m_value=\${m_value%%:*} ;; esac
  ulimit -S "-$m_letter" "$m_value" 2> /dev/null && continue
  # What some shells call -u is -p in others.
  [ "$m_letter" = u ] && ulimit -S -p "$m_value" 2> /dev/null && continue
  [ -z "$m_name" ] || echo "$m_stepd: error: Can't propagate RLIMIT_$m_name of $m_value from submit host" >&2
done`;

/**
 * The submitter's limits as ulimit takes them, from the variables that the submission left: words of
 * ulimit's letter, the value in its unit and, where the user asked for that limit by name, the name, so that
 * it is said when it cannot be. Undefined where there are none.
 */
export function ulimitWords(submitted: Readonly<Record<string, string>>): string | undefined {
  const words = Object.entries(units).flatMap(([name, { letter, unit }]) => {
    const [, asked, value = ''] =
      /^(U?)(\d{1,20}|unlimited)$/.exec(submitted[`SLURM_RLIMIT_${name}`] ?? '') ?? [];
    if (value === '') return [];
    const inUnits = value === 'unlimited' ? value : String(BigInt(value) / BigInt(unit));
    return [[letter, inUnits, ...(asked === '' ? [] : [name])].join(':')];
  });
  return words.length === 0 ? undefined : words.join(' ');
}
