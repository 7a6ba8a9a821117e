import { isMgpuError, MgpuError } from '../../base/error.ts';
import { createFrameReader, encodeFrame, type FrameGiven, type LiveFrame } from '../../model/liveframe.ts';
import type { LiveHanded, LiveOffer } from '../../model/steplive.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { LiveLink } from '../../ports/live.ts';
import type { StepRoom } from '../../store/layout.ts';
import { readLiveHanded } from '../../store/steps.ts';

/*
 * srun's end of the connections to the supervisors of its step, one for each part.
 *
 *   never    no connection was made, so far: the part's output is in files, from its beginning
 *   linked   it comes by the connection
 *   lost     it came so; the rest is in files from the places on that `handed.<part>` names
 */

/** What srun offered to the supervisors of a step. */
export interface Offered {
  readonly offer: Pick<LiveOffer, 'seconds'>;
  /** Hands over the connections that have come and that come, until the function it gives is called. */
  onLink(handler: (link: LiveLink) => void): () => void;
}

export interface StreamOf {
  readonly task: number;
  readonly stream: 'out' | 'err';
}

export interface LiveSources {
  readonly files: Files;
  readonly clock: Clock;
  readonly room: StepRoom;
  readonly parts: readonly { readonly tasks: readonly number[] }[];
  readonly offered: Offered;
  /** Called when there is something to look at. */
  wake(): void;
}

export interface LiveHandlers {
  /** Output that has come. Throws `FRAME` for what has no place. */
  take(name: StreamOf, offset: number, bytes: Uint8Array): void;
  /** A part has got all input before this place. Throws `FRAME` for what was never sent. */
  inputTaken(part: number, offset: number): void;
  /** The state of a part is another now. */
  changed(): void;
}

export interface LiveSide {
  stateOf(part: number): PartState;
  /** The place in a stream at which its file begins; undefined while it is not known that there is one. */
  fileFrom(part: number, name: StreamOf): number | undefined;
  /** True for a part that has said that it uses files. */
  isHanded(part: number): boolean;
  /** Begins to take what comes. */
  begin(handlers: LiveHandlers): void;
  send(part: number, frame: FrameGiven): void;
  /** Looks what was handed over; of these parts it must be there. */
  look(which: 'due' | readonly number[]): Promise<void>;
  close(): void;
}

export type PartState = 'never' | 'linked' | 'lost';

interface Part {
  state: PartState;
  link: LiveLink | undefined;
  handed: LiveHanded | undefined;
  lookedMs: number;
}

/** How long a connection may take to say whose it is, in ms. */
const helloMsMax = 5000;
/** How often it is looked whether a part that is connected thinks otherwise, in ms. */
const linkedLookMs = 1000;
/** How long the name of a file that is there may be hidden by a network file system, in ms. */
const hiddenMsMax = 60_000;
const hiddenLookMs = 100;

export function createLiveSide(sources: LiveSources): LiveSide {
  const { clock, files, room, wake } = sources;
  const parts: readonly Part[] = sources.parts.map(() => ({
    state: 'never',
    link: undefined,
    handed: undefined,
    lookedMs: Number.NEGATIVE_INFINITY,
  }));
  let stop: () => void = () => {};

  const readHanded = async (part: Part, number: number): Promise<void> => {
    part.lookedMs = clock.monotonicMs();
    part.handed = await readLiveHanded(files, room.handed(number));
  };
  const isDue = ({ state, lookedMs, handed }: Part): boolean => {
    if (handed !== undefined) return false;
    return state !== 'linked' || clock.monotonicMs() - lookedMs >= linkedLookMs;
  };
  return {
    stateOf: (part) => parts[part]?.state ?? 'never',
    fileFrom(number, { task, stream }) {
      const streams = parts[number]?.handed?.streams;
      return streams?.find((one) => one.task === task && one.stream === stream)?.from;
    },
    isHanded: (part) => parts[part]?.handed !== undefined,
    begin(handlers) {
      stop = sources.offered.onLink((link) => {
        follow(sources, { link, parts, handlers });
      });
    },
    send: (part, frame) => void parts[part]?.link?.send(encodeFrame(frame)),
    async look(which) {
      const startMs = clock.monotonicMs();
      for (const [number, part] of parts.entries()) {
        if (which === 'due' && isDue(part)) await readHanded(part, number);
        if (which === 'due' || !which.includes(number)) continue;
        while (part.handed === undefined && clock.monotonicMs() - startMs < hiddenMsMax) {
          await readHanded(part, number);
          if (part.handed === undefined) await clock.sleep(hiddenLookMs);
        }
      }
    },
    close() {
      stop();
      for (const { link } of parts) link?.close();
      wake();
    },
  };
}

interface Followed {
  readonly link: LiveLink;
  readonly parts: readonly Part[];
  readonly handlers: LiveHandlers;
}

/** Takes what comes by a connection, once that has said which part it is of. */
function follow(sources: LiveSources, { link, parts, handlers }: Followed): void {
  const { clock, wake } = sources;
  const read = createFrameReader();
  let number: number | undefined;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    const part = number === undefined ? undefined : parts[number];
    if (part === undefined) return;
    part.state = 'lost';
    part.link = undefined;
    handlers.changed();
    wake();
  };
  const greet = (frame: LiveFrame): number => {
    const part = parts[frame.number];
    if (frame.kind !== 'hello' || part === undefined || part.state !== 'never')
      throw new MgpuError('FRAME', 'a connection that is none of the step');
    part.state = 'linked';
    part.link = link;
    link.send(encodeFrame({ kind: 'welcome' }));
    handlers.changed();
    return frame.number;
  };
  const take = (part: number, { kind, stream, number: task, offset, bytes }: LiveFrame): void => {
    const isOurs = sources.parts[part]?.tasks.includes(task) === true;
    if (kind === 'data' && stream !== 'in' && isOurs) handlers.take({ task, stream }, offset, bytes);
    else if (kind === 'ack' && stream === 'in') handlers.inputTaken(part, offset);
    else if (kind === 'look') wake();
    else throw new MgpuError('FRAME', `a connection: ${kind} came that has no place`);
  };
  link.listen({
    bytes(chunk) {
      if (isOver) return;
      try {
        for (const frame of read(chunk)) {
          if (number === undefined) number = greet(frame);
          else take(number, frame);
        }
      } catch (error) {
        if (!isMgpuError(error, 'FRAME')) throw error;
        link.close();
        end();
      }
    },
    end,
  });
  void clock.sleep(helloMsMax).then(() => {
    if (number !== undefined || isOver) return;
    link.close();
    end();
  });
}
