import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MgpuError } from '../../../src/base/error.ts';
import { type LocateInput, localDirOf, locateSpool } from '../../../src/services/locate.ts';

const machineConfig = '/etc/mgpu/config.yaml';
const userConfig = '/home/alice/.config/mgpu/config.yaml';

interface Given {
  readonly option?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: Readonly<Record<string, { readonly spool?: string }>>;
  readonly home?: string | undefined;
}

function input(
  { option, environment = {}, configs = {}, ...rest }: Given,
  looked: string[] = [],
): LocateInput {
  return {
    option,
    environment,
    workDir: () => '/here/dir',
    homeDir: () => ('home' in rest ? rest.home : '/home/alice'),
    hostName: () => 'gpu01',
    async readConfig(path) {
      looked.push(path);
      return configs[path];
    },
  };
}

const both = { [userConfig]: { spool: '/from/user' }, [machineConfig]: { spool: '/from/machine' } };

describe('locateSpool', () => {
  const cases: readonly (readonly [string, Given, string, string])[] = [
    ['--spool first', { option: '/a', environment: { MGPU_SPOOL: '/b' }, configs: both }, '/a', '--spool'],
    ['a relative --spool', { option: 'sub/spool/' }, '/here/dir/sub/spool', '--spool'],
    ['MGPU_SPOOL', { environment: { MGPU_SPOOL: '/b/' }, configs: both }, '/b', 'MGPU_SPOOL'],
    [
      'an empty MGPU_SPOOL is none',
      { environment: { MGPU_SPOOL: '' }, configs: both },
      '/from/user',
      userConfig,
    ],
    ['the user before the machine', { configs: both }, '/from/user', userConfig],
    [
      'XDG_CONFIG_HOME',
      { environment: { XDG_CONFIG_HOME: '/xdg' }, configs: { '/xdg/mgpu/config.yaml': { spool: '/x' } } },
      '/x',
      '/xdg/mgpu/config.yaml',
    ],
    [
      'a file that names no spool',
      { configs: { ...both, [userConfig]: {} } },
      '/from/machine',
      machineConfig,
    ],
    ['a home in a file', { configs: { [userConfig]: { spool: '~/mgpu' } } }, '/home/alice/mgpu', userConfig],
    ['the embedded one', {}, '/home/alice/.local/state/mgpu/gpu01/spool', 'no configuration'],
    [
      'XDG_STATE_HOME',
      { environment: { XDG_STATE_HOME: '/state' } },
      '/state/mgpu/gpu01/spool',
      'no configuration',
    ],
    [
      'a relative XDG_STATE_HOME is passed over',
      { environment: { XDG_STATE_HOME: 'state', HOME: '/h' } },
      '/h/.local/state/mgpu/gpu01/spool',
      'no configuration',
    ],
    [
      'the machine for a user without a home',
      { home: undefined, configs: both },
      '/from/machine',
      machineConfig,
    ],
  ];
  for (const [name, given, path, namedBy] of cases) {
    test(name, async () => {
      const place = await locateSpool(input(given));
      assert.deepEqual([place.path, place.namedBy], [path, namedBy]);
    });
  }

  test('no file is read where the spool is named', async () => {
    const looked: string[] = [];
    await locateSpool(input({ environment: { MGPU_SPOOL: '/b' } }, looked));
    await locateSpool(input({ option: '/b' }, looked));
    assert.deepEqual(looked, []);
  });

  test('what cannot be meant', async () => {
    const failures: readonly (readonly [Given, string])[] = [
      [{ option: '' }, 'CONFIG'],
      [{ configs: { [userConfig]: { spool: 'relative' } } }, 'CONFIG'],
      [{ home: undefined }, 'NO_SPOOL'],
    ];
    for (const [given, code] of failures) {
      await assert.rejects(
        locateSpool(input(given)),
        (error) => error instanceof MgpuError && error.code === code,
      );
    }
  });
});

test('localDirOf', () => {
  const given = { clusterId: 'C1', node: 'gpu01', uid: 7 };
  assert.equal(localDirOf({ ...given, environment: {} }), '/var/tmp/mgpu-7/C1/gpu01');
  assert.equal(localDirOf({ ...given, environment: { MGPU_LOCAL_DIR: '/scratch/' } }), '/scratch/C1/gpu01');
});
