import { MgpuError } from '../base/error.ts';
import { checked, type Infer, int, object } from '../base/schema.ts';

/** What a cluster can be told in `cluster.yaml`; every value has a default. Times as their names say. */
export interface Settings {
  /** How often a daemon shows that it lives. */
  readonly heartbeatSeconds: number;
  /** After how long without a change of its heartbeat a node counts as lost. */
  readonly nodeTimeoutSeconds: number;
  /** Between SIGTERM and SIGKILL; Slurm's KillWait. */
  readonly killWaitSeconds: number;
  /** How long an ended job stays in the state; Slurm's MinJobAge. */
  readonly minJobAgeSeconds: number;
  /** How often GPUs are asked for processes from outside and for their health. */
  readonly gpuProbeSeconds: number;
}

export const defaultSettings: Settings = {
  heartbeatSeconds: 15,
  nodeTimeoutSeconds: 300,
  killWaitSeconds: 30,
  minJobAgeSeconds: 300,
  gpuProbeSeconds: 15,
};

const seconds = int(1, 1_000_000);

/** The file's words, section by section, all in seconds. */
const fileSchema = object(
  {},
  {
    networking: object({}, { heartbeat_interval: seconds, timeout: seconds }),
    jobs: object({}, { kill_wait: seconds, min_job_age: seconds }),
    gpus: object({}, { probe_interval: seconds }),
  },
);
const known: Readonly<Record<string, readonly string[]>> = {
  networking: ['heartbeat_interval', 'timeout'],
  jobs: ['kill_wait', 'min_job_age'],
  gpus: ['probe_interval'],
};

/**
 * The settings that a parsed `cluster.yaml` makes. Throws `SCHEMA` or `SETTINGS` naming the file and the
 * word: a misspelt setting must not be passed over.
 */
export function settingsOf(value: unknown, path: string): Settings {
  if (value === null || value === undefined) return defaultSettings;
  const file = checked(fileSchema, value, path);
  refuseUnknown(file, path);
  const { networking = {}, jobs = {}, gpus = {} }: Infer<typeof fileSchema> = file;
  const settings: Settings = {
    heartbeatSeconds: networking.heartbeat_interval ?? defaultSettings.heartbeatSeconds,
    nodeTimeoutSeconds: networking.timeout ?? defaultSettings.nodeTimeoutSeconds,
    killWaitSeconds: jobs.kill_wait ?? defaultSettings.killWaitSeconds,
    minJobAgeSeconds: jobs.min_job_age ?? defaultSettings.minJobAgeSeconds,
    gpuProbeSeconds: gpus.probe_interval ?? defaultSettings.gpuProbeSeconds,
  };
  if (settings.nodeTimeoutSeconds < 2 * settings.heartbeatSeconds) {
    throw new MgpuError('SETTINGS', `${path}: networking: timeout must be at least twice heartbeat_interval`);
  }
  return settings;
}

function refuseUnknown(file: object, path: string): void {
  for (const [section, words] of Object.entries(file)) {
    const expected = known[section];
    if (expected === undefined) throw unknownWord(path, section, Object.keys(known));
    for (const word of Object.keys(words as object)) {
      if (!expected.includes(word)) throw unknownWord(path, `${section}: ${word}`, expected);
    }
  }
}

function unknownWord(path: string, word: string, expected: readonly string[]): MgpuError {
  return new MgpuError('SETTINGS', `${path}: unknown setting: ${word}`, {
    hint: `settings that may stand there: ${expected.join(', ')}`,
  });
}
