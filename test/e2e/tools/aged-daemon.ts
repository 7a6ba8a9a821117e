// The daemon to which jobs look older than they are, so that a test need not wait a minute for a time limit.
import { runDaemon } from './compose.ts';

await runDaemon({});
