import { mgpuProgram } from '../commands/mgpu/options.ts';
import { mgpuProse } from '../commands/mgpu/prose.ts';
import { mgpudProgram } from '../commands/mgpud/options.ts';
import { mgpudProse } from '../commands/mgpud/prose.ts';
import { sacctTable } from '../commands/sacct/options.ts';
import { sacctProse } from '../commands/sacct/prose.ts';
import { sacctmgrTable } from '../commands/sacctmgr/options.ts';
import { sacctmgrProse } from '../commands/sacctmgr/prose.ts';
import { sallocTable } from '../commands/salloc/options.ts';
import { sallocProse } from '../commands/salloc/prose.ts';
import { sattachTable } from '../commands/sattach/options.ts';
import { sattachProse } from '../commands/sattach/prose.ts';
import { sbatchTable } from '../commands/sbatch/options.ts';
import { sbatchProse } from '../commands/sbatch/prose.ts';
import { sbcastTable } from '../commands/sbcast/options.ts';
import { sbcastProse } from '../commands/sbcast/prose.ts';
import { scancelTable } from '../commands/scancel/options.ts';
import { scancelProse } from '../commands/scancel/prose.ts';
import { scontrolTable } from '../commands/scontrol/options.ts';
import { scontrolProse } from '../commands/scontrol/prose.ts';
import { sdiagTable } from '../commands/sdiag/options.ts';
import { sdiagProse } from '../commands/sdiag/prose.ts';
import { sinfoTable } from '../commands/sinfo/options.ts';
import { sinfoProse } from '../commands/sinfo/prose.ts';
import { sprioTable } from '../commands/sprio/options.ts';
import { sprioProse } from '../commands/sprio/prose.ts';
import { squeueTable } from '../commands/squeue/options.ts';
import { squeueProse } from '../commands/squeue/prose.ts';
import { srunTable } from '../commands/srun/options.ts';
import { srunProse } from '../commands/srun/prose.ts';
import { sshareTable } from '../commands/sshare/options.ts';
import { sshareProse } from '../commands/sshare/prose.ts';
import { sstatTable } from '../commands/sstat/options.ts';
import { sstatProse } from '../commands/sstat/prose.ts';
import { bashCompletion } from '../tables/completions/bash.ts';
import { fishCompletion } from '../tables/completions/fish.ts';
import {
  adminCompletionOf,
  type Completion,
  completionOf,
  type WordsAfter,
} from '../tables/completions/model.ts';
import { zshCompletion } from '../tables/completions/zsh.ts';
import { sacctFields } from '../tables/fields/sacct.ts';
import { sinfoFields } from '../tables/fields/sinfo.ts';
import { squeueFields } from '../tables/fields/squeue.ts';
import { adminManualPage, manualPage } from '../tables/man/page.ts';
import { jobStateNames } from '../tables/options/jobstates.ts';

/** A file that is printed from the tables and kept in the repository. */
export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Manual pages and completions, all of them. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [...manualPages(), ...completionFiles()];
}

function manualPages(): readonly GeneratedFile[] {
  const page = (command: string, text: string): GeneratedFile => ({ path: `man/${command}.1`, text });
  return [
    page('mgpu_sacct', manualPage(sacctTable, { command: 'mgpu_sacct', prose: sacctProse })),
    page('mgpu_salloc', manualPage(sallocTable, { command: 'mgpu_salloc', prose: sallocProse })),
    page('mgpu_sacctmgr', manualPage(sacctmgrTable, { command: 'mgpu_sacctmgr', prose: sacctmgrProse })),
    page('mgpu_sdiag', manualPage(sdiagTable, { command: 'mgpu_sdiag', prose: sdiagProse })),
    page('mgpu_sattach', manualPage(sattachTable, { command: 'mgpu_sattach', prose: sattachProse })),
    page('mgpu_sbcast', manualPage(sbcastTable, { command: 'mgpu_sbcast', prose: sbcastProse })),
    page('mgpu_sstat', manualPage(sstatTable, { command: 'mgpu_sstat', prose: sstatProse })),
    page('mgpu_sprio', manualPage(sprioTable, { command: 'mgpu_sprio', prose: sprioProse })),
    page('mgpu_sshare', manualPage(sshareTable, { command: 'mgpu_sshare', prose: sshareProse })),
    page('mgpu_sbatch', manualPage(sbatchTable, { command: 'mgpu_sbatch', prose: sbatchProse })),
    page('mgpu_scancel', manualPage(scancelTable, { command: 'mgpu_scancel', prose: scancelProse })),
    page('mgpu_scontrol', manualPage(scontrolTable, { command: 'mgpu_scontrol', prose: scontrolProse })),
    page('mgpu_sinfo', manualPage(sinfoTable, { command: 'mgpu_sinfo', prose: sinfoProse })),
    page('mgpu_squeue', manualPage(squeueTable, { command: 'mgpu_squeue', prose: squeueProse })),
    page('mgpu_srun', manualPage(srunTable, { command: 'mgpu_srun', prose: srunProse })),
    page('mgpu', adminManualPage(mgpuProgram, { section: 1, prose: mgpuProse })),
    { path: 'man/mgpud.8', text: adminManualPage(mgpudProgram, { section: 8, prose: mgpudProse }) },
  ];
}

function completionFiles(): readonly GeneratedFile[] {
  const all = completions();
  return [
    { path: 'completions/_mgpu', text: zshCompletion(all) },
    { path: 'completions/mgpu.bash', text: bashCompletion(all) },
    { path: 'completions/mgpu.fish', text: fishCompletion(all) },
  ];
}

/** The states by which sinfo is asked most. */
const sinfoStates = ['alloc', 'comp', 'down', 'drain', 'drained', 'draining', 'idle', 'maint', 'mix', 'resv'];

const jobVerbs = ['hold', 'release', 'requeue', 'requeuehold', 'resume', 'suspend', 'top', 'uhold'];
const scontrolKeywords = [...jobVerbs, 'ping', 'reconfigure', 'show', 'update', 'version', 'write'];

/** What stands behind scontrol's words. */
const scontrolWords: readonly WordsAfter[] = [
  { after: '', values: scontrolKeywords },
  { after: 'show', values: ['config', 'hostlist', 'hostnames', 'job', 'node', 'partition', 'reservation'] },
  { after: 'show job', values: { live: 'anyjobs' } },
  { after: 'show node', values: { live: 'nodes' } },
  { after: 'show partition', values: { live: 'partitions' } },
  { after: 'show reservation', values: { live: 'reservations' } },
  ...jobVerbs.map((after): WordsAfter => ({ after, values: { live: 'jobs' } })),
  { after: 'write', values: ['batch_script'] },
  { after: 'write batch_script', values: { live: 'jobs' } },
];

/** What the shells are told, command by command. */
export function completions(): readonly Completion[] {
  return [
    adminCompletionOf(mgpuProgram),
    completionOf(sallocTable, { command: 'mgpu_salloc', operand: 'command' }),
    completionOf(sacctTable, {
      command: 'mgpu_sacct',
      operand: 'none',
      lists: { format: sacctFields.map(({ name }) => name), state: jobStateNames },
    }),
    completionOf(sacctmgrTable, { command: 'mgpu_sacctmgr', operand: 'none' }),
    completionOf(sdiagTable, { command: 'mgpu_sdiag', operand: 'none' }),
    completionOf(sattachTable, { command: 'mgpu_sattach', operand: 'none' }),
    completionOf(sbcastTable, { command: 'mgpu_sbcast', operand: 'file' }),
    completionOf(sstatTable, { command: 'mgpu_sstat', operand: 'none' }),
    completionOf(sprioTable, { command: 'mgpu_sprio', operand: 'none' }),
    completionOf(sshareTable, { command: 'mgpu_sshare', operand: 'none' }),
    completionOf(sbatchTable, { command: 'mgpu_sbatch', operand: 'file' }),
    completionOf(scancelTable, {
      command: 'mgpu_scancel',
      operand: { live: 'jobs' },
      lists: { state: ['PENDING', 'RUNNING', 'SUSPENDED'] },
    }),
    completionOf(scontrolTable, {
      command: 'mgpu_scontrol',
      operand: 'none',
      words: scontrolWords,
    }),
    completionOf(sinfoTable, {
      command: 'mgpu_sinfo',
      operand: 'none',
      lists: { Format: sinfoFields.map(({ name }) => name), states: sinfoStates },
    }),
    completionOf(squeueTable, {
      command: 'mgpu_squeue',
      operand: 'none',
      lists: { Format: squeueFields.map(({ name }) => name), states: jobStateNames },
    }),
    completionOf(srunTable, { command: 'mgpu_srun', operand: 'command' }),
    adminCompletionOf(mgpudProgram),
  ];
}
