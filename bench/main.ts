import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchDaemon } from './daemon.ts';
import { benchFiles } from './files.ts';
import { benchLatency } from './latency.ts';
import { benchQueue } from './queue.ts';
import { type BenchOptions, type Row, tableText } from './table.ts';

/*
 * npm run bench [-- --short]
 *
 * Figures for people: medians measured side by side in one run, the aims beside them. Nothing here passes or
 * fails.
 */

delete process.env['NODE_EXTRA_CA_CERTS'];
const isShort = process.argv.includes('--short');
const folder = mkdtempSync(join(tmpdir(), 'mgpu-bench-'));
const options: BenchOptions = { folder, isShort };
const rows: Row[] = [];
try {
  rows.push(...(await benchLatency(options)));
  rows.push(...(await benchQueue(options)));
  rows.push(...(await benchDaemon(options)));
  rows.push(...(await benchFiles(options)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(tableText(rows));
process.exit(0);
