import { formatHostlist } from '../model/hostlist.ts';
import { type ActiveJob, isActive } from '../model/job.ts';
import { decodeText, encodeText } from '../store/put.ts';
import { runInnerStep } from './innerstep.ts';
import type { FollowingSession, Terminal } from './interactive/follow.ts';
import type { InnerStepOptions } from './steps/making.ts';

export interface BroadcastFile {
  readonly jobId: number;
  /** An absolute path, on each node. */
  readonly dest: string;
  readonly isForced: boolean;
  /** To how many nodes at once, how many bytes at a time, and for how many seconds; 0 is not bounded. */
  readonly fanout: number;
  readonly blockBytes: number;
  readonly timeoutSeconds: number;
  /** Tells where it goes, as Slurm's sbcast -v does. */
  readonly isVerbose: boolean;
  /** Mode in octal, and the time of the last change in seconds, where they are kept. */
  readonly kept: { readonly mode: string; readonly time: number } | undefined;
  /** Puts the file under this path in the spool; throws what the system says. */
  stage(path: string): void;
  unstage(path: string): void;
}

type Surroundings = Pick<InnerStepOptions, 'user' | 'uid' | 'host' | 'workDir' | 'umask' | 'starter'>;

/** Runs on each node: whole, or not at all. */
const copyText = `from=$1 to=$2 force=$3 mode=$4 time=$5 block=$6 limit=$7
fail() { printf 'sbcast: error: REQUEST_FILE_BCAST(%s): %s\\n' "$SLURMD_NODENAME" "$1" >&2; exit 1; }
if [ -d "$to" ]; then fail 'Is a directory'; fi
if [ -e "$to" ] && [ "$force" != force ]; then fail 'File exists'; fi
new="$to.sbcast.$$"
copy() {
  if [ "$block" = 0 ]; then timeout "$limit" cp -- "$from" "$new" 2>/dev/null; return; fi
  cp --attributes-only -- "$from" "$new" 2>/dev/null &&
    timeout "$limit" dd if="$from" of="$new" bs="$block" iflag=fullblock conv=notrunc 2>/dev/null
}
copy
case $? in
  0) ;;
  124) rm -f -- "$new"; fail 'Connection timed out' ;;
  *) rm -f -- "$new"; fail 'cannot be written' ;;
esac
if [ -n "$mode" ]; then chmod "$mode" "$new" && touch -d "@$time" "$new"; fi
mv -f -- "$new" "$to" || { rm -f -- "$new"; fail 'cannot be written'; }
`;

/**
 * Copies a file to all nodes of a job, by steps that share and that nobody counts: one for as many nodes as
 * may be written to at once. Gives the exit code.
 */
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
  if (file.isVerbose) {
    const nodes = formatHostlist(job.allocation.map(({ node }) => node));
    const lines = [`jobid      = ${file.jobId}`, `node_list  = ${nodes}`];
    await terminal.err(encodeText(lines.map((line) => `sbcast: ${line}\n`).join('')));
  }
  const staged = `${store.layout.job(file.jobId).path}/bcast.${store.ids.next()}`;
  file.stage(staged);
  try {
    const { mode = '', time = 0 } = file.kept ?? {};
    const { blockBytes, timeoutSeconds, fanout } = file;
    const words = [staged, file.dest, file.isForced ? 'force' : '', mode, time, blockBytes, timeoutSeconds];
    const args = ['/bin/sh', '-c', copyText, 'sbcast', ...words.map(String)];
    let worst = 0;
    for (const nodelist of groupsOf(job, fanout)) {
      const ntasks = nodelist.length;
      const code = await runInnerStep(session, quiet(terminal), {
        ...surroundings,
        jobId: file.jobId,
        wish: { ntasks, nodeCount: ntasks, nodelist, ...sharing },
        content: { args, environment: plain },
        streams: {},
        name: 'sbcast',
        isOverlapping: true,
        isInternal: true,
        isQuiet: true,
        isUnbuffered: false,
        isVerbose: false,
        more: {},
      });
      worst = Math.max(worst, code);
    }
    return worst;
  } finally {
    file.unstage(staged);
  }
}

/** The job's nodes, so many together. */
function groupsOf({ allocation }: ActiveJob, fanout: number): readonly (readonly string[])[] {
  const names = allocation.map(({ node }) => node);
  const each = fanout === 0 ? names.length : fanout;
  const groups: string[][] = [];
  for (let first = 0; first < names.length; first += each) groups.push(names.slice(first, first + each));
  return groups;
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
