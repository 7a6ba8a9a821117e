import { parseHostlist } from '../../model/hostlist.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { Environment } from '../../tables/precedence.ts';
import { type Failed, failed } from '../../tables/row.ts';

/** The text of a file of the user's, or why there is none, in the system's words. */
export type ReadText = (path: string) => Promise<{ readonly text: string } | { readonly fault: string }>;

/**
 * SLURM_HOSTFILE stands for a list of nodes where nothing else says one: a file that names the node of each
 * task.
 */
export function withHostfile(values: SubmitValues, environment: Environment): SubmitValues {
  const path = environment['SLURM_HOSTFILE'];
  if (!path || (values.nodelist ?? values.nodefile) !== undefined) return values;
  return { ...values, nodelist: [path.includes('/') ? path : `./${path}`], distribution: 'arbitrary' };
}

/** Where the nodes of tasks are listed one by one, the list says how many tasks and nodes there are, too. */
export function withHosts(values: SubmitValues): SubmitValues {
  const { nodelist = [], distribution = '' } = values;
  if (nodelist.length === 0 || !/^arbitrary/i.test(distribution)) return values;
  const nodes = [...new Set(nodelist)];
  const count = { min: nodes.length, max: nodes.length };
  const counts = { ntasks: values.ntasks ?? nodelist.length, nodes: values.nodes ?? count };
  return { ...values, ...counts, nodelist: nodes, hosts: nodelist };
}

/**
 * The values with the nodes that a file names: that of --nodefile, or one that stands in place of a list
 * in --nodelist, which a slash tells. Names stand between blanks, commas and lines; `#` begins a comment.
 */
export async function withNodefile(
  values: SubmitValues,
  program: string,
  readText: ReadText,
): Promise<{ readonly values: SubmitValues } | Failed> {
  const { nodefile, ...rest } = values;
  const [named = ''] = values.nodelist ?? [];
  const path = nodefile ?? (values.nodelist?.length === 1 && named.includes('/') ? named : undefined);
  if (path === undefined) return { values };
  const wrong = (what: string): Failed => {
    const option = nodefile === undefined ? '--nodelist' : '--nodefile';
    return failed(255, `${program}: error: ${what}`, `${program}: error: Invalid ${option} node file`);
  };
  const read = await readText(path);
  if ('fault' in read) {
    return wrong(`slurm_allocate_resources error opening file ${path}, ${read.fault}`);
  }
  const words = read.text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/[\s]+/))
    .filter((word) => word !== '');
  const nodelist = parseHostlist(words.join(','));
  if (words.length === 0) return wrong('Hostlist is empty!');
  if (nodelist === undefined) return wrong(`${path}: it names no nodes`);
  return { values: { ...rest, nodelist } };
}
