/** With whom a job shares its nodes: with nobody; with jobs of its user, or of its label, alone. */
export type Exclusive = 'node' | 'user' | 'mcs';

/** The value of --exclusive, in either case; an empty one, as without a value, is the whole node. */
export function parseExclusive(text: string): Exclusive | undefined {
  const word = text.toLowerCase();
  if (word === '') return 'node';
  return word === 'user' || word === 'mcs' ? word : undefined;
}
