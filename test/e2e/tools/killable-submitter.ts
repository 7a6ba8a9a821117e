// Submits one job and prints its id, or dies at its n-th step (see killing). Arguments: spool, working
// folder, script.
import { openClient } from './client.ts';
import { killableFiles } from './killing.ts';

const [spool = '', work = '', script = ''] = process.argv.slice(2);
const client = await openClient(spool, { work, files: killableFiles });
process.stdout.write(`${await client.submit({ script })}\n`);
