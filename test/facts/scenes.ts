import { captured, helpersPath, queueSetup } from './captured.ts';
import { type Fact, textsOf } from './fact.ts';
import type { Who } from './ground.ts';

/*
 * What the captures tell in words alone: what had been done before, by whom, and what stands for `ID` and
 * `...` in a line.
 */

export interface Scene {
  /** The fact looks at the queue of tab.squeue. */
  readonly onQueue: boolean;
  /** Lines to run before, each by somebody. */
  readonly before: readonly { readonly who: Who; readonly line: string }[];
  readonly cmd: string;
  /** Slurm's scheduler had not come round when the fact looked at a job that it had submitted. */
  readonly isEarly: boolean;
  /** Its daemons had not yet ended the job when the fact looked after cancelling it. */
  readonly isEnding: boolean;
  /** The cluster is of no use to another fact afterwards. */
  readonly spoils: boolean;
}

const queueNote = '(same queue as tab.squeue)';

export function sceneOf(fact: Fact): Scene {
  const setup = (fact.setup ?? []).filter((line) => !line.startsWith('#') && line !== queueNote);
  const onQueue = (fact.setup ?? []).includes(queueNote) || setup[0] === queueSetup[0];
  const own = special(fact, setup);
  const before = onQueue ? [] : setup.map((line) => ({ who: 'owner' as const, line }));
  // Of those that wait for each other all were looked at before some had begun.
  const isSeenEarly = textsOf(fact).some((text) => /\bPENDING\|None[|,]/.test(text));
  const isEarly = !onQueue && (isSeenEarly || fact.topic === 'dependencies');
  const isEnding = !onQueue && /\bscancel\b/.test(fact.cmd) && fact.stdout.includes('COMPLETING|');
  return { onQueue, before, cmd: fact.cmd, isEarly, isEnding, spoils: false, ...own };
}

/** All that is run for a fact, as one text. */
export function inputsOf(fact: Fact, scene: Scene): string {
  const queue = scene.onQueue ? queueSetup : [];
  const before = scene.before.map(({ line }) => line);
  return [...queue, ...before, scene.cmd, fact.post_cmd ?? '', ...Object.values(fact.scripts ?? {})].join(
    '\n',
  );
}

const as = (who: Who, ...lines: readonly string[]): Scene['before'] => lines.map((line) => ({ who, line }));

function special(fact: Fact, setup: readonly string[]): Partial<Scene> | undefined {
  const [, limited] = /^timelimit\.(sleep|trap|sig|sigB|sigdef)$/.exec(fact.id) ?? [];
  if (limited !== undefined) return overLimit(fact, setup[0] ?? '');
  const state = nodeStates.findIndex(([id]) => id === fact.id);
  if (state >= 0) return nodeState(fact, state);
  return specials[fact.id];
}

/** A job that runs into its time limit: the line says `scontrol show job ID | grep ...; sacct ...`. */
function overLimit(fact: Fact, setup: string): Partial<Scene> {
  const [, given = '', script = ''] = /^sbatch (.*) (\S+\.sh)$/.exec(setup) ?? [];
  // The line of timelimit.sigdef leaves out where it ran.
  const options = given.includes('-p ') ? given : `-p cpu ${given}`;
  const output = script.replace(/\.sh$/, '.out');
  const isGiven = fact.scripts?.[script] !== undefined;
  const path = isGiven ? script : `/tmp/${script}`;
  const make = isGiven
    ? ''
    : `printf '%s\\n' '#!/bin/bash' 'trap "echo got USR2 at \\$SECONDS" USR2' \
        'for i in $(seq 200); do sleep 1 & wait $!; done' > ${path}; `;
  const look = `scontrol show job $J | grep -E "JobState|ExitCode|RunTime|StartTime"`;
  const account = '; sacct -P -j $J -o jobid,state,exitcode,elapsed,timelimit';
  const wait = 'for i in $(seq 200); do [ -z "$(squeue -h -j $J)" ] && break; sleep 1; done';
  const submit = `${make}J=$(sbatch --parsable -o ${output} ${options} ${path})`;
  return {
    before: [],
    cmd: `${submit}; ${wait}; ${look}${fact.cmd.includes('sacct') ? account : ''}`,
  };
}

/** Each state of gpu03 comes after those before it. A job ran there when it went down. */
const nodeStates: readonly (readonly [string, string])[] = [
  ['nodestate.down_busy', 'DOWN Reason=maint'],
  ['nodestate.idle_drain', 'DRAIN Reason=x'],
  ['nodestate.undrain', 'UNDRAIN'],
  ['nodestate.resume2', 'RESUME'],
  ['nodestate.bad', 'FOO'],
];

function nodeState(fact: Fact, last: number): Partial<Scene> {
  const states = nodeStates.slice(0, last + 1).map(([, state]) => state);
  return {
    before: [
      ...as(
        'owner',
        `. ${helpersPath}; J=$(sbatch --parsable -o /dev/null -w gpu03 --wrap "sleep 300"); wr $J`,
      ),
      ...as('root', ...states.map((state) => `scontrol update NodeName=gpu03 State=${state}; sleep 0.5`)),
    ],
    cmd: `${fact.cmd}; squeue -h -o "%i %T %r"; sacct -X -P -o jobid,state,exitcode`,
    spoils: true,
  };
}

const partitionState = (state: string): Partial<Scene> => ({
  before: as('root', `scontrol update PartitionName=gpu State=${state}`),
  spoils: true,
});

const bobsJob: Partial<Scene> = { before: as('bob', 'sbatch -H -o /dev/null --wrap true'), spoils: true };
const laterJob = 'sbatch -o /dev/null --begin=now+1hour --wrap true';

const specials: Readonly<Record<string, Partial<Scene>>> = {
  'err.update.other': bobsJob,
  'err.show.other': bobsJob,
  'beh.hold.admin': { before: [...as('owner', laterJob), ...as('root', 'scontrol hold 386')], spoils: true },
  'beh.cancel.root2': {
    before: [...as('owner', laterJob), ...as('root', 'scancel 399')],
    spoils: true,
  },
  'tab.sacct.missing_env': { onQueue: true },
  // It shows the first job of the day alone, which had ended.
  'tab.squeue.json': {
    onQueue: false,
    before: as(
      'owner',
      `. ${helpersPath}; J=$(sbatch --parsable -o /dev/null --wrap true); wd $J; sbatch -H --wrap true`,
    ),
  },
  // Another job had gpu03.
  'beh.requeue.srun': {
    before: as(
      'owner',
      `. ${helpersPath}; wr $(sbatch --parsable -w gpu03 -n4 -o /dev/null --wrap "sleep 60")`,
    ),
  },
  // Another job had gpu02.
  'timelimit.srun': {
    before: as(
      'owner',
      `. ${helpersPath}; wr $(sbatch --parsable -w gpu02 --exclusive -o /dev/null --wrap "sleep 4")`,
    ),
  },
  'tab.nodestate.drng': {
    before: as('root', 'scontrol update NodeName=gpu01 State=DRAIN Reason=x'),
    spoils: true,
  },
  'tab.nodestate.partdown': partitionState('DOWN'),
  'tab.nodestate.partinact': partitionState('INACTIVE'),
  'tab.nodestate.partdrain': partitionState('DRAIN'),
  'srun.ctrlc3': {
    cmd:
      'setsid srun -n2 sleep 30 & P=$!; sleep 1.5; ' +
      'for i in 1 2 3; do kill -INT $P 2>/dev/null; sleep 0.3; done; wait $P',
  },
  'srun.sig_disablestatus': {
    cmd:
      `setsid srun -X -n2 bash -c 'trap "echo usr1" USR1; sleep 1; sleep 1; sleep 1; echo end' & ` +
      'P=$!; sleep 1.5; kill -INT $P; wait $P',
  },
  'srun.scancelled': { cmd: '(sleep 1.5; scancel -n tosc) & srun -n1 -J tosc sleep 60; echo exit=$?' },
};

/** The first job id of a fact that its own texts do not show first. */
export const firstIds: Readonly<Record<string, number>> = {
  'err.update.other': 62,
  'err.show.other': 62,
  'beh.hold.admin': 386,
  'beh.cancel.root2': 399,
};

/**
 * Shell functions in the names of commands: afterwards the daemons stand still for a while. What is printed
 * and returned stays the command's own.
 */
export function slowedBy(scene: Scene, run: string): string {
  const goesOn = sleepSeconds(scene.cmd) > 1;
  const seconds = goesOn ? slowSeconds : untilLookSeconds;
  const names = [...(scene.isEarly ? ['sbatch'] : []), ...(scene.isEnding ? ['scancel'] : [])];
  return names
    .map(
      (name) => `${name}() {
  kill -STOP $(cat ${run}/*.pid)
  command ${name} "$@"
  local code=$?
  (sleep ${seconds}; kill -CONT $(cat ${run}/*.pid)) </dev/null >/dev/null 2>&1 &
  return $code
}
`,
    )
    .join('');
}

/**
 * Slurm's scheduler takes up to three seconds (batch_sched_delay) to come round to a job of sbatch's. A fact
 * that goes on to see the job run sleeps until it does.
 */
const slowSeconds = 1.4;
/** Then the look that comes after it ends it. */
const untilLookSeconds = 20;

/** How long a line sleeps by itself, and not in its jobs. */
export function sleepSeconds(line: string): number {
  const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, '');
  return [...outside.matchAll(/sleep ([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/** The line with the places of this ground in it. */
export function placed(text: string, places: { readonly home: string; readonly helpers: string }): string {
  return text.replaceAll(helpersPath, places.helpers).replaceAll(captured.home, places.home);
}
