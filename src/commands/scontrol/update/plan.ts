import type { Job } from '../../../model/job.ts';
import type { JobChange, JobTarget, Request } from '../../../model/request.ts';
import { type ChangeRefusal, groupsOf, isAdmin, judge } from '../../../services/changejobs.ts';
import { parseTargets } from '../../../tables/options/targets.ts';
import { type Asker, complaintsOf, plainComplaint, type VerbPlan } from '../jobverbs.ts';
import type { ChangeFor } from './keys.ts';
import type { JobUpdate } from './words.ts';

/** The jobs that are meant, named or of a name, and what each of them gets. */
export function planUpdate(update: JobUpdate, asker: Asker): VerbPlan {
  const targets = targetsOf(update, asker);
  if (typeof targets === 'string') return { requests: [], complaints: [targets] };
  const complaints: string[] = [];
  const requests = new Map<string, { readonly change: JobChange; readonly targets: JobTarget[] }>();
  let { cluster } = asker;
  for (const { group, job } of groupsOf(cluster, targets)) {
    const change = mergedChange(update.changes, job);
    const shown = shownTarget(group[0]);
    if (typeof change === 'string') {
      complaints.push(...plainComplaint(change, shown, 'update'));
      continue;
    }
    const judged = judge(cluster, { ...asker, request: { name: 'update', targets: group, change } });
    cluster = judged.cluster;
    complaints.push(...complaintsOf(judged.judgements, 'update'));
    if (!judged.judgements.some(({ refusal }) => refusal === undefined)) continue;
    const isLowered = change.priority !== undefined && change.priority > 0;
    if (isLowered && !isAdmin(cluster, asker.sender)) complaints.push(`${notPersistent} for job ${shown}`);
    const text = JSON.stringify(change);
    const same = requests.get(text) ?? { change, targets: [] };
    same.targets.push(...group);
    requests.set(text, same);
  }
  return { requests: [...requests.values()].map((one): Request => ({ name: 'update', ...one })), complaints };
}

/** What Slurm says of a priority that a user lowered, though it does it. */
const notPersistent = 'Changes to job priority are not persistent, change nice instead';

function targetsOf({ jobs, name }: JobUpdate, { cluster, sender }: Asker): readonly JobTarget[] | string {
  if (jobs !== undefined) {
    const targets = parseTargets(jobs);
    if (targets !== undefined && targets.length > 0) return targets;
    return `Invalid job id specified for job ${jobs}`;
  }
  const found = [...cluster.jobs.values()].filter(
    ({ state, spec }) =>
      state !== 'ENDED' && spec.name === name && (sender.uid === 0 || spec.uid === sender.uid),
  );
  return found.length > 0
    ? found.map(({ id }) => ({ job: id }))
    : `scontrol: error: No jobs with name '${name}'`;
}

function mergedChange(changes: readonly ChangeFor[], job: Job | undefined): JobChange | ChangeRefusal {
  let merged: JobChange = {};
  if (job === undefined) return merged;
  for (const changeFor of changes) {
    const change = changeFor(job);
    if (typeof change === 'string') return change;
    const clear = [...(merged.clear ?? []), ...(change.clear ?? [])];
    merged = {
      ...merged,
      ...change,
      ...((merged.set || change.set) && { set: { ...merged.set, ...change.set } }),
      ...(clear.length > 0 && { clear: [...new Set(clear)] }),
    };
  }
  return merged;
}

function shownTarget({ job, task }: JobTarget): string {
  return task === undefined ? String(job) : `${job}_${task}`;
}
