import { fail, type Schema, text } from '../base/schema.ts';
import type { Account } from './accounts.ts';
import { limits } from './limits.ts';
import { faultAt, names, type Place, readItems, readWords, type Words } from './words.ts';

/* The section `accounts` of cluster.yaml. */

const accountName: Schema<string> = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9_.@-]{1,64}$/.test(value) ? value : fail('an account name');
const words: Words<Account> = {
  description: ['description', text(limits.nameLength)],
  name: ['name', accountName],
  organization: ['organization', text(limits.nameLength)],
  users: ['users', names],
};

/** Throws `SETTINGS` naming the place of what is wrong; two accounts cannot have one name. */
export function readAccounts(value: unknown, at: Place): readonly Account[] {
  const seen = new Set<string>();
  return readItems(value, at, (item, here) => {
    const { name, users = [], ...rest } = readWords(item, words, here);
    if (name === undefined) throw faultAt(here, 'an account has a name');
    if (seen.has(name)) throw faultAt(here, `there are two accounts ${name}`);
    seen.add(name);
    return { name, users, ...rest };
  });
}
