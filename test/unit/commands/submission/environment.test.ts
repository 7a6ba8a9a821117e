import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchEnvironment,
  type EnvironmentSources,
  limitVariables,
  parseVariables,
} from '../../../../src/commands/submission/environment.ts';
import { parseExport } from '../../../../src/model/exportspec.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

const sources: EnvironmentSources = {
  own: { FOO: 'bar', PATH: '/bin', SLURM_NTASKS: '2' },
  login: async () => ({ PATH: '/login', LOGNAME: 'alice' }),
  file: undefined,
  rlimits: {},
  workDir: '/w',
  umask: 0o022,
};
const always = { SLURM_NTASKS: '2', SLURM_SUBMIT_DIR: '/w', SLURM_UMASK: '0022' };

test('which variables a job gets (captured: env.export_*, and observed)', async () => {
  const login = { PATH: '/login', LOGNAME: 'alice', SLURM_GET_USER_ENV: '1' };
  const file = { FOO: 'fromfile', X: 'a b' };
  const exported = (text: string): SubmitValues => {
    const spec = parseExport(text);
    return spec === undefined ? {} : { export: spec };
  };
  const own = { FOO: 'bar', PATH: '/bin' };
  const cases: readonly (readonly [SubmitValues, Record<string, string>, EnvironmentSources['file']])[] = [
    [{}, own, undefined],
    [exported('ALL'), own, undefined],
    [exported('NONE'), { ...login, SLURM_EXPORT_ENV: 'NONE' }, undefined],
    [exported('FOO,Y=1'), { ...login, FOO: 'bar', Y: '1', SLURM_EXPORT_ENV: 'FOO,Y=1' }, undefined],
    [exported('ALL,X=1'), { ...login, ...own, X: '1', SLURM_EXPORT_ENV: 'ALL,X=1' }, undefined],
    [{ getUserEnv: {} }, { ...login, ...own }, undefined],
    [{ exportFile: 'f' }, file, file],
    [{ exportFile: 'f', ...exported('NONE') }, { ...login, SLURM_EXPORT_ENV: 'NONE' }, file],
  ];
  for (const [values, expected, given] of cases) {
    const variables = await batchEnvironment(values, { ...sources, file: given });
    assert.deepEqual(variables, { ...expected, ...always }, JSON.stringify(values));
  }
});

test('limits go along by default, and those asked for by name are marked', () => {
  const rlimits = { NOFILE: '500', CORE: '0', STACK: 'unlimited' };
  assert.deepEqual(limitVariables({}, rlimits), {
    SLURM_RLIMIT_CORE: '0',
    SLURM_RLIMIT_NOFILE: '500',
    SLURM_RLIMIT_STACK: 'unlimited',
  });
  assert.deepEqual(limitVariables({ propagate: 'NOFILE' }, rlimits), { SLURM_RLIMIT_NOFILE: 'U500' });
  assert.deepEqual(limitVariables({ propagate: 'NONE' }, rlimits), {});
});

test('a file of variables has one a line, or NUL bytes between them (observed)', () => {
  assert.deepEqual(parseVariables('FOO=fromfile\0X=a\nb\0'), { FOO: 'fromfile', X: 'a\nb' });
  assert.deepEqual(parseVariables('FOO=fromfile\nX=a b\n# no\n=x\n'), { FOO: 'fromfile', X: 'a b' });
});
