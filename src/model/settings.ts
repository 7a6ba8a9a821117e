/** What `cluster.yaml` says of how a daemon works; every value has a default. Times as their names say. */
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
