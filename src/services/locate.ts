import { MgpuError } from '../base/error.ts';

/** Where the cluster's directory was named, the first of these that says one. */
export type SpoolOrigin = 'option' | 'environment' | 'user' | 'machine' | 'embedded';

export interface SpoolPlace {
  /** An absolute path. */
  readonly path: string;
  readonly origin: SpoolOrigin;
  /** The same for people: `--spool`, `MGPU_SPOOL`, the path of a file. */
  readonly namedBy: string;
}

/** All that the search may look at. */
export interface LocateInput {
  /** The value of --spool. */
  readonly option: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workDir: () => string;
  /** The user's home folder. */
  readonly homeDir: () => string | undefined;
  /** The host's name up to its first dot. */
  readonly hostName: () => string;
  /** A configuration file, undefined when there is none. */
  readonly readConfig: (path: string) => Promise<{ readonly spool?: string } | undefined>;
}

const machineConfigPath = '/etc/mgpu/config.yaml';

/**
 * The cluster's directory: --spool, MGPU_SPOOL, the user's configuration, the machine's, else the embedded
 * one of this host, which lies in the user's state folder. Home folders are shared between machines, hence
 * the host's name. Nothing is looked at that is not needed. Throws `CONFIG` for a path that cannot be
 * meant.
 */
export async function locateSpool(input: LocateInput): Promise<SpoolPlace> {
  const { option, environment } = input;
  if (option !== undefined) return given(input, option, { origin: 'option', namedBy: '--spool' });
  const variable = environment['MGPU_SPOOL'];
  if (variable) return given(input, variable, { origin: 'environment', namedBy: 'MGPU_SPOOL' });
  const userPath = userConfigPath(input);
  const places = [
    ...(userPath === undefined ? [] : [{ origin: 'user', path: userPath } as const]),
    { origin: 'machine', path: machineConfigPath } as const,
  ];
  for (const { origin, path } of places) {
    const spool = (await input.readConfig(path))?.spool;
    if (spool !== undefined) return { path: configured(input, spool, path), origin, namedBy: path };
  }
  return { path: embeddedPath(input), origin: 'embedded', namedBy: 'no configuration' };
}

/** $XDG_CONFIG_HOME/mgpu/config.yaml; undefined for a user without a home. */
function userConfigPath(input: Pick<LocateInput, 'environment' | 'homeDir'>): string | undefined {
  const folder = absoluteVariable(input, 'XDG_CONFIG_HOME');
  if (folder !== undefined) return `${folder}/mgpu/config.yaml`;
  const home = homeOf(input);
  return home === undefined ? undefined : `${home}/.config/mgpu/config.yaml`;
}

function given(
  input: LocateInput,
  text: string,
  named: { readonly origin: SpoolOrigin; readonly namedBy: string },
): SpoolPlace {
  if (text === '') throw new MgpuError('CONFIG', `${named.namedBy}: the path is empty`);
  return { path: trimmed(text.startsWith('/') ? text : `${input.workDir()}/${text}`), ...named };
}

function configured(input: LocateInput, spool: string, path: string): string {
  if (spool.startsWith('/')) return trimmed(spool);
  const home = homeOf(input);
  if (spool.startsWith('~/') && home !== undefined) return trimmed(`${home}${spool.slice(1)}`);
  throw new MgpuError('CONFIG', `${path}: spool: ${spool}: expected a path that starts with / or ~/`);
}

function embeddedPath(input: LocateInput): string {
  const state = absoluteVariable(input, 'XDG_STATE_HOME');
  const home = homeOf(input);
  if (state === undefined && home === undefined) {
    throw new MgpuError(
      'NO_SPOOL',
      'no cluster is configured, and without a home folder there is no place for one',
      {
        hint: 'name its directory with --spool or MGPU_SPOOL',
      },
    );
  }
  return `${state ?? `${home}/.local/state`}/mgpu/${input.hostName()}/spool`;
}

function homeOf(input: Pick<LocateInput, 'environment' | 'homeDir'>): string | undefined {
  return absoluteVariable(input, 'HOME') ?? input.homeDir();
}

/** A relative path in one of these variables is to be passed over (XDG Base Directory Specification). */
function absoluteVariable(input: Pick<LocateInput, 'environment'>, name: string): string | undefined {
  const value = input.environment[name];
  return value?.startsWith('/') ? trimmed(value) : undefined;
}

/** Without slashes at its end. */
function trimmed(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

export interface LocalDirInput {
  readonly clusterId: string;
  readonly node: string;
  readonly uid: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a daemon keeps on its own machine's disk: who it is, and what its runs left behind. */
export function localDirOf({ clusterId, node, uid, environment }: LocalDirInput): string {
  const base = environment['MGPU_LOCAL_DIR'] || `/var/tmp/mgpu-${uid}`;
  return `${trimmed(base)}/${clusterId}/${node}`;
}
