/** The bounds of what the cluster stores. Everything that is read from disk has one. */
export const limits = {
  nameLength: 1024,
  textLength: 65_536,
  pathLength: 4096,
  /** The largest job id; Slurm's MaxJobId. */
  jobIdMax: 0x03ff_0000,
  nodesPerJob: 1024,
  gpusPerNode: 256,
  gresPerRequest: 64,
  tasksPerJob: 1_000_000,
  /** The largest array index plus one, unless the settings say otherwise. */
  arraySizeMax: 100_001,
  arrayRanges: 100_000,
  partitions: 1024,
  /** The largest number of a step; Slurm's bound. */
  stepIdMax: 0x3fff_ffff,
  /** Records of steps that are kept of a job, and their bytes. */
  stepsKept: 500,
  stepsKeptBytes: 128 * 1024,
  /** What Slurm counts minutes in; up to format 2 it was `minutesMaxOfOld`. */
  minutesMax: 2 ** 32,
  minutesMaxOfOld: 1_000_000_000,
  memoryMbMax: 1_000_000_000,
  cpusPerNode: 65_536,
  eventsPerCommit: 10_000,
  /** How often daemons look what the processes of jobs use. */
  sampleSeconds: 15,
  /** Signals of users that wait to be delivered to one job. */
  signalsPerJob: 1000,
  /** Jobs in the state beyond which no more are taken in; Slurm's MaxJobCount. */
  jobsInState: 500_000,
  /** Requests that are done and not forgotten. */
  handledRequests: 1_000_000,
  /** Bytes of one log entry, one request, one launch file, one checkpoint. */
  commitBytes: 64 * 2 ** 20,
  requestBytes: 4 * 2 ** 20,
  launchBytes: 64 * 2 ** 20,
  /** A batch script, as Slurm bounds it unless it is told otherwise (max_script_size). */
  scriptBytes: 4 * 2 ** 20,
  checkpointBytes: 2 ** 30,
  /** How long a segment or a history file gets; those that are read may be as long as a checkpoint. */
  filedBytes: 64 * 2 ** 20,
  /** What the state may come to as a checkpoint before no more jobs are taken in. */
  stateBytes: 2 ** 29,
  smallFileBytes: 256 * 1024,
  /** How deep JSON of users may be nested, and how many values a launch file or a request may have. */
  jsonDepth: 32,
  jsonValues: 2_000_000,
} as const;
