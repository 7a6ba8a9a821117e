// sacct beside a real daemon: a job is there as soon as sbatch has returned, and for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until, withCluster } from './tools/cluster.ts';

test('from the submission on, and after the job has left the state', () =>
  withCluster(
    async (cluster) => {
      const state = (id: string): Promise<string> =>
        cluster.output('slurm/sacct', '-n', '-P', '-X', '-o', 'jobid,state,exitcode', '-j', id);
      const id = (await cluster.output('slurm/sbatch', '--parsable', '--wrap', 'exit 7')).trim();
      assert.equal(await state(id), `${id}|PENDING|0:0\n`);
      await cluster.daemon();
      const tasks = (
        await cluster.output('slurm/sbatch', '--parsable', '-a', '3,5', '--wrap', 'true')
      ).trim();
      const isOver = async (): Promise<boolean> => {
        const { jobs, segment } = await cluster.client.committed();
        return jobs.size === 0 && segment > 0;
      };
      await until(isOver, { what: 'all jobs have left the state', explain: cluster.logs });
      assert.equal(await state(id), `${id}|FAILED|7:0\n`);
      assert.equal(await state(tasks), `${tasks}_3|COMPLETED|0:0\n${tasks}_5|COMPLETED|0:0\n`);
      assert.equal(await state(`${tasks}_5`), `${tasks}_5|COMPLETED|0:0\n`);
      const steps = await cluster.output('slurm/sacct', '-nP', '-o', 'jobid,state', '-j', `${id}.batch`);
      assert.equal(steps, `${id}.batch|FAILED\n`);
    },
    { settings: { jobs: { min_job_age: 1 } } },
  ));
