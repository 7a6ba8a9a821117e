/*
 * The cluster of the captures, as ours is set up like it. What a daemon or cluster.yaml can be told of it is
 * said here and nowhere else.
 */

const address = { ip: '127.0.0.1' };
const a100Node = {
  ...address,
  ...{ sockets: 2, cores_per_socket: 4, threads_per_core: 1, memory: 32_000, gres: 'gpu:a100:4' },
};

/** What cluster.yaml says. */
export const capturedSettings = {
  nodes: [
    { node_id: 'gpu01', port: 27_101, ...a100Node, features: 'a100,nvlink' },
    { node_id: 'gpu02', port: 27_102, ...a100Node, features: 'a100' },
    {
      ...{ node_id: 'gpu03', port: 27_103 },
      ...address,
      ...{ sockets: 1, cores_per_socket: 4, threads_per_core: 1, memory: 16_000 },
      ...{ gres: 'gpu:v100:2', features: 'v100' },
    },
    {
      ...{ node_id: 'cpu01', port: 27_104 },
      ...address,
      ...{ sockets: 1, cores_per_socket: 4, threads_per_core: 2, memory: 16_000 },
      ...{ gpus: 0, features: 'cpu' },
    },
  ],
  partitions: [
    { name: 'gpu', nodes: 'gpu[01-03]', default: true, max_time: '7-00:00:00', default_time: '01:00:00' },
    { name: 'cpu', nodes: 'cpu01', max_time: 'UNLIMITED' },
    { name: 'debug', nodes: 'gpu03,cpu01', max_time: '00:10:00', max_nodes: 1, priority_tier: 10 },
    { name: 'closed', nodes: 'gpu03', allow_groups: 'root' },
    { name: 'off', nodes: 'cpu01', state: 'down' },
  ],
  jobs: {
    ...{ def_mem_per_cpu: 1000, kill_wait: 30, max_array_size: 1001 },
    // The captured queue was looked at before backfill came round to it; ours is for longer.
    bf_interval: 600,
  },
  accounts: [{ name: 'proj', users: ['alice', 'bob'] }],
  admins: ['root'],
};

/** What mgpud is told of a node. */
export function daemonWords(node: string): readonly string[] {
  return ['--node-name', node];
}

export const capturedNodes: readonly string[] = capturedSettings.nodes.map(({ node_id }) => node_id);

export const capturedClusterName = 'lab';

/** Who ran the facts, where, and on which host. */
export const captured = { user: 'alice', uid: 2001, home: '/home/alice', host: 'vm' };

/** Others of the captured machine, by name; root is there by itself. */
export const otherUsers: Readonly<Record<string, number>> = { bob: 2002 };

/** The shell helpers that the facts read in: `. /srv/ref/bin/wr.sh`. */
export const helpersPath = '/srv/ref/bin/wr.sh';
export const helpers = `
wr() {
  local end=$((SECONDS + 20))
  while [ $SECONDS -lt $end ]; do
    [ "$(squeue -h -t R -j "$1" -o %T 2>/dev/null | head -1)" = RUNNING ] && break
    sleep 0.1
  done
  sleep 0.7
}
wd() {
  local end=$((SECONDS + 45))
  while [ $SECONDS -lt $end ]; do
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
