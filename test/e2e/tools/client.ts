import { userInfo } from 'node:os';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { EndedJob, Job } from '../../../src/model/job.ts';
import type { Request } from '../../../src/model/request.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import type { Files } from '../../../src/ports/files.ts';
import { openPresent, type Present } from '../../../src/services/present.ts';
import { submit } from '../../../src/services/submit.ts';
import { sendRequest } from '../../../src/store/inbox.ts';
import { initSpool, openSpool, type Store, type StorePorts } from '../../../src/store/spool.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { syncFiles } from '../../../src/system/files.ts';
import { systemIds } from '../../../src/system/ids.ts';
import { spec } from '../../unit/builders.ts';
import { until } from './wait.ts';

/**
 * A job to submit: its script's lines (`#!/bin/sh` is put before them if there is no such line) and what
 * differs.
 */
export interface JobInput {
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly spec?: Partial<JobSpec>;
}

/** Submits and looks from within the test's own process, through the services that the commands use. */
export interface Client {
  readonly store: Store;
  readonly present: Present;
  submit(job: JobInput): Promise<number>;
  send(request: Request): Promise<string>;
  cancel(...ids: readonly number[]): Promise<string>;
  /** The state with what waits in the inbox. */
  cluster(): Promise<Cluster>;
  /** The state by the log alone. */
  committed(): Promise<Cluster>;
  job(id: number): Promise<Job>;
  /** Waits until the job is in that state. */
  reached<S extends Job['state']>(id: number, state: S): Promise<Extract<Job, { readonly state: S }>>;
  /** Waits until the log says that the job has ended and gave back all it held. */
  ended(id: number): Promise<EndedJob>;
}

export interface ClientOptions {
  /** Where jobs run that do not say otherwise. */
  readonly work: string;
  /** Said when something is waited for in vain. */
  readonly explain?: () => string;
  /** Wraps the files it works with. */
  readonly files?: (files: Files) => Files;
}

function storePorts(): StorePorts {
  return { files: syncFiles(), clock: systemClock(), ids: systemIds() };
}

/** Makes a spool without fsync, for what is thrown away soon. */
export async function makeSpool(root: string, { format }: { readonly format?: number } = {}): Promise<Store> {
  const options = { clusterName: 'e2e', durable: false, ...(format !== undefined && { format }) };
  const { store } = await initSpool(storePorts(), root, options);
  return store;
}

export async function openClient(spool: string, options: ClientOptions): Promise<Client> {
  const ports = storePorts();
  const files = options.files?.(ports.files) ?? ports.files;
  const store = await openSpool({ ...ports, files }, spool);
  const present = await openPresent(store);
  const jobIn = async (look: () => Promise<Cluster>, id: number): Promise<Job> => {
    const job = (await look()).jobs.get(id);
    if (job === undefined) throw new Error(`there is no job ${id}\n${options.explain?.() ?? ''}`);
    return job;
  };
  const cluster = async (): Promise<Cluster> => (await present.view()).cluster;
  const committed = (): Promise<Cluster> => present.journal.refresh();
  const job = (id: number): Promise<Job> => jobIn(cluster, id);
  const send = (request: Request): Promise<string> => sendRequest(store, request, 'here');
  const reached: Client['reached'] = async (id, state) => {
    let last = await job(id);
    const explain = (): string => `${JSON.stringify(last)}\n${options.explain?.() ?? ''}`;
    const isThere = async (): Promise<boolean> => {
      last = await job(id);
      return last.state === state;
    };
    await until(isThere, { what: `job ${id}: ${state}`, explain });
    return last as Extract<Job, { readonly state: typeof state }>;
  };
  return {
    store,
    present,
    submit: (input) => submit(store, present, submission(input, options.work)),
    send,
    cancel: (...ids) => send({ name: 'cancel', targets: ids.map((id) => ({ job: id })) }),
    cluster,
    committed,
    job,
    reached,
    ended: (id) => reached(id, 'ENDED'),
  };
}

function submission(input: JobInput, work: string) {
  const { uid, gid, username } = userInfo();
  const script = input.script.startsWith('#!') ? input.script : `#!/bin/sh\n${input.script}\n`;
  return {
    spec: spec({ name: 'e2e', user: username, uid, gid, workDir: work, submitHost: 'here', ...input.spec }),
    script: new TextEncoder().encode(script),
    args: input.args ?? [],
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', ...input.environment },
  };
}
