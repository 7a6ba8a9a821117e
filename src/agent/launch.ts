import { MgpuError } from '../base/error.ts';
import { jobEnvironment, umaskVariable } from '../core/environment.ts';
import { wholesOf } from '../core/wholes.ts';
import type { RunningJob } from '../model/job.ts';
import { isTriedElsewhere } from '../model/spec.ts';
import { streamPaths } from '../model/streampaths.ts';
import { ulimitWords } from '../model/ulimit.ts';
import { replace } from '../store/put.ts';
import { type LaunchFile, readLaunch, readScript } from '../store/rooms.ts';
import { type Agent, isPassing } from './agent.ts';
import { holderCommand } from './holder.ts';
import { keepWithoutLease, type Lease, leaseForShim } from './lease.ts';
import { adoptUnmarked, localRunOf, markOf, type Run, withdraw } from './run.ts';

/** From a launch that met what may pass to the next try. */
const retryMs = 1000;

/**
 * Starts the job's first process through the shim. What the user's side got wrong ends the run with
 * JobLaunchFailure; what may pass (a full disk, too many processes) is tried again at the next tick.
 */
export async function launch(
  agent: Agent,
  job: RunningJob,
  run: Run,
  lease: Lease | undefined,
): Promise<void> {
  const facts = { jobId: job.id, attempt: job.attempt, node: agent.node.name };
  try {
    // The folder is there if an earlier daemon came as far as this.
    if ((await noteLaunch(agent, job)) === 'exists' && (await adoptUnmarked(agent, run))) return;
    const file = await readLaunch(agent.store, job.arrayJobId ?? job.id);
    const script = job.spec.kind === 'batch' ? await bringScript(agent, job) : '';
    run.hasExited = false;
    run.shim = await agent.processes.launch({
      args: [agent.shimPath, ...shimArgs(agent, job, { file, script })],
      environment: {
        ...environmentOf(agent, job, file),
        ...(lease && isTriedElsewhere(job.spec) && { MGPU_LEASE: leaseForShim(agent, lease) }),
      },
      onExit: () => {
        run.hasExited = true;
        agent.watcher.wake();
      },
    });
    run.isChild = true;
    run.phase = 'running';
    agent.logger.info('launched', { ...facts, pid: run.shim.pid });
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    agent.logger.error(`launch failed: ${error.message}`, facts);
    if (isPassing(error)) run.retryAtMs = agent.store.clock.monotonicMs() + retryMs;
    else await withdraw(agent, run);
  }
}

/** The intent, on this machine's own disk: it outlives a power cut that takes the start marker. */
async function noteLaunch(agent: Agent, job: RunningJob): Promise<'created' | 'exists'> {
  const { files, spool } = agent.store;
  const made = await files.makeDir(localRunOf(agent, { jobId: job.id, attempt: job.attempt }), 0o700);
  if (!isTriedElsewhere(job.spec)) await keepWithoutLease(agent, job);
  if (spool.durable) await files.syncDir(`${agent.localDir}/runs`);
  return made;
}

/**
 * Puts the batch script onto this machine's own disk, as slurmd does: a shell reads on in its script while
 * that runs, and would take the end of a file server for the end of the script. Gives the path to run, which
 * is the one in the room where nothing may be executed here.
 */
async function bringScript({ store, localDir, mayExecute }: Agent, job: RunningJob): Promise<string> {
  const id = job.arrayJobId ?? job.id;
  if (!mayExecute) return store.layout.job(id).script;
  const folder = localRunOf({ localDir }, { jobId: job.id, attempt: job.attempt });
  const options = { mode: 0o700, durable: false, nonce: store.ids.next() };
  await replace(store.files, folder, scriptName, await readScript(store, id), options);
  return `${folder}/${scriptName}`;
}

/** What a script finds as its own name, as under slurmd. */
const scriptName = 'slurm_script';

function environmentOf(agent: Agent, job: RunningJob, file: LaunchFile): Record<string, string> {
  const { store, journal, node, settings } = agent;
  return {
    ...jobEnvironment({
      job,
      nodes: journal.cluster().nodes,
      node,
      wiring: wholesOf(journal.cluster()).get(node.name)?.wiring,
      submitted: file.environment,
      clusterName: store.spool.clusterName,
      mark: markOf(agent, job.id, job.attempt),
      spoolRoot: store.layout.root,
    }),
    ...submitterVariables(job, file),
    ...(job.spec.kind === 'interactive' && { MGPU_KILL_WAIT: String(settings.killWaitSeconds) }),
  };
}

/**
 * What the shim makes a batch script like its submitter's process by. A step supervisor could not work under
 * all of these limits, and gives the mask to its tasks itself.
 */
function submitterVariables({ spec }: RunningJob, file: LaunchFile): Record<string, string> {
  if (spec.kind !== 'batch') return {};
  const limits = ulimitWords(file.environment);
  const umask = file.environment[umaskVariable];
  return { ...(limits && { MGPU_LIMITS: limits }), ...(umask && { MGPU_UMASK: umask }) };
}

function shimArgs(
  agent: Agent,
  job: RunningJob,
  { file, script }: { readonly file: LaunchFile; readonly script: string },
): readonly string[] {
  const room = agent.store.layout.job(job.id);
  const head = [localRunOf(agent, { jobId: job.id, attempt: job.attempt }), room.path, String(job.attempt)];
  head.push(startFacts(agent, job));
  if (job.spec.kind === 'interactive') {
    return [
      ...head,
      '/',
      '/dev/null',
      room.firstStep.log(0),
      '',
      'truncate',
      ...agent.stepCommand,
      room.path,
    ];
  }
  if (job.spec.kind === 'allocation') {
    return [...head, '/', '/dev/null', '/dev/null', '', 'append', ...holderCommand(room.pulse)];
  }
  const { spec } = job;
  const { input, output, error } = streamPaths(job, agent.node.hostName);
  const streams = [input, output, error === output ? '' : error];
  return [
    ...head,
    spec.workDir,
    ...streams,
    spec.openMode ?? 'truncate',
    ...exportedFunctions(file),
    script,
    ...file.args,
  ];
}

/**
 * Some shells drop variables whose names are no shell words. Bash's exported functions, by which clusters
 * give jobs their `module` command, get past the shim as arguments of env(1); that shows them in the process
 * list, so that nothing else goes this way.
 */
function exportedFunctions({ environment }: LaunchFile): readonly string[] {
  const functions = Object.entries(environment).filter(([name]) => /^BASH_FUNC_[^=]+%%$/.test(name));
  return functions.length === 0 ? [] : ['env', ...functions.map(([name, value]) => `${name}=${value}`)];
}

/** The fields of the start marker that are known before the process is there, as JSON without its braces. */
function startFacts(agent: Agent, job: RunningJob): string {
  const { node, store } = agent;
  const share = job.allocation.find((one) => one.node === node.name);
  const gpus = (share?.gpus ?? []).map((index) => {
    const uuid = node.gpus.find((gpu) => gpu.index === index)?.uuid;
    return uuid === undefined ? { index } : { index, uuid };
  });
  const { name, hostName, addresses, bootId } = node;
  const facts = { jobId: job.id, attempt: job.attempt, node: name, hostName, addresses, bootId, gpus };
  return JSON.stringify({ ...facts, time: store.clock.now() }).slice(1, -1);
}
