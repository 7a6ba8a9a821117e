import { isActive } from '../model/job.ts';
import { decodeText, encodeText } from '../store/put.ts';
import { runInnerStep } from './innerstep.ts';
import type { FollowingSession, Terminal } from './interactive/follow.ts';
import type { InnerStepOptions } from './steps/making.ts';

export interface BroadcastFile {
  readonly jobId: number;
  /** An absolute path, on each node. */
  readonly dest: string;
  readonly isForced: boolean;
  /** Mode in octal, and the time of the last change in seconds, where they are kept. */
  readonly kept: { readonly mode: string; readonly time: number } | undefined;
  /** Puts the file under this path in the spool; throws what the system says. */
  stage(path: string): void;
  unstage(path: string): void;
}

type Surroundings = Pick<InnerStepOptions, 'user' | 'uid' | 'host' | 'workDir' | 'umask' | 'starter'>;

/** Runs on each node: whole, or not at all. */
const copyText = `from=$1 to=$2 force=$3 mode=$4 time=$5
fail() { printf 'sbcast: error: REQUEST_FILE_BCAST(%s): %s\\n' "$SLURMD_NODENAME" "$1" >&2; exit 1; }
if [ -d "$to" ]; then fail 'Is a directory'; fi
if [ -e "$to" ] && [ "$force" != force ]; then fail 'File exists'; fi
new="$to.sbcast.$$"
cp -- "$from" "$new" 2>/dev/null || { rm -f -- "$new"; fail 'cannot be written'; }
if [ -n "$mode" ]; then chmod "$mode" "$new" && touch -d "@$time" "$new"; fi
mv -f -- "$new" "$to" || { rm -f -- "$new"; fail 'cannot be written'; }
`;

/** Copies a file to all nodes of a job, by a step that shares and that nobody counts. Gives the exit code. */
export async function broadcast(
  session: FollowingSession,
  terminal: Pick<Terminal, 'err'>,
  { file, surroundings }: { readonly file: BroadcastFile; readonly surroundings: Surroundings },
): Promise<number> {
  const { store, present } = session;
  const job = (await present.view()).cluster.jobs.get(file.jobId);
  if (job === undefined || !isActive(job)) {
    await terminal.err(encodeText('sbcast: error: Slurm job_id not found: Invalid job id specified\n'));
    return 1;
  }
  const staged = `${store.layout.job(file.jobId).path}/bcast.${store.ids.next()}`;
  file.stage(staged);
  try {
    const { mode = '', time = 0 } = file.kept ?? {};
    const words = [staged, file.dest, file.isForced ? 'force' : '', mode, String(time)];
    return await runInnerStep(session, quiet(terminal), {
      ...surroundings,
      jobId: file.jobId,
      wish: { ntasks: job.allocation.length, nodeCount: job.allocation.length, ...sharing },
      content: { args: ['/bin/sh', '-c', copyText, 'sbcast', ...words], environment: plain },
      streams: {},
      name: 'sbcast',
      isOverlapping: true,
      isInternal: true,
      isQuiet: true,
      isUnbuffered: false,
      isVerbose: false,
      more: {},
    });
  } finally {
    file.unstage(staged);
  }
}

const sharing = { isExact: true, isOvercommitted: true, gpus: [], ntasksPerNode: 1 } as const;
const plain = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** What srun would say of its tasks is not what sbcast says. */
function quiet({ err }: Pick<Terminal, 'err'>): Terminal {
  return {
    out: async () => true,
    async err(bytes) {
      const lines = decodeText(bytes).split(/(?<=\n)/);
      const own = lines.filter((line) => !line.startsWith('srun: ')).join('');
      return own === '' ? true : err(encodeText(own));
    },
    // None is asked for.
    file: async () => async () => false,
    input: undefined,
    interrupts: () => () => {},
  };
}
