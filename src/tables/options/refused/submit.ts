import { parseSignalName } from '../../../model/signals.ts';
import { failed, ok, type RefusedRow } from '../../row.ts';
import { without } from '../common.ts';
import { choice, count, invalid, memoryMb, type Parser, parsedBy, timeLimit } from '../parsers.ts';
import { batchOnly, both, flag, mayTake, shaped, stepOnly, take } from './forms.ts';

/**
 * A moment begins with a digit or one of these words; what follows is looked at once the option is served.
 */
const moment: Parser<string> = (text, place) => {
  if (/^(\d|now|today|tomorrow|midnight|noon|fika|teatime)/i.test(text)) return ok(text);
  const { lines, exitCode } = invalid(place).failed;
  return failed(exitCode, ...(text === '' ? [] : [`Invalid time specification (pos=0): ${text}`]), ...lines);
};

/** [R][B]:signal[@seconds] */
const timedSignal = parsedBy((text) => {
  const [, name, seconds = '0'] = /^(?:[RB]{1,2}:)?([A-Za-z0-9+-]+)(?:@(\d{1,5}))?$/.exec(text) ?? [];
  if (name === undefined || Number(seconds) > 65_535) return undefined;
  return parseSignalName(name);
});

const asSubmitter = 'not supported: a job runs as its submitter';
const bursts = without('burst buffers');

/** Options of both sbatch and srun that only the cluster's scheduler or its accounting could serve. */
export const refusedJobRows = [
  {
    ...take('acctg-freq', 'interval', 'how often the use of resources is sampled'),
    env: both('ACCTG_FREQ'),
  },
  { ...take('bb', 'spec', 'a burst buffer'), refused: bursts, env: both('BURST_BUFFER') },
  { ...take('bbf', 'file', 'a file that describes a burst buffer'), refused: bursts },
  { ...take('begin', 'time', 'do not start before this time'), short: 'b', parse: moment },
  {
    ...take('cluster-constraint', 'list', 'features that a cluster has to have'),
    refused: without('other clusters'),
    env: both('CLUSTER_CONSTRAINT'),
  },
  {
    ...take('clusters', 'names', 'clusters to submit to'),
    short: 'M',
    aliases: ['cluster'],
    refused: without('other clusters'),
    env: { sbatch: ['SBATCH_CLUSTERS', 'SLURM_CLUSTERS'], srun: ['SLURM_CLUSTERS'] },
  },
  {
    ...take('constraint', 'features', 'features that a node has to have'),
    short: 'C',
    env: both('CONSTRAINT'),
  },
  { ...take('container', 'dir', 'an OCI bundle to run in'), env: batchOnly('CONTAINER') },
  take('context', 'context', 'an SELinux context to run in'),
  { ...take('deadline', 'time', 'drop the job if it cannot end by this time'), parse: moment },
  {
    ...take('delay-boot', 'minutes', 'how long to wait before nodes are booted anew'),
    parse: timeLimit,
    env: both('DELAY_BOOT'),
  },
  {
    ...take('dependency', 'list', 'jobs that have to begin or end first'),
    short: 'd',
    env: stepOnly('DEPENDENCY'),
  },
  { ...take('gid', 'group', 'a group to run the job as'), refused: asSubmitter },
  { ...take('licenses', 'names', 'licences to hold'), short: 'L', refused: without('licences') },
  take('mail-type', 'events', 'when to send mail'),
  take('mail-user', 'address', 'who gets the mail'),
  { ...take('mcs-label', 'label', 'a security label'), refused: without('security labels') },
  { ...take('network', 'type', 'network options'), env: batchOnly('NETWORK') },
  mayTake('nice', 'adjustment', 'lower the priority by this much'),
  {
    ...mayTake('no-kill', 'off', 'keep the job when one of its nodes fails'),
    short: 'k',
    parse: choice('off', 'no'),
    env: both('NO_KILL'),
  },
  { ...take('power', 'flags', 'power management'), env: both('POWER') },
  take('prefer', 'features', 'features that a node should have'),
  take('priority', 'value', 'the priority itself'),
  { ...take('profile', 'kinds', 'what to sample in detail'), env: batchOnly('PROFILE') },
  mayTake('propagate', 'limits', 'resource limits that the job takes over'),
  {
    ...take('qos', 'name', 'quality of service'),
    short: 'q',
    refused: without('quality-of-service levels'),
    env: both('QOS'),
  },
  flag('reboot', 'boot the nodes first'),
  { ...take('reservation', 'names', 'a reservation to run in'), env: both('RESERVATION') },
  {
    ...take('signal', '[B:]signal[@seconds]', 'a signal to send before the time limit'),
    parse: timedSignal,
    env: both('SIGNAL'),
  },
  {
    ...take('switches', 'count[@time]', 'how many switches may lie between the nodes'),
    refused: without('switches to choose between'),
    env: both('REQ_SWITCH'),
  },
  flag('test-only', 'say when the job would start and submit nothing'),
  { ...take('time-min', 'time', 'a shorter time limit that would do'), parse: timeLimit },
  { ...take('uid', 'user', 'a user to run the job as'), refused: asSubmitter },
  { ...take('wckey', 'key', 'a workload key for accounting'), env: both('WCKEY') },
] satisfies readonly RefusedRow[];

/** Options of both sbatch and srun about what a node gives and how tasks are laid out on it. */
export const refusedResourceRows = [
  flag('contiguous', 'nodes that lie side by side'),
  {
    ...take('core-spec', 'count', 'cores that are kept for the system'),
    short: 'S',
    parse: count({ min: 0 }),
    env: both('CORE_SPEC'),
  },
  { ...take('cores-per-socket', 'count', 'how many cores a socket has at least'), parse: count() },
  { ...take('cpu-freq', 'range', 'the clock rate of the CPUs'), env: batchOnly('CPU_FREQ_REQ') },
  { ...take('cpus-per-gpu', 'count', 'CPUs for each GPU'), parse: count(), env: batchOnly('CPUS_PER_GPU') },
  {
    ...take('distribution', 'method', 'how tasks are spread over nodes'),
    short: 'm',
    parse: shaped(/^(\*|(block|cyclic|fcyclic|arbitrary|plane(=\d+)?)(:[a-z*]+){0,2}|(no)?pack)(,.*)?$/i),
    env: batchOnly('DISTRIBUTION'),
  },
  {
    ...mayTake('exclusive', 'user|mcs', 'whole nodes for this job alone'),
    parse: choice('user', 'mcs'),
    env: both('EXCLUSIVE'),
  },
  { ...take('extra-node-info', 'S[:C[:T]]', 'sockets, cores and threads of a node'), short: 'B' },
  { ...take('gpu-bind', 'method', 'which GPU a task is bound to'), env: batchOnly('GPU_BIND') },
  { ...take('gpu-freq', 'range', 'the clock rate of the GPUs'), env: batchOnly('GPU_FREQ') },
  { ...take('gpus-per-socket', '[type:]count', 'GPUs for each socket'), env: batchOnly('GPUS_PER_SOCKET') },
  { ...take('gpus-per-task', '[type:]count', 'GPUs for each task'), env: batchOnly('GPUS_PER_TASK') },
  {
    ...take('gres-flags', 'flags', 'how devices and CPUs belong together'),
    parse: shaped(/^(disable|enforce)-binding$/i),
    env: both('GRES_FLAGS'),
  },
  {
    ...take('hint', 'kind', 'what kind of program it is'),
    env: { sbatch: ['SBATCH_HINT', 'SLURM_HINT'] },
  },
  { ...take('mem-bind', 'method', 'which memory a task is bound to'), env: batchOnly('MEM_BIND') },
  {
    ...take('mem-per-cpu', 'size', 'memory for each CPU'),
    parse: memoryMb,
    env: batchOnly('MEM_PER_CPU'),
  },
  {
    ...take('mem-per-gpu', 'size', 'memory for each GPU'),
    parse: memoryMb,
    env: batchOnly('MEM_PER_GPU'),
  },
  { ...take('mincpus', 'count', 'CPUs that a node has at least'), parse: count() },
  { ...take('nodefile', 'file', 'a file that names the nodes'), short: 'F' },
  { ...take('ntasks-per-core', 'count', 'tasks on each core'), parse: count() },
  { ...take('ntasks-per-gpu', 'count', 'tasks for each GPU'), parse: count() },
  { ...take('ntasks-per-socket', 'count', 'tasks on each socket'), parse: count() },
  { ...take('ntasks-per-tres', 'count', 'tasks for each GPU'), parse: count() },
  { ...flag('overcommit', 'more tasks than CPUs'), short: 'O', env: batchOnly('OVERCOMMIT') },
  { ...flag('oversubscribe', 'share CPUs with other jobs'), short: 's' },
  { ...take('sockets-per-node', 'count', 'how many sockets a node has at least'), parse: count() },
  { ...flag('spread-job', 'use as many nodes as may be'), env: both('SPREAD_JOB') },
  {
    ...take('thread-spec', 'count', 'threads that are kept for the system'),
    parse: count(),
    env: both('THREAD_SPEC'),
  },
  {
    ...take('threads-per-core', 'count', 'how many threads of a core to use'),
    parse: count(),
    env: batchOnly('THREADS_PER_CORE'),
  },
  { ...take('tmp', 'size', 'temporary disk space on each node'), parse: memoryMb },
  { ...flag('use-min-nodes', 'of a range of node counts take the lowest'), env: both('USE_MIN_NODES') },
] satisfies readonly RefusedRow[];
