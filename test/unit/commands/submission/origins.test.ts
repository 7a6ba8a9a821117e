import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSubmission } from '../../../../src/commands/submission/origins.ts';

test('an option puts the variables of its rivals out of effect (observed)', () => {
  const cases = [
    [{ memPerCpuMb: 20 }, { memMb: 10 }, { memPerCpuMb: 20 }],
    [{}, { memMb: 10 }, { memMb: 10 }],
    [{ ntasksPerCore: 1 }, { hint: 'compute_bound', account: 'a' }, { ntasksPerCore: 1, account: 'a' }],
    [{ cpusPerGpu: 2 }, { cpusPerTask: 4 }, { cpusPerGpu: 2 }],
  ] as const;
  for (const [commandLine, environment, values] of cases) {
    assert.deepEqual(resolveSubmission({ commandLine, environment }, 'sbatch'), { values });
  }
  const directives = { memPerCpuMb: 5 };
  const read = resolveSubmission({ commandLine: {}, environment: { memMb: 10 }, directives }, 'sbatch');
  assert.deepEqual(read, { values: directives });
});

test('two of them that are both said are refused (captured: err.sbatch.mem.both, and observed)', () => {
  const complaint = (...origins: Parameters<typeof resolveSubmission>) => {
    const read = resolveSubmission(...origins);
    return 'failed' in read ? read.failed : undefined;
  };
  const memory = '--mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.';
  const both = { exitCode: 1, lines: [`sbatch: fatal: ${memory}`] };
  assert.deepEqual(complaint({ commandLine: { memMb: 1, memPerCpuMb: 1 }, environment: {} }, 'sbatch'), both);
  const script = { commandLine: { memMb: 1 }, environment: {}, directives: { memPerCpuMb: 1 } };
  assert.deepEqual(complaint(script, 'sbatch'), both);
  const names = 'SLURM_MEM_PER_CPU, SLURM_MEM_PER_GPU, and SLURM_MEM_PER_NODE';
  assert.deepEqual(complaint({ commandLine: {}, environment: { memMb: 1, memPerGpuMb: 1 } }, 'sbatch'), {
    exitCode: 1,
    lines: [`sbatch: fatal: ${names} are mutually exclusive.`],
  });
  const specs = { coreSpec: 1, threadSpec: 1 };
  assert.deepEqual(complaint({ commandLine: specs, environment: {} }, 'sbatch')?.lines, [
    'sbatch: fatal: -S/--core-spec and --thred-spec options are mutually exclusive',
  ]);
  const variables = complaint({ commandLine: {}, environment: specs }, 'sbatch');
  assert.match(variables?.lines[0] ?? '', /fatal: Both --core-spec and --thread-spec set using environment/);
  assert.equal(complaint({ commandLine: { coreSpec: 1 }, environment: specs }, 'sbatch'), undefined);
  const tasks = { gpusPerTask: [{ count: 1 }], ntasksPerGpu: 1 };
  assert.deepEqual(complaint({ commandLine: tasks, environment: {} }, 'salloc')?.lines, [
    'salloc: fatal: --gpus-per-task is mutually exclusive with --ntasks-per-gpu and SLURM_NTASKS_PER_GPU',
  ]);
});
