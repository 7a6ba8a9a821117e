import { MgpuError } from '../../base/error.ts';
import { stepEnvironment } from '../../core/stepenvironment.ts';
import { wholesOf } from '../../core/wholes.ts';
import type { Job } from '../../model/job.ts';
import type { Node } from '../../model/node.ts';
import { stepRoutes } from '../../model/step.ts';
import type { LiveOffer } from '../../model/steplive.ts';
import type { StepRequest, StepShare } from '../../model/steprequest.ts';
import type { StepRoom } from '../../store/layout.ts';
import { encodeLaunch } from '../../store/rooms.ts';
import { internalSteps, makeStep, takeStepFile, writeLiveOffer } from '../../store/steps.ts';
import { endInput } from '../interactive/input.ts';
import type { Making } from './making.ts';

/** A step that has its number and has asked under it. */
export interface Made {
  readonly step: number;
  readonly room: StepRoom;
  readonly request: StepRequest;
}

/** Where its tasks go. */
export interface Laid {
  readonly shares: readonly StepShare[];
  readonly ntasks: number;
  readonly distribution: string;
  /** Where its supervisors may connect to. */
  readonly live?: LiveOffer | undefined;
}

/** Takes a number and asks under it. Whoever is so slow that he was taken for dead takes another. */
export async function make(making: Making, laid: Laid): Promise<Made> {
  const { session, options, job, terminal } = making;
  const { files, layout, clock, ids, spool } = session.store;
  const jobRoom = layout.job(job.id);
  const { wish, content, streams } = options;
  const environment = stepEnvironment({
    job,
    submitted: content.environment,
    clusterName: spool.clusterName,
    spoolRoot: layout.root,
    places: laid.shares,
    ntasks: laid.ntasks,
    distribution: laid.distribution,
    ...(wish.cpusPerTask !== undefined && { cpusPerTask: wish.cpusPerTask }),
    isLabelled: streams.label === true,
    ...(options.isSpanning === true && { isSpanning: true }),
    umask: options.umask,
    address: laid.shares[0]?.facts?.addresses[0],
  });
  const launch = encodeLaunch({ ...content, environment });
  for (let tries = 0; tries < triesMax; tries += 1) {
    const first = options.isInternal === true ? internalSteps : firstStep(job);
    const step = await makeStep(files, jobRoom, { attempt: job.attempt, first });
    const room = jobRoom.step(job.attempt, step);
    const request = requestOf(making, laid, { step, time: clock.now() });
    await files.create(room.launch, launch, { mode: 0o600, sync: false });
    if (content.script) await files.create(room.program, content.script, { mode: 0o700, sync: false });
    if (laid.live !== undefined) await writeLiveOffer(files, room, laid.live);
    const { input } = stepRoutes(streams);
    if (terminal.input === undefined && input.kind === 'srun') await endInput(files, room);
    if ((await takeStepFile(files, room.request, request, ids.next())) === 'put')
      return { step, room, request };
  }
  throw new MgpuError('NO_STEP_ID', `job ${job.id}: no number for a step could be had`);
}

const triesMax = 20;

/** Step 0 of an interactive job is the job itself. */
export function firstStep({ spec }: Pick<Job, 'spec'>): number {
  return spec.kind === 'interactive' ? 1 : 0;
}

function requestOf(
  { options, job, session }: Making,
  { shares, ntasks, distribution }: Laid,
  { step, time }: { readonly step: number; readonly time: number },
): StepRequest {
  const { name, user, uid, host, workDir, streams, starter, isOverlapping, more, wish } = options;
  const { output, error, input, label } = streams;
  const perTask = (wish.gpus ?? []).reduce((sum, need) => sum + (need.per === 'task' ? need.count : 0), 0);
  return {
    mgpu: 'step-request',
    format: 1,
    jobId: job.id,
    attempt: job.attempt,
    step,
    name,
    jobName: job.spec.name,
    user,
    uid,
    time,
    host,
    workDir,
    ntasks,
    shares,
    client: starter.client,
    distribution,
    ...(isOverlapping && { overlap: true }),
    ...(perTask > 0 && { gpusPerTask: perTask }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(input !== undefined && { input }),
    ...(label === true && { label }),
    ...(session.bells !== undefined && { bells: session.bells }),
    ...more,
  };
}

/** What tasks are told of the machine that they run on. */
export function nodeFacts(
  { job, options, session }: Making,
  node: Node | undefined,
): Omit<StepShare, 'node' | 'tasks' | 'cpus' | 'memoryMb' | 'gpus'> {
  if (node === undefined) return { host: '?' };
  const { hostName, bootId, addresses, gpus } = node.record;
  const { wiring } = wholesOf(session.present.journal.cluster()).get(node.record.name) ?? {};
  const own = job.allocation.find((share) => share.node === node.record.name)?.gpus ?? [];
  const devices = gpus.filter(({ index }) => own.includes(index));
  const uuids = devices.flatMap(({ index, uuid }) => (uuid === undefined ? [] : [{ index, uuid }]));
  return {
    host: hostName.split('.')[0] ?? hostName,
    facts: { hostName, bootId, addresses },
    ...(wiring !== undefined && Object.keys(wiring).length > 0 && { wiring }),
    ...(options.starter.isWithin(job, node, session.store.spool.clusterId) && { isDirect: true }),
    ...(uuids.length > 0 && { uuids }),
    ...(devices.some(({ vendor }) => vendor === 'amd') && { gpuVendor: 'amd' as const }),
  };
}
