/*
 * The cluster of the captures, as ours is set up like it. What a daemon or cluster.yaml can be told of it is
 * said here and nowhere else.
 */

interface CapturedNode {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** As mgpud --gpus has it; none is the empty word. */
  readonly gpus: string;
}

export const capturedNodes: readonly CapturedNode[] = [
  { name: 'gpu01', cpus: 8, memoryMb: 32_000, gpus: 'a100:4' },
  { name: 'gpu02', cpus: 8, memoryMb: 32_000, gpus: 'a100:4' },
  { name: 'gpu03', cpus: 4, memoryMb: 16_000, gpus: 'v100:2' },
  { name: 'cpu01', cpus: 8, memoryMb: 16_000, gpus: '' },
];

/** What mgpud is told of a node. */
export function daemonWords(node: CapturedNode): readonly string[] {
  const words = ['--node-name', node.name, '--cpus', String(node.cpus), '--memory', `${node.memoryMb}M`];
  return [...words, '--gpus', node.gpus === '' ? '0' : node.gpus];
}

/**
 * What cluster.yaml says. The captured cluster has partitions (`gpu` by default, `cpu`, `debug`, `closed`,
 * `off`), sockets, features and DefMemPerCPU besides.
 */
export const capturedSettings: object = {};

export const capturedClusterName = 'lab';

/** Who ran the facts, where, and on which host. */
export const captured = { user: 'alice', uid: 2001, home: '/home/alice', host: 'vm' };

/** Others of the captured machine, by name; root is there by itself. */
export const otherUsers: Readonly<Record<string, number>> = { bob: 2002 };

/** The shell helpers that the facts read in: `. /srv/ref/bin/wr.sh`. */
export const helpersPath = '/srv/ref/bin/wr.sh';
export const helpers = `
wr() {
  for i in $(seq 300); do
    [ "$(squeue -h -t R -j "$1" -o %T 2>/dev/null | head -1)" = RUNNING ] && break
    sleep 0.1
  done
  sleep 0.7
}
wd() {
  for i in $(seq 300); do
    [ -z "$(squeue -h -j "$1" 2>/dev/null)" ] && break
    sleep 0.1
  done
  sleep 0.3
}
`;

/** The shared queue of the tables: `(same queue as tab.squeue)`. The captures tell its last jobs in words. */
export const queueFirstId = 335;
export const queueSetup: readonly string[] = [
  'sbatch -o /dev/null -p cpu -n2 -t 10 -J running --wrap "sleep 300"',
  'sbatch -o /dev/null -N2 -n4 --gres=gpu:4 -t 1:00:00 -J gputrain --wrap "srun sleep 300"',
  'sbatch -o /dev/null -H -J held -p cpu --wrap true',
  'sbatch -o /dev/null -p cpu -a 1-20%2 -J arr -c 2 --wrap "sleep 200"',
  'sbatch -o /dev/null --gres=gpu:a100:4 -t 30 -J waiting -w gpu01 --wrap true',
  'sbatch -o /dev/null -d afterok:335 -J dep -p cpu --wrap true',
  'sbatch -o /dev/null --begin=2030-01-01 -J later --wrap true',
  'sbatch -o /dev/null -t 30-0 -J overlimit --wrap true',
  'sbatch -o /dev/null -p off -J downpart --wrap true',
  'sbatch -o /dev/null -p cpu -J a_very_long_job_name_here_1234567890 -c8 --wrap true',
  'sbatch -o /dev/null -d singleton -J held -p cpu --wrap true',
  'sbatch -o /dev/null -J okjob --wrap true',
  'sbatch -o /dev/null -J badjob --wrap "exit 3"',
  "sbatch -o /dev/null -J sigjob --wrap 'kill -9 $$'",
  'J=$(sbatch --parsable -o /dev/null -H -J cancelled --wrap true); scancel $J',
];
