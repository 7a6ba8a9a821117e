import { parseHostlist } from '../../model/hostlist.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Failed, failed } from '../../tables/row.ts';

type Variables = Readonly<Record<string, string>>;

/**
 * The values with the host file that SLURM_HOSTFILE names, where no nodes are named: it says where each task
 * goes, whatever --distribution says (srun(1)). A step of a job that was laid out so finds its list in
 * SLURM_ARBITRARY_NODELIST.
 */
export function withHostfile(values: SubmitValues, program: string, environment: Variables): SubmitValues {
  if (values.nodelist !== undefined || values.nodefile !== undefined) return values;
  const { SLURM_HOSTFILE: file, SLURM_ARBITRARY_NODELIST: list } = environment;
  if (file !== undefined && file !== '') {
    return { ...values, nodelist: [file.includes('/') ? file : `./${file}`], distribution: 'arbitrary' };
  }
  const names = program === 'srun' && isArbitrary(values) ? parseHostlist(list ?? '') : undefined;
  return names === undefined || names.length === 0 ? values : { ...values, nodelist: names };
}

export function isArbitrary({ distribution }: SubmitValues): boolean {
  return distribution !== undefined && /^arbitrary/i.test(distribution);
}

/** Slurm's words for a host file that cannot be read or names nobody. */
export function hostfileFailed({ failed: { lines } }: Failed, program: string): Failed {
  return failed(1, ...lines.slice(0, 1), `${program}: error: Failure getting NodeNames from hostfile`);
}

/**
 * What follows from a list of nodes with --distribution=arbitrary: a task for each name in it, in its order,
 * and as many nodes as there are different ones. Of more names than tasks the first count.
 */
export function withTaskNodes(
  values: SubmitValues,
  program: string,
  isFile: boolean,
): { readonly values: SubmitValues } | Failed {
  const { nodelist, nodes, ntasks, jobId } = values;
  if (nodelist === undefined) return { values };
  if (!isArbitrary(values)) return { values: { ...values, nodelist: [...new Set(nodelist)] } };
  const wanted = ntasks ?? (isFile ? nodes?.max : undefined) ?? nodelist.length;
  if (nodelist.length < wanted) {
    const [asked, has] = [wanted, nodelist.length];
    const advice = `Check your nodelist, or set the -n option to be ${has}`;
    const what = isFile
      ? ['Too few NodeNames in Slurm Hostfile', 'Failure getting NodeNames from hostfile']
      : [`Asked for ${asked} tasks have ${has} in the nodelist.  ${advice}`];
    return failed(1, ...what.map((line) => `${program}: error: ${line}`));
  }
  const taskNodes = nodelist.slice(0, wanted);
  const names = [...new Set(taskNodes)];
  const most = nodes ?? { min: names.length, max: names.length };
  // Within a job that is the number of its nodes, which nobody need have said.
  if (names.length < most.min && jobId === undefined) {
    const what = `--nodes ${most.min} and ${names.length} nodes to lay tasks out on do not agree`;
    return failed(1, `${program}: error: ${what}: leave --nodes out`);
  }
  const count = names.length > most.max ? most : { min: names.length, max: names.length };
  return { values: { ...values, taskNodes, nodelist: names, ntasks: wanted, nodes: count } };
}
