// The daemon with other settings than a cluster's own: shorter times, so that a test need not wait for them.
import { runDaemon } from './compose.ts';

await runDaemon({});
