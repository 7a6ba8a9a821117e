import { isMgpuError, MgpuError } from '../base/error.ts';
import { createFrameReader, encodeFrame, type LiveFrame } from '../model/liveframe.ts';
import type { LiveOffer } from '../model/steplive.ts';
import type { LiveLink, LiveNet, TaskPipes } from '../ports/live.ts';
import { writeStepFile } from '../store/steps.ts';
import { createLiveInput, type LiveInput } from './liveinput.ts';
import { createOutputs, type LiveOutputs, type OutputSources, type StreamName } from './liveoutput.ts';

/*
 * The supervisor's end of the connection to srun.
 *
 *   pending   the connection is being made; the tasks run already
 *   linked    srun has said welcome
 *   lost      there is no connection, or no more; for good
 *
 * When it is lost, or somebody else wants to read the output too, the output is handed over to files:
 * `handed.<part>` says from which place on each stream lies in its file, namely from what srun has
 * acknowledged. srun has taken that, or more of it, and goes on where it is.
 */

export interface LiveSources extends OutputSources {
  readonly net: Pick<LiveNet, 'connect'>;
  readonly pipes: TaskPipes;
  readonly offer: LiveOffer;
  readonly part: number;
  /** A name that nobody else uses for a temporary. */
  readonly nonce: string;
  /** Called when srun says so, or has gone. */
  wake(): void;
}

export interface Live extends Pick<LiveOutputs, 'pipe' | 'say'> {
  readonly input: LiveInput;
  /** Settles with whether srun has answered. */
  readonly linked: Promise<boolean>;
  /** True once after the loss of the connection. */
  takeLoss(): boolean;
  /** Once all tasks have ended: all that they wrote is with srun, or in files, which it tells by true. */
  finish(): Promise<boolean>;
  /** Tells srun to look into the room, and ends the connection. */
  close(): void;
}

/** How long srun may take for the rest once the tasks have ended, before that goes into files, in ms. */
const restMsMax = 1000;
/** How long a file server that does not take the rest is asked again, in ms. */
const filesMsMax = 60_000;
const lookMs = 10;
const attachLookMs = 500;
const retryMs = 1000;

/** Opens the pipes, and begins to connect. */
export async function openLive(sources: LiveSources, names: readonly StreamName[]): Promise<Live> {
  const { clock, wake } = sources;
  const outputs = createOutputs(sources, names, await sources.pipes.make(names.length));
  const input = createLiveInput(sources);
  let link: LiveLink | undefined;
  let isOver = false;
  let hasLoss = false;
  let handing: Promise<void> | undefined;

  const handOver = (): Promise<void> => {
    handing ??= handOut(sources, outputs, () => isOver);
    return handing;
  };
  const lose = (): void => {
    hasLoss = link !== undefined;
    link = undefined;
    outputs.link(undefined);
    input.goToFile();
    if (!isOver) void handOver();
    wake();
  };
  const linked = connect(sources, {
    linked(made) {
      // What is in files already srun reads there.
      if (handing !== undefined) return false;
      link = made;
      input.link((frame) => made.send(encodeFrame(frame)));
      outputs.link((frame) => made.send(encodeFrame(frame)));
      return true;
    },
    take: (frame) => takeFrame(frame, { outputs, input, wake }),
    lost: lose,
  });
  void watchAttached(
    sources,
    () => isOver || handing !== undefined,
    () => void handOver(),
  );
  return {
    ...{ pipe: outputs.pipe, say: outputs.say, input, linked },
    takeLoss() {
      const had = hasLoss;
      hasLoss = false;
      return had;
    },
    async finish() {
      outputs.drain();
      await until(clock, restMsMax, () => outputs.isThrough());
      if (outputs.isThrough() && handing === undefined) return false;
      await handOver();
      if (!(await until(clock, filesMsMax, () => outputs.isThrough())))
        sources.warn('not all that the tasks wrote could be put into files');
      return true;
    },
    close() {
      isOver = true;
      link?.send(encodeFrame({ kind: 'look' }));
      link?.close();
    },
  };
}

async function until(clock: LiveSources['clock'], msMax: number, isSo: () => boolean): Promise<boolean> {
  const start = clock.monotonicMs();
  while (!isSo()) {
    if (clock.monotonicMs() - start > msMax) return false;
    await clock.sleep(lookMs);
  }
  return true;
}

interface Connected {
  /** False where it comes too late. */
  linked(link: LiveLink): boolean;
  /** Throws `FRAME` for what has no place here. */
  take(frame: LiveFrame): void;
  /** Called once, whether there was a connection or not. */
  lost(): void;
}

async function connect(sources: LiveSources, connected: Connected): Promise<boolean> {
  const { net, offer, clock, part } = sources;
  const startMs = clock.monotonicMs();
  const made = await net.connect(offer, offer.seconds * 1000);
  if (made === undefined) {
    connected.lost();
    return false;
  }
  const read = createFrameReader();
  let state: 'pending' | 'linked' | 'lost' = 'pending';
  const welcomed = new Promise<boolean>((resolve) => {
    const lose = (): void => {
      if (state === 'lost') return;
      state = 'lost';
      connected.lost();
      resolve(false);
    };
    made.listen({
      bytes(chunk) {
        try {
          for (const frame of read(chunk)) {
            if (state === 'linked') connected.take(frame);
            else if (frame.kind !== 'welcome') throw new MgpuError('FRAME', 'the connection: no welcome');
            else {
              state = 'linked';
              if (!connected.linked(made)) throw new MgpuError('FRAME', 'the connection: it came too late');
              resolve(true);
            }
          }
        } catch (error) {
          if (!isMgpuError(error, 'FRAME')) throw error;
          sources.warn(error.message);
          made.close();
          lose();
        }
      },
      end: lose,
    });
    made.send(encodeFrame({ kind: 'hello', number: part }));
    void clock.sleep(Math.max(0, offer.seconds * 1000 - (clock.monotonicMs() - startMs))).then(() => {
      if (state !== 'pending') return;
      made.close();
      lose();
    });
  });
  return welcomed;
}

interface Taking extends Pick<LiveSources, 'wake'> {
  readonly outputs: LiveOutputs;
  readonly input: LiveInput;
}

function takeFrame(
  { kind, stream, number, offset, bytes }: LiveFrame,
  { outputs, input, wake }: Taking,
): void {
  const isInput = stream === 'in' && number === 0;
  if (kind === 'data' && isInput) input.add(offset, bytes);
  else if (kind === 'end' && isInput) input.end(offset);
  else if (kind === 'files') input.goToFile();
  else if (kind === 'look') wake();
  else if (kind !== 'ack' || stream === 'in' || !outputs.acknowledge({ task: number, stream }, offset))
    throw new MgpuError('FRAME', `the connection: ${kind} came that has no place`);
}

/** Says where the files begin, before there is anything in them. */
async function handOut(sources: LiveSources, outputs: LiveOutputs, isOver: () => boolean): Promise<void> {
  const { files, room, part, nonce, clock, warn } = sources;
  for (let hasWarned = false; !isOver(); ) {
    const streams = outputs.pin();
    try {
      const handed = { mgpu: 'step-handed', format: 1, streams } as const;
      await writeStepFile(files, room.handed(part), handed, `${nonce}-handed`);
      outputs.file();
      return;
    } catch (error) {
      if (!(error instanceof MgpuError)) throw error;
      if (!hasWarned) warn(`${error.message}: trying again`);
      hasWarned = true;
      await clock.sleep(retryMs);
    }
  }
}

/** Somebody beside srun wants to read. */
async function watchAttached(sources: LiveSources, isOver: () => boolean, found: () => void): Promise<void> {
  while (!isOver()) {
    try {
      if ((await sources.files.stat(sources.room.attached)) !== undefined) return void found();
    } catch (error) {
      // The file server is away; it is looked at again.
      if (!(error instanceof MgpuError)) throw error;
    }
    await sources.clock.sleep(attachLookMs);
  }
}
