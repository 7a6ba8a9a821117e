import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchDaemon } from './daemon.ts';
import { benchFiles } from './files.ts';
import { benchLatency } from './latency.ts';
import { benchQueue } from './queue.ts';
import { benchStream } from './stream.ts';
import { type BenchOptions, type Row, tableText } from './table.ts';
import { benchWakeUp } from './wakeup.ts';

/*
 * npm run bench [-- --short] [--only PART]
 *
 * Figures for people: medians measured side by side in one run, the aims beside them. Nothing here passes or
 * fails.
 */

delete process.env['NODE_EXTRA_CA_CERTS'];
const isShort = process.argv.includes('--short');
const folder = mkdtempSync(join(tmpdir(), 'mgpu-bench-'));
const options: BenchOptions = { folder, isShort };
const rows: Row[] = [];
const parts = {
  latency: benchLatency,
  queue: benchQueue,
  daemon: benchDaemon,
  files: benchFiles,
  wakeup: benchWakeUp,
  stream: benchStream,
};
const only = process.argv.includes('--only')
  ? process.argv.at(process.argv.indexOf('--only') + 1)
  : undefined;
try {
  for (const [name, bench] of Object.entries(parts)) {
    if (only === undefined || only === name) rows.push(...(await bench(options)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(tableText(rows));
process.exit(0);
