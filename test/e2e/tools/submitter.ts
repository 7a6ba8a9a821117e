// Submits one job from a process of its own and prints its id. Arguments: spool, working folder, script.
import { openClient } from './client.ts';

const [spool = '', work = '', script = ''] = process.argv.slice(2);
const client = await openClient(spool, { work });
process.stdout.write(`${await client.submit({ script })}\n`);
