import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type * as Entry from './entry.ts';

/*
 * The product, bundled with the simulator. Some of its numbers are made small, so that what takes thousands
 * of commits in life happens in a short run; and a fault can be planted, as a change of one place in one
 * file.
 */

/** A change of the product's source: what stands there, and what shall. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export type Simulator = typeof Entry;

const smallNumbers: readonly Patch[] = [
  { file: 'src/store/checkpoint.ts', find: 'const tailCommitsMin = 64;', put: 'const tailCommitsMin = 5;' },
  { file: 'src/store/log.ts', find: 'const entriesKept = 64;', put: 'const entriesKept = 3;' },
  { file: 'src/agent/leftovers.ts', find: 'lookSecondsMin = 3600;', put: 'lookSecondsMin = 30;' },
  { file: 'src/store/checkpoint.ts', find: 'const tailCommitsMax = 1000;', put: 'const tailCommitsMax = 9;' },
];

const root = join(import.meta.dirname, '../../..');

/** The simulator over the product with these changes. Throws when a place to change is not there. */
export async function loadSimulator(patches: readonly Patch[] = []): Promise<Simulator> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-sim-'));
  try {
    const outfile = join(folder, 'sim.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['test/sim/entry.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      sourcemap: 'inline',
      logLevel: 'error',
      plugins: [{ name: 'patches', setup: (plugin) => patchSources(plugin, [...smallNumbers, ...patches]) }],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function patchSources(plugin: import('esbuild').PluginBuild, patches: readonly Patch[]): void {
  const missed = new Set(patches);
  plugin.onLoad({ filter: /\/(?:src|test\/sim)\/.*\.ts$/ }, ({ path }) => {
    const own = patches.filter((patch) => patch.file === relative(root, path));
    if (own.length === 0) return undefined;
    let contents = readFileSync(path, 'utf8');
    for (const patch of own) {
      if (!contents.includes(patch.find)) continue;
      contents = contents.replace(patch.find, () => patch.put);
      missed.delete(patch);
    }
    return { contents, loader: 'ts' };
  });
  plugin.onEnd(() => {
    const [patch] = missed;
    return patch && { errors: [{ text: `${patch.file}: nothing there to change: ${patch.find}` }] };
  });
}
