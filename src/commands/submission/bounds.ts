import { MgpuError } from '../../base/error.ts';

/** A number that an option gave, if the cluster can store it. */
export function withinLimit(option: string, count: number, max: number): number {
  if (count <= max) return count;
  throw new MgpuError('OPTIONS', `--${option}: ${count} is more than a job can have (${max})`);
}
