import { isMgpuError, MgpuError } from '../../base/error.ts';
import { JsonFault, parseBounded } from '../../base/json.ts';
import { checked, type Infer, int, list, object, type Schema } from '../../base/schema.ts';
import { limits } from '../../model/limits.ts';
import { encodeText } from '../../store/put.ts';
import type { Store } from '../../store/spool.ts';
import { type Finding, fail, failure, ok, warn } from './finding.ts';
import { type Meeting, type Side, withPeer } from './meet.ts';

/** What this machine is to the other one. */
export interface PairPorts {
  readonly hostName: string;
  nowMs(): number;
}

/** What two machines measured of the file system between them; whole milliseconds. */
const measuredSchema = object({
  /** How long until a new name is listed by the other machine: as a rule, and at most. */
  nameMs: int(0, 1e9),
  nameMsMax: int(0, 1e9),
  /** How long at most until the other machine reads what a file was changed to, and has said so. */
  changeMsMax: int(0, 1e9),
  /** By how much the clock of the second one is ahead of the first one's. */
  aheadMs: int(-1e15, 1e15),
});
export type Measured = Infer<typeof measuredSchema>;

/** What a meeting found out, and what it measured if it came to its end. */
export interface PairOutcome {
  readonly findings: readonly Finding[];
  readonly measured?: Measured;
}

const rounds = 10;
/** A slow file system is measured in fewer rounds. */
const measureMsMax = 20_000;
const namesPerBurst = 25;
const burstsMax = 8;
const namesMax = namesPerBurst * burstsMax;
const clockOffsetMsMax = 2000;
const options = { mode: 0o600, sync: false };
const broken = 'do not use this file system: two writers could both win';
const wonSchema = list(int(0, namesMax - 1), namesMax);

/**
 * Measures the file system together with another machine on which the same is done: how fast one sees what
 * the other did, and whether of two who want one name exactly one gets it.
 */
export async function examineWithPeer(store: Store, ports: PairPorts): Promise<PairOutcome> {
  try {
    return await withPeer(store, ports.hostName, (meeting) => examineAs(meeting, store, ports));
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    return { findings: [failure('pair', error)] };
  }
}

async function examineAs(meeting: Meeting, store: Store, ports: PairPorts): Promise<PairOutcome> {
  const peer = (await meeting.read(meeting.other)) ?? '';
  const findings: Finding[] = [ok('pair', `measured with ${peer.slice(0, limits.nameLength)}`)];
  const measured =
    meeting.side === 'first' ? await measure(meeting, store, ports) : await answer(meeting, ports);
  findings.push(...measuredFindings(measured, meeting.side));
  const { files } = store;
  const race = async (what: string, take: Take): Promise<Finding> => {
    try {
      return await raceFor(what, take, { meeting, store, measured });
    } catch (error) {
      // Alone there is nothing more to find out.
      if (!isMgpuError(error) || error.code === 'PEER_GONE') throw error;
      return failure(what, error);
    }
  };
  findings.push(
    await race('exclusive create by two', (name) => files.create(name, encodeText(meeting.side), options)),
    await race('link by two', (name, source) => files.link(source, name)),
  );
  await part(meeting);
  return { findings, measured };
}

/** The first one takes all away; what the second one reads is to be there until that one is done. */
async function part(meeting: Meeting): Promise<void> {
  try {
    if (meeting.side === 'second') await meeting.put('gone', '');
    else await meeting.appears('gone');
  } catch (error) {
    // Whatever became of the other one: all that was to be found out is known.
    if (!isMgpuError(error)) throw error;
  }
}

/** One round, as the first one tells the second what is to be done. */
type Ask = 'name' | 'change' | 'over';

/** The first one asks and takes the time. */
async function measure(meeting: Meeting, { clock }: Store, { nowMs }: PairPorts): Promise<Measured> {
  let round = 0;
  const ask = async (what: Ask): Promise<void> => meeting.put(`ask.${round}`, what);
  const timed = async (step: () => Promise<void>): Promise<number> => {
    const before = clock.monotonicMs();
    await step();
    await meeting.appears(`answer.${round}`);
    round += 1;
    return clock.monotonicMs() - before;
  };
  const repeated = async (once: () => Promise<void>): Promise<void> => {
    const end = clock.monotonicMs() + measureMsMax;
    for (let times = 0; times < rounds && clock.monotonicMs() < end; times += 1) await once();
  };
  const trips: { readonly ms: number; readonly aheadMs: number }[] = [];
  await repeated(async () => {
    const answer = `answer.${round}`;
    const sentMs = nowMs();
    const ms = await timed(() => ask('name'));
    trips.push({ ms, aheadMs: Number(await meeting.read(answer)) - (sentMs + ms / 2) });
  });
  const changes: number[] = [];
  await repeated(async () => {
    await ask('change');
    await meeting.appears(`ready.${round}`);
    changes.push(await timed(() => meeting.put('changing', String(round))));
  });
  await ask('over');
  trips.sort((a, b) => a.ms - b.ms);
  const measured = {
    // There and back again.
    nameMs: Math.round((trips[trips.length >> 1]?.ms ?? 0) / 2),
    nameMsMax: Math.round((trips.at(-1)?.ms ?? 0) / 2),
    changeMsMax: Math.round(Math.max(...changes)),
    aheadMs: Math.round(trips[0]?.aheadMs ?? 0),
  };
  await meeting.put('measured', JSON.stringify(measured));
  return measured;
}

/** The second one does as it is asked until it is told what was measured. */
async function answer(meeting: Meeting, { nowMs }: PairPorts): Promise<Measured> {
  for (let round = 0; ; round += 1) {
    await meeting.appears(`ask.${round}`);
    const ask = await meeting.read(`ask.${round}`);
    if (ask === 'over') break;
    if (ask === 'change') {
      await meeting.put(`ready.${round}`, '');
      await meeting.holds('changing', String(round));
    }
    await meeting.put(`answer.${round}`, String(nowMs()));
  }
  await meeting.appears('measured');
  return readJson(meeting, 'measured', measuredSchema);
}

async function readJson<T>(meeting: Meeting, name: string, schema: Schema<T>): Promise<T> {
  const path = `${meeting.folder}/${name}`;
  try {
    const json = encodeText((await meeting.read(name)) ?? '');
    return checked(schema, parseBounded(json, { depthMax: 3, valuesMax: namesMax * 2 }), path);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new MgpuError('SCHEMA', `${path}: ${error.message}`);
  }
}

function measuredFindings(
  { nameMs, nameMsMax, changeMsMax, aheadMs }: Measured,
  side: Side,
): readonly Finding[] {
  const seen = `the other machine lists a new name after ${nameMs} ms (median; at most ${nameMsMax} ms)`;
  const offset = side === 'first' ? aheadMs : -aheadMs;
  const seconds = Math.abs(offset / 1000).toFixed(1);
  const clock = `the other machine's is ${seconds} s ${offset < 0 ? 'behind' : 'ahead'}`;
  // Half the time there and back is how well it can be told.
  const isOff = Math.abs(offset) > clockOffsetMsMax + nameMsMax;
  return [
    ok('visibility to another', `${seen}, and a changed file is read within ${changeMsMax} ms`),
    isOff
      ? warn('clock of another', clock, 'times of jobs will look wrong: let the machines keep time by NTP')
      : ok('clock of another', clock),
  ];
}

/** Tries to get a name for this side, whose mark is in the source. */
type Take = (path: string, source: string) => Promise<'created' | 'linked' | 'exists'>;

interface Race {
  readonly meeting: Meeting;
  readonly store: Store;
  readonly measured: Measured;
}

/** Both want the same names at the same time: each name is to be got by one of them, and by one alone. */
async function raceFor(what: string, take: Take, { meeting, store, measured }: Race): Promise<Finding> {
  const { files } = store;
  const { side, other, folder } = meeting;
  const mark = what.split(' ')[0];
  const place = `${folder}/${mark}`;
  await files.makeDir(place, 0o700);
  // Each burst begins when both have seen the other come.
  const burstMs = 2 * Math.max(1, measured.nameMsMax);
  const bursts = Math.min(burstsMax, Math.max(2, Math.floor(measureMsMax / burstMs)));
  const won: number[] = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    // A new one each time: some file systems allow a file but a hundred names.
    const source = `${folder}/${mark}.source.${burst}.${side}`;
    await files.create(source, encodeText(side), options);
    await meeting.both(`${mark}.burst.${burst}`);
    for (let at = burst * namesPerBurst; at < (burst + 1) * namesPerBurst; at += 1)
      if ((await take(`${place}/${at}`, source)) !== 'exists') won.push(at);
  }
  await meeting.put(`${mark}.won.${side}`, JSON.stringify(won));
  await meeting.appears(`${mark}.won.${other}`);
  const theirs = new Set(await readJson(meeting, `${mark}.won.${other}`, wonSchema));
  const names = bursts * namesPerBurst;
  const mine = new Set(won);
  let orphans = 0;
  for (let at = 0; at < names; at += 1) {
    const name = `of ${names} names, number ${at}`;
    if (mine.has(at) && theirs.has(at)) return fail(what, `${name} went to both`, broken);
    if (!mine.has(at) && !theirs.has(at)) {
      orphans += 1;
      continue;
    }
    const [winner, loser] = mine.has(at) ? [side, other] : [other, side];
    // A mount may remember for a while how short a file was when it was lost; what the loser put never shows.
    if ((await meeting.holds(`${mark}/${at}`, winner, loser)) === loser)
      return fail(what, `${name} holds what the loser put there`, broken);
  }
  if (orphans > 0) {
    // Seen on GlusterFS: nobody believes that he won, so that nothing is done twice.
    const finding = `${orphans} of ${names} names went to nobody: who made them was told that he had not`;
    return warn(what, finding, 'nothing breaks, but once in a long while a job may fail to start');
  }
  return ok(what, `each of ${names} names went to one of the two: ${mine.size} here, ${theirs.size} there`);
}
