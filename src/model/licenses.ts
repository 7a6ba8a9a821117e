import { parseCount } from './counts.ts';

/** Some licenses of a name. */
export interface LicenseCount {
  readonly name: string;
  readonly count: number;
}

/** A longer text is no list that anybody wrote. */
const textLengthMax = 65_536;

/**
 * The value of --licenses: `foo:2,bar`, one where no number is said; a semicolon is as good as a comma, empty
 * items are skipped, and of a name that is said twice the counts are added. Blanks are refused. Whether a
 * name exists, and how many of it, is the cluster's to say.
 */
export function parseLicenses(text: string): readonly LicenseCount[] | undefined {
  if (text.length > textLengthMax) return undefined;
  const counts = new Map<string, number>();
  for (const item of text.split(/[,;]/)) {
    if (item === '') continue;
    const [, name, digits] = /^([^\s:=*|]+)(?::(\+?\d+))?$/.exec(item) ?? [];
    const count = digits === undefined ? 1 : parseCount(digits, { min: 0 });
    if (name === undefined || count === undefined) return undefined;
    const total = parseCount(String((counts.get(name) ?? 0) + count), { min: 0 });
    if (total === undefined) return undefined;
    counts.set(name, total);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

/** The licenses as a text that parses to them. */
export function formatLicenses(licenses: readonly LicenseCount[]): string {
  return licenses.map(({ name, count }) => (count === 1 ? name : `${name}:${count}`)).join(',');
}
