import type { JobId } from '../../model/ids.ts';
import type { ActiveJob } from '../../model/job.ts';
import type { Node } from '../../model/node.ts';
import type { StepClient, StepRequest } from '../../model/steprequest.ts';
import type { StepWish } from '../../model/stepwish.ts';
import type { ProcessIdentity } from '../../ports/processes.ts';
import type { StepRoom } from '../../store/layout.ts';
import type { RoomContent } from '../../store/rooms.ts';
import type { FollowingSession, ShowOptions, Terminal } from '../interactive/follow.ts';
import type { Interrupts } from '../interactive/interrupts.ts';
import type { StepStreams } from '../interactive/relay.ts';

/** Starts supervisors where srun runs within the job itself; elsewhere the node's daemon does. */
export interface StepStarter {
  /** True if this process belongs to the job's attempt on that node. */
  isWithin(job: ActiveJob, node: Node, clusterId: string): boolean;
  /** Starts the supervisor of a part; settles when it has ended. */
  start(part: { readonly room: StepRoom; readonly part: number; readonly marks: StepMarks }): Promise<void>;
  isAlive(process: ProcessIdentity & { readonly space?: string }): Promise<boolean | undefined>;
  readonly client: StepClient;
}

export interface StepMarks {
  readonly job: string;
  readonly step: string;
}

/** A step to make within an allocation. */
export interface InnerStepOptions extends ShowOptions {
  readonly jobId: JobId;
  readonly wish: StepWish;
  /** Its command and srun's environment, after --export. */
  readonly content: RoomContent;
  readonly streams: StepStreams;
  readonly name: string;
  readonly user: string;
  readonly uid: number;
  readonly host: string;
  readonly workDir: string;
  readonly umask: number;
  readonly isOverlapping: boolean;
  /** The job is there for this step alone. */
  readonly isSpanning?: boolean;
  /** Made by a command for itself: nobody counts or shows it. */
  readonly isInternal?: boolean;
  /** Seconds to wait for room; missing: for ever. */
  readonly immediateSeconds?: number;
  readonly more: Partial<StepRequest>;
  readonly starter: StepStarter;
}

/** A step on its way: what all who make it need. */
export interface Making {
  readonly session: FollowingSession;
  readonly terminal: Terminal;
  readonly options: InnerStepOptions;
  readonly interrupts: Interrupts;
  readonly job: ActiveJob;
  readonly nodes: ReadonlyMap<string, Node>;
  inform(line: string): void;
  complain(line: string): Promise<void>;
}
