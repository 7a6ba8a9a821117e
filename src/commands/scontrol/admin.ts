import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import { type Environment, readCommand } from '../../tables/precedence.ts';
import { type Failed, failed } from '../../tables/row.ts';
import { type ScontrolValues, scontrolTable } from './options.ts';
import { planReservation, planReservationDelete } from './reservations.ts';
import type { ScontrolDeps } from './run.ts';
import type { Answer } from './show.ts';
import { planNodeUpdate } from './updatenode.ts';
import { planPartitionCreate, planPartitionDelete, planPartitionUpdate } from './updatepartition.ts';
import { complaint, done, type Setting, settingOf, tagNamed, unsupported } from './words.ts';

/** What administrators do to the cluster as a whole. */
type AdminCommand =
  | { readonly name: 'ping' }
  | { readonly name: 'reconfigure' }
  | {
      readonly name:
        | `update ${'node' | 'partition' | 'reservation'}`
        | `create ${'partition' | 'reservation'}`;
      readonly settings: readonly Setting[];
    }
  | {
      readonly name: `delete ${'partition' | 'reservation'}`;
      readonly entity: string;
      readonly written: string;
    };

interface AdminReading {
  readonly values: ScontrolValues;
  readonly command: AdminCommand;
}

const entities = ['NodeName', 'PartitionName', 'ReservationName'] as const;

/** Reads a command line of that kind; undefined for any other, also for an update of a job. */
export function readAdminCommand(
  argv: readonly string[],
  environment: Environment,
): AdminReading | Failed | undefined {
  const read = readCommand(argv, environment, scontrolTable);
  if (!('values' in read)) return undefined;
  const [keyword = '', ...words] = read.operands;
  const command = readKeyword(keyword, words);
  return command === undefined || 'failed' in command ? command : { values: read.values, command };
}

function readKeyword(keyword: string, words: readonly string[]): AdminCommand | Failed | undefined {
  const word = keyword.toLowerCase();
  const is = (name: string, lettersMin: number): boolean =>
    word.length >= lettersMin && name.startsWith(word);
  if (is('ping', 3)) {
    return words.length > 0 ? failed(1, 'too many arguments for keyword:ping') : { name: 'ping' };
  }
  if (is('reconfigure', 3)) return { name: 'reconfigure' };
  if (is('update', 1)) return readUpdate(words);
  if (is('create', 2)) return readCreate(words);
  return is('delete', 2) ? readDelete(words) : undefined;
}

function readUpdate(words: readonly string[]): AdminCommand | Failed | undefined {
  if (words.length === 0) return failed(1, 'too few arguments for update keyword');
  const settings = words.flatMap((word) => settingOf(word) ?? []);
  const named = settings.map(({ tag }) =>
    tagNamed(tag, [...entities, 'JobId', 'JobName', 'StepId'] as const),
  );
  switch (named.find((one) => one !== undefined)) {
    case 'NodeName':
      return { name: 'update node', settings };
    case 'PartitionName':
      return { name: 'update partition', settings };
    case 'ReservationName':
      return { name: 'update reservation', settings };
    case undefined:
      return failed(
        1,
        'No valid entity in update command',
        'Input line must include "NodeName", "PartitionName", "Reservation", "JobId", or "SlurmctldDebug"',
      );
    default:
      return undefined;
  }
}

/**
 * `reservation`, `reservation=NAME` or `ReservationName=NAME`, and what it is to be; of a partition the name
 * has to be there.
 */
function readCreate([first, ...rest]: readonly string[]): AdminCommand | Failed {
  if (first === undefined) return failed(1, 'too few arguments for create keyword');
  const setting = settingOf(first);
  const entity = tagNamed(setting?.tag ?? first, entities);
  if (entity === 'ReservationName') {
    const settings = rest.map((word) => settingOf(word) ?? bare(word));
    return {
      name: 'create reservation',
      settings: setting === undefined ? settings : [setting, ...settings],
    };
  }
  if (entity === undefined) return failed(1, `scontrol: error: Invalid creation entity: ${first}`);
  if (entity === 'NodeName') return inFile('create');
  const settings: Setting[] = [];
  for (const word of [first, ...rest]) {
    const read = settingOf(word);
    if (read === undefined) return failed(1, `scontrol: error: Invalid input: ${word}  Request aborted`);
    settings.push(read);
  }
  return { name: 'create partition', settings };
}

/** A word without a value is none of the tags. */
function bare(written: string): Setting {
  return { written, tag: written, value: '', how: 'set' };
}

function readDelete([first, second]: readonly string[]): AdminCommand | Failed {
  if (first === undefined) return failed(1, 'too few arguments for delete keyword');
  const setting = settingOf(first);
  const entity = tagNamed(setting?.tag ?? first, entities);
  if (entity === 'ReservationName') {
    const written = setting === undefined && second !== undefined ? `${first} ${second}` : first;
    return { name: 'delete reservation', entity: setting?.value ?? second ?? '', written };
  }
  const named = setting?.value ?? second;
  if (named === undefined) {
    const format = "Proper format is 'delete <ENTITY>=<ID>' or 'delete <ENTITY> <ID>'";
    return failed(1, `scontrol: error: ${format}`);
  }
  if (entity === undefined) return failed(1, `Invalid deletion entity: ${first}`);
  return entity === 'NodeName'
    ? inFile('delete')
    : { name: 'delete partition', entity: named, written: first };
}

function inFile(verb: string): Failed {
  const { err } = unsupported(`${verb} of nodes`, ': change cluster.yaml, then scontrol reconfigure');
  return failed(1, err.trimEnd());
}

/** Does it: sends what is to be done, or says in Slurm's words why not. */
export async function answerAdmin(
  command: AdminCommand,
  view: ClusterView,
  deps: ScontrolDeps,
): Promise<Answer> {
  if (command.name === 'ping') return ping(view, await deps.config());
  const isAdmin = await deps.mayAdminister(view);
  switch (command.name) {
    case 'reconfigure':
      if (!isAdmin) return complaint('slurm_reconfigure error: Invalid user id');
      await deps.checkSettings();
      await deps.send({ name: 'reconfigure' });
      return done;
    case 'update node':
      return send(planNodeUpdate(command.settings, view, isAdmin), done, deps);
    case 'update partition':
      return send(planPartitionUpdate(command.settings, view, isAdmin), done, deps);
    case 'create reservation':
    case 'update reservation': {
      const isNew = command.name === 'create reservation';
      const { isUser, utcOffsetMinutes } = deps;
      const asked = { view, isAdmin, isNew, isUser, utcOffsetMinutes };
      const plan = await planReservation(command.settings, asked);
      const name = 'reservation' in plan ? plan.reservation.name : '';
      const out = isNew ? `Reservation created: ${name}\n` : 'Reservation updated.\n';
      return send(plan, { ...done, out }, deps);
    }
    case 'create partition':
      return send(planPartitionCreate(command.settings, view, isAdmin), done, deps);
    case 'delete partition':
      return send(planPartitionDelete(command, view, isAdmin), done, deps);
    case 'delete reservation':
      return send(planReservationDelete(command, view, isAdmin), done, deps);
    default:
      return command satisfies never;
  }
}

async function send(plan: Request | Answer, sent: Answer, deps: ScontrolDeps): Promise<Answer> {
  if ('exitCode' in plan) return plan;
  await deps.send(plan);
  return sent;
}

/** Every daemon can do what a controller does: one that is there is enough. */
function ping({ cluster }: ClusterView, { host }: { readonly host: string }): Answer {
  const isUp = [...cluster.nodes.values()].some(({ presence }) => presence === 'up');
  const out = `Slurmctld(primary) at ${host} is ${isUp ? 'UP' : 'DOWN'}\n`;
  return { out, err: '', exitCode: isUp ? 0 : 1 };
}
