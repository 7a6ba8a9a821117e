/** Who a process is: its number alone may be somebody else's by now. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in clock ticks since boot. */
  readonly startTicks: number;
  readonly bootId: string;
}

/** A shim to start: see agent/shim. */
export interface ShimLaunch {
  /** The shim's arguments, after the program. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Called when the process ends while this daemon lives. */
  readonly onExit: () => void;
}

/** The processes of this machine. */
export interface Processes {
  bootId(): string;
  /** Starts the shim in a new session, detached. Throws `LAUNCH` when the system refuses. */
  launch(shim: ShimLaunch): Promise<ProcessIdentity>;
  /** True while exactly this process lives (a zombie does not). */
  isAlive(identity: ProcessIdentity): Promise<boolean>;
  /** Seconds since boot; they go on while the machine is suspended. */
  uptimeSeconds(): number;
  /** Seconds since the process started, by this machine's own count since boot. */
  ageSeconds(identity: ProcessIdentity): number;
  /**
   * Every living process of each job, by the mark in its environment or by its shim's session.
   * One look at the process table serves all jobs. The oldest come first.
   */
  members(jobs: readonly JobProcesses[]): Promise<ReadonlyMap<string, readonly ProcessIdentity[]>>;
  /** What these processes use now; those that are gone, or hidden from us, are left out. */
  usage(processes: readonly ProcessIdentity[]): Promise<readonly ProcessUsage[]>;
  /** Sends a signal; a process that is gone or has become another is left alone. */
  signal(process: ProcessIdentity, signal: number): Promise<void>;
}

/** What a process has used, and for which task of which step, by its environment. */
export interface ProcessUsage {
  readonly pid: number;
  /** The node that it runs for; a machine may be several. */
  readonly node: string | undefined;
  /** Undefined for processes of no step: of a batch script. */
  readonly step: number | undefined;
  readonly task: number;
  readonly userMs: number;
  readonly systemMs: number;
  /** The largest that its memory was, where that is told, else as it is now. */
  readonly rssKb: number;
  readonly vmKb: number;
  readonly pages: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** How to know a job's processes. */
export interface JobProcesses {
  /** The value of MGPU_JOB_MARK in their environment. */
  readonly mark: string;
  /** The shim, leader of their session. */
  readonly shim?: ProcessIdentity;
}
