import { int, pattern, type Schema } from '../base/schema.ts';
import { limits } from './limits.ts';

/** A job's number, unique for ever in its cluster. */
export type JobId = number;
/** Seconds since 1970, as Slurm prints them. */
export type Seconds = number;
export type NodeName = string;

export const jobIdSchema: Schema<JobId> = int(1, limits.jobIdMax);
export const secondsSchema: Schema<Seconds> = int(0);
export const uidSchema: Schema<number> = int(0, 2 ** 32 - 1);
export const nodeNameSchema: Schema<NodeName> = pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a node name');
/** An identity that its maker drew at random: of a request, of a daemon's life. */
export const nonceSchema: Schema<string> = pattern(/^[A-Za-z0-9-]{8,64}$/, 'an identity of 8 to 64 letters');

/** True for a text that can name a node. */
export function isNodeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);
}
