import type { RefusedRow } from '../../row.ts';
import { without } from '../common.ts';
import { everywhere, ofJobs, stepOnly } from '../variables.ts';
import { flag, take } from './forms.ts';

const bursts = without('burst buffers');
const clocks = 'not supported: the clock rates of devices are left alone';

/** Options of sbatch, srun and salloc that nothing here could serve. */
export const refusedJobRows = [
  {
    ...take('acctg-freq', 'interval', 'how often the use of resources is sampled'),
    env: { ...ofJobs('ACCTG_FREQ'), ...stepOnly('ACCTG_FREQ') },
  },
  {
    ...take('bb', 'spec', 'a burst buffer'),
    refused: bursts,
    env: { salloc: ['SALLOC_BURST_BUFFER'], srun: ['SLURM_BURST_BUFFER'] },
  },
  { ...take('bbf', 'file', 'a file that describes a burst buffer'), refused: bursts },
  {
    ...take('cluster-constraint', 'list', 'features that a cluster has to have'),
    refused: without('other clusters'),
  },
  {
    ...take('container', 'dir', 'an OCI bundle to run in'),
    env: { ...ofJobs('CONTAINER'), srun: ['SRUN_CONTAINER'] },
  },
  take('context', 'context', 'an SELinux context to run in'),
  {
    ...take('cpu-freq', 'range', 'the clock rate of the CPUs'),
    refused: clocks,
    env: { sbatch: ['SBATCH_CPU_FREQ_REQ'], salloc: ['SALLOC_CPU_FREQ_REQ'] },
  },
  {
    ...take('delay-boot', 'minutes', 'how long to wait before nodes are booted anew'),
    refused: 'not supported: nothing here may boot a node',
    env: everywhere('DELAY_BOOT'),
  },
  {
    ...take('gpu-freq', 'range', 'the clock rate of the GPUs'),
    refused: clocks,
    env: ofJobs('GPU_FREQ'),
  },
  { ...take('mcs-label', 'label', 'a security label'), refused: without('security labels') },
  { ...take('mem-bind', 'method', 'which memory a task is bound to'), env: ofJobs('MEM_BIND') },
  {
    ...take('network', 'type', 'options of the switch'),
    refused: without('such switches'),
    env: everywhere('NETWORK'),
  },
  { ...take('power', 'flags', 'power management'), env: { ...ofJobs('POWER'), ...stepOnly('POWER') } },
  take('prefer', 'features', 'features that a node should have'),
  { ...take('profile', 'kinds', 'what to sample in detail'), env: ofJobs('PROFILE') },
  { ...flag('reboot', 'boot the nodes first'), refused: 'not supported: nothing here may boot a node' },
] satisfies readonly RefusedRow[];
