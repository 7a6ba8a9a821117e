import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { clusterFileOf, emptyFile } from '../../../src/model/clusterfile.ts';
import { clusterConfigSchema } from '../../../src/model/config.ts';
import { parseYaml } from '../../../src/system/yaml.ts';

async function read(text: string): Promise<ReturnType<typeof clusterFileOf>> {
  const { value, placeOf } = await parseYaml(text, 'cluster.yaml');
  return clusterFileOf(value, (steps, part) => {
    const { line, column } = placeOf(steps, part);
    return `cluster.yaml:${line}:${column}`;
  });
}

describe('cluster.yaml', () => {
  test('an empty file leaves the defaults', async () => {
    assert.deepEqual(await read(''), emptyFile);
    assert.deepEqual(await read('{}'), emptyFile);
    assert.deepEqual(await read('jobs:\nnodes:\n'), emptyFile);
  });

  test('how daemons work', async () => {
    const { settings } = await read(
      'networking: {heartbeat_interval: 2, timeout: 10}\njobs: {kill_wait: 1, min_job_age: 5}\n' +
        'gpus: {probe_interval: 3}\n',
    );
    assert.deepEqual(settings, {
      heartbeatSeconds: 2,
      nodeTimeoutSeconds: 10,
      killWaitSeconds: 1,
      minJobAgeSeconds: 5,
      gpuProbeSeconds: 3,
    });
  });

  test('what holds for the cluster as a whole', async () => {
    const { config } = await read(
      'cluster: {name: lab}\nadmins: [root, carol]\nlicenses: {matlab: 4}\nmail: {program: /bin/mail}\n' +
        'jobs: {def_mem_per_cpu: 1G, max_array_size: 1001, first_job_id: 500, kill_invalid_depend: yes}\n',
    );
    assert.deepEqual(config, {
      partitions: [],
      nodes: [],
      clusterName: 'lab',
      defMemPerCpuMb: 1024,
      maxArraySize: 1001,
      firstJobId: 500,
      killInvalidDependency: true,
      admins: ['root', 'carol'],
      licenses: { matlab: 4 },
      mailProgram: '/bin/mail',
    });
  });

  test('ports of nodes: one for all, one for each, or none', async () => {
    const { config } = await read(
      'nodes:\n- {node_id: "a[1-2]", port: "[27101-27102]"}\n- {node_id: b, port: 0}\n' +
        '- {node_id: c, port: none}\n- {node_id: "d[1-2]", port: 7000}\n- {node_id: e}\n' +
        '- {node_id: "f[1-4]", port: [7101-7103, none]}\n',
    );
    assert.deepEqual(
      config.nodes.map(({ port }) => port),
      [27_101, 27_102, 0, 0, 7000, 7000, undefined, 7101, 7102, 7103, 0],
    );
  });

  test('racks and switches of nodes, and how nodes are chosen', async () => {
    const { config } = await read(
      'nodes:\n  - {node_id: "n[1-2]", rack: r1, switch: s1}\n  - {node_id: n3, rack: 7}\n' +
        'scheduling: {default_policy: fill_first, max_switch_wait: 60}\n',
    );
    assert.equal(checked(clusterConfigSchema, config, 'config'), config);
    assert.deepEqual(config, {
      partitions: [],
      nodes: [
        { name: 'n1', rack: 'r1', switch: 's1' },
        { name: 'n2', rack: 'r1', switch: 's1' },
        { name: 'n3', rack: '7' },
      ],
      policy: 'fill_first',
      maxSwitchWaitSeconds: 60,
    });
  });

  test('the cluster of the captures', async () => {
    const { config } = await read(readFileSync('test/data/slurm-cluster.yaml', 'utf8'));
    assert.equal(checked(clusterConfigSchema, config, 'config'), config);
    assert.deepEqual(
      config.nodes.map(({ name, cpus, sockets, memoryMb, gpus }) => [name, cpus, sockets, memoryMb, gpus]),
      [
        ['gpu01', 8, 2, 32_000, 'a100:4'],
        ['gpu02', 8, 2, 32_000, 'a100:4'],
        ['gpu03', 4, 1, 16_000, 'v100:2'],
        ['cpu01', 8, 1, 16_000, undefined],
      ],
    );
    assert.deepEqual(config.partitions[0], {
      name: 'gpu',
      nodes: ['gpu01', 'gpu02', 'gpu03'],
      isDefault: true,
      maxTime: 7 * 1440,
      defaultTime: 60,
    });
    assert.deepEqual(
      config.partitions.map(({ name, state }) => `${name} ${state ?? 'up'}`),
      ['gpu up', 'cpu up', 'debug up', 'closed up', 'off down'],
    );
  });
});

const faults: readonly (readonly [text: string, message: string])[] = [
  ['network: {}', '1:1: unknown setting: network'],
  ['jobs: {killwait: 3}', '1:8: unknown setting: jobs: killwait'],
  ["jobs:\n  kill_wait: '3'", '2:14: jobs: kill_wait: expected a whole number from 1 to 1000000'],
  ['networking: {timeout: 10}', '1:13: networking: timeout must be at least twice heartbeat_interval'],
  ['[]', '1:1: expected words with a colon and a value each'],
  ['text', '1:1: expected words with a colon and a value each'],
  ['nodes: {node_id: a}', '1:8: nodes: expected a list: lines that begin with a dash'],
  ['nodes:\n  - cpus: 2', '2:5: nodes[0]: a node needs a node_id'],
  ['nodes:\n  - {node_id: a}\n  - {node_id: "[a]"}', '3:15: nodes[1]: node_id: expected a host name, or a'],
  ['nodes:\n  - {node_id: a}\n  - {node_id: a}', '3:5: nodes[1]: node a is declared twice'],
  ['nodes: [{node_id: a, memory: 1.5G}]', '1:30: nodes[0]: memory: expected an amount of memory'],
  ['nodes: [{node_id: a, gres: fpga:1}]', '1:28: nodes[0]: gres: expected GPUs such as gpu:a100:4'],
  ['nodes: [{node_id: a, gpus: 1, gpu_count: 2}]', '1:9: nodes[0]: gpus, gres and gpu_count: one of them'],
  ['nodes: [{node_id: a, gpu_type: x}]', '1:9: nodes[0]: gpu_type needs a gpu_count'],
  ['nodes: [{node_id: a, cpus: 7, sockets: 2, cores_per_socket: 2}]', '1:9: nodes[0]: cpus: 7, but the'],
  ['nodes: [{node_id: "a[1-3]", ip: [x, y]}]', '1:9: nodes[0]: hostname, ip and port: expected one'],
  ['nodes: [{node_id: a, port: 65536}]', '1:28: nodes[0]: port: expected UDP ports such as 27101'],
  ['nodes: [{node_id: "a[1-3]", port: [1, 2]}]', '1:9: nodes[0]: hostname, ip and port: expected one'],
  ['nodes: [{node_id: a, rack: r1, switch: s 1}]', '1:40: nodes[0]: switch: expected the name of a rack'],
  [
    'scheduling:\n  default_policy: custom',
    '2:19: scheduling: default_policy: expected fill_first or spread: custom is not supported by',
  ],
  ['scheduling: {default_policy: best}', '1:30: scheduling: default_policy: expected one of fill_first'],
  ['scheduling: {policy: spread}', '1:14: unknown setting: scheduling: policy'],
  ['partitions: [{nodes: a}]', '1:14: partitions[0]: a partition needs a name'],
  ['partitions: [{name: a}, {name: a}]', '1:25: partitions[1]: partition a is declared twice'],
  ['partitions:\n  - {name: a, max_time: soon}', '2:25: partitions[0]: max_time: expected a time limit'],
  ['partitions:\n  - {name: a, nodes: "a[1-"}', '2:22: partitions[0]: nodes: expected a list of node names'],
  ['partitions:\n  - {name: a, state: on}', '2:22: partitions[0]: state: expected one of up, down, drain'],
  [
    'partitions: [{name: a, default: yes}, {name: b, default: yes}]',
    '1:39: partitions[1]: partition b: another one is the default already',
  ],
  ['licenses: {matlab: some}', '1:20: licenses: matlab: expected a whole number'],
  ['admins: 3.5x, ', '1:9: admins: expected a list of names'],
];

describe('what is unknown, of another kind or impossible is refused with its place', () => {
  for (const [text, message] of faults) {
    test(JSON.stringify(text), async () => {
      await assert.rejects(read(text), (error: Error) => {
        assert.equal(error.message.slice(0, `cluster.yaml:${message}`.length), `cluster.yaml:${message}`);
        return true;
      });
    });
  }

  test('and what is no YAML with its line', async () => {
    await assert.rejects(read('jobs: {\n'), /^MgpuError: cluster\.yaml: .* at line 2/);
  });
});

test('nodes that are alike, and the words that are left out', async () => {
  const { config } = await read(
    'nodes:\n' +
      '  - {node_id: "n[1-2]", ip: "10.0.0.[1-2]", cpus: 8, cores_per_socket: 4,\n' +
      '     gpu_count: 2, gpu_type: a100}\n' +
      '  - {node_id: n3, gpus: 1, features: "a,b", weight: 3, tmp: 1G}\n' +
      'partitions:\n' +
      '  - {name: p, nodes: all, max_nodes: unlimited, allow_groups: ALL, oversubscribe: EXCLUSIVE}\n',
  );
  const alike = { cpus: 8, sockets: 2, coresPerSocket: 4, threadsPerCore: 1, gpus: 'a100:2' };
  const [first, second, third] = config.nodes;
  assert.deepEqual(first, { name: 'n1', address: '10.0.0.1', ...alike });
  assert.deepEqual(second, { name: 'n2', address: '10.0.0.2', ...alike });
  assert.deepEqual(third, { name: 'n3', gpus: '1', features: ['a', 'b'], weight: 3, tmpMb: 1024 });
  assert.deepEqual(config.partitions, [{ name: 'p', overSubscribe: 'exclusive' }]);
});

test('what would have no effect is refused with its reason', async () => {
  const refused = [
    ['oversubscribe: yes', /oversubscribe: .*jobs do not share CPUs here/],
    ['oversubscribe: "FORCE:2"', /oversubscribe: .*jobs do not share CPUs here/],
    ['priority_job_factor: 5', /priority_job_factor: .*see priority_tier/],
  ] as const;
  for (const [word, pattern] of refused) {
    await assert.rejects(async () => read(`partitions: [{name: p, ${word}}]\n`), pattern);
  }
  const { config } = await read('partitions: [{name: p, oversubscribe: no, priority_job_factor: 1}]\n');
  assert.deepEqual(config.partitions, [{ name: 'p', overSubscribe: 'no', priorityJobFactor: 1 }]);
});
