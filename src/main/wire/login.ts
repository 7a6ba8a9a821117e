import { MgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import type { CommandIo } from '../../commands/io.ts';
import { currentAccount } from '../../system/user.ts';

/** How long the user's start-up files may take, in ms. */
const loginTimeoutMs = 20_000;
const environmentBytesMax = 2 ** 20;
/** What a login begins with, before any start-up file has been read. */
const firstPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games';
/** Of the shell that is asked, not of the user. */
const shellVariables: ReadonlySet<string> = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD']);

/** What a login shell of the user sets. Without one that answers, what every login has. */
export async function loginEnvironment(
  io: CommandIo,
  timeoutSeconds?: number,
): Promise<Readonly<Record<string, string>>> {
  const { userName, home = '/' } = await currentAccount();
  const shell = io.environment['SHELL'] || '/bin/sh';
  const first = {
    HOME: home,
    LOGNAME: userName,
    USER: userName,
    MAIL: `/var/mail/${userName}`,
    PATH: firstPath,
    SHELL: shell,
    // A script's shell counts on from here.
    SHLVL: '1',
  };
  const timeoutMs = timeoutSeconds === undefined ? loginTimeoutMs : timeoutSeconds * 1000;
  try {
    return { ...first, ...parse(await askShell({ shell, home, first, timeoutMs })) };
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    io.err(`sbatch: ${printable(error.message)}: the job gets a plain login environment\n`);
    return first;
  }
}

interface Question {
  readonly shell: string;
  readonly home: string;
  readonly first: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

async function askShell({ shell, home, first, timeoutMs }: Question): Promise<string> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => reject(new MgpuError('LOGIN', `${shell} -l: ${why}`));
    // Start-up files may print; what counts comes on a stream of its own.
    const child = spawn(shell, ['-l', '-c', 'env -0 >&3'], {
      cwd: home,
      env: first,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= environmentBytesMax) chunks.push(chunk);
    });
    child.once('error', (error) => failed(error.message));
    child.once('close', (code, signal) => {
      if (code !== 0) failed(signal === null ? `exit code ${code}` : `ended by ${signal}`);
      else if (length > environmentBytesMax) failed('too large an environment');
      else resolve(Buffer.concat(chunks).toString());
    });
  });
}

function parse(text: string): Record<string, string> {
  const pairs = text.split('\0').flatMap((line): [string, string][] => {
    const equals = line.indexOf('=');
    const name = line.slice(0, equals);
    return equals < 1 || shellVariables.has(name) ? [] : [[name, line.slice(equals + 1)]];
  });
  return Object.fromEntries(pairs);
}
