import { type Infer, int, list, object, pattern } from '../base/schema.ts';

const addressForm = /^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[^:]*:)[0-9a-fA-F:.]{2,45})$/;

/**
 * Where somebody can be told to look now, by one datagram. It is never a name: nobody who rings asks a name
 * server first.
 */
export const bellSchema = object({
  address: pattern(addressForm, 'an IP address'),
  port: int(1, 65_535),
});
export type Bell = Infer<typeof bellSchema>;

/** Of one who has several addresses so many are rung: which of them the ringer reaches nobody knows. */
const bellsEachMax = 2;
export const bellsSchema = list(bellSchema, bellsEachMax);

/** What a node's record says of it. */
interface Rung {
  readonly addresses: readonly string[];
  readonly port?: number | undefined;
}

/** Where a node's daemon is rung; nowhere when it listens on no port. */
export function bellsOf({ addresses, port }: Rung): readonly Bell[] {
  return port === undefined ? [] : bellsAt(addresses, port);
}

/** The first of these that can be rung. */
export function bellsAt(addresses: readonly string[], port: number): readonly Bell[] {
  const numeric = addresses.filter(isNumeric);
  return numeric.slice(0, bellsEachMax).map((address) => ({ address, port }));
}

/** True for an address that is no name. */
export function isNumeric(address: string): boolean {
  return addressForm.test(address);
}

/** A UDP port as people write it; 0 for `none`. Undefined for what is neither. */
export function parsePort(word: string | undefined): number | undefined {
  if (word === 'none') return 0;
  const port = /^\d{1,5}$/.test(word ?? '') ? Number(word) : undefined;
  return port !== undefined && port <= 65_535 ? port : undefined;
}
