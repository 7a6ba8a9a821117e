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
