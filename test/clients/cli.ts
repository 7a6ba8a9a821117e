import { execFile } from 'node:child_process';
import { accessSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Cluster, makeCluster, root } from '../e2e/tools/cluster.ts';
import { type Client, clients } from './clients.ts';

/*
 * npm run clients -- [NAME ...]
 *
 * Runs programs that drive Slurm, as their makers ship them, on a cluster of one or two nodes with four GPUs
 * each. Says of each whether it got done what it had to, or which of Debian’s packages it lacks; the last
 * line counts them. The exit status is 1 if one failed, or if none was there.
 */

const minutesMax = 5;

export async function main(names: readonly string[], out: (text: string) => void): Promise<number> {
  const isNamed = ({ name }: Client): boolean =>
    names.length === 0 || names.some((word) => name.toLowerCase().includes(word.toLowerCase()));
  const counts = { passed: 0, failed: 0, missing: 0 };
  for (const client of clients.filter(isNamed)) {
    const lacking = Object.entries(client.needs).filter(([program]) => !isThere(program));
    if (lacking.length > 0) {
      out(`missing  ${client.name}: install ${lacking.map(([, debian]) => debian).join(' ')}\n`);
      counts.missing += 1;
      continue;
    }
    const complaint = await tryOut(client);
    out(`${complaint === undefined ? 'passed ' : 'FAILED '}  ${client.name}\n${complaint ?? ''}`);
    counts[complaint === undefined ? 'passed' : 'failed'] += 1;
  }
  const { passed, failed, missing } = counts;
  out(`clients: ${passed} passed, ${failed} failed, ${missing} not installed here\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function isThere(program: string): boolean {
  const folders = program.startsWith('/') ? [''] : ['/usr/bin', '/usr/local/bin', '/bin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program));
      return true;
    } catch {
      return false;
    }
  });
}

/** What went wrong, in lines; undefined if nothing did. */
async function tryOut(client: Client): Promise<string | undefined> {
  const cluster = await makeCluster();
  try {
    for (let node = 1; node <= (client.nodes ?? 1); node += 1) {
      await cluster.daemon({ node: `node${node}`, gpus: 'a100:4', cpus: 8, memory: '32000M' });
    }
    const text = await run(client, cluster);
    const lacks = client.expects.filter((expected) => !expected.test(text));
    if (lacks.length === 0) return undefined;
    return `  without ${lacks.join(', ')} in:\n${text.replace(/^/gm, '  | ')}\n`;
  } finally {
    await cluster.close();
  }
}

/** All that it printed; a failure of the script shows by what is missing there. */
function run({ script, files }: Client, { work, environment }: Cluster): Promise<string> {
  const folder = join(work, 'client');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const path = `${join(root, 'bin/slurm')}:${process.env['PATH'] ?? ''}`;
  const options = {
    cwd: folder,
    env: { ...environment, PATH: path, USER: userInfo().username },
    timeout: minutesMax * 60_000,
    maxBuffer: 64 * 2 ** 20,
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}${error === null ? '' : `${error.message}\n`}`);
    });
  });
}
