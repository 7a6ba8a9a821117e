import { type Infer, list, object, text } from '../base/schema.ts';
import { limits } from './limits.ts';

const name = text(limits.nameLength);

/** An account as `cluster.yaml` declares it, and who may charge it. */
export const accountSchema = object(
  { name, users: list(name, 10_000) },
  { description: name, organization: name },
);
export type Account = Infer<typeof accountSchema>;

/** Slurm's own account, which every cluster has. */
const rootAccount: Account = {
  name: 'root',
  users: ['root'],
  description: 'default root account',
  organization: 'root',
};

/** What knows the accounts of a cluster: its settings. */
interface Declared {
  readonly accounts?: readonly Account[];
}

/** The accounts of a cluster: root's, then those of the settings in their order. */
export function accountsOf({ accounts = [] }: Declared): readonly Account[] {
  return accounts.some(({ name }) => name === 'root') ? accounts : [rootAccount, ...accounts];
}

/** What a user's jobs are charged to that name no account: the first one that has the user; or none. */
export function defaultAccountOf(declared: Declared, user: string): string | undefined {
  return declared.accounts?.find(({ users }) => users.includes(user))?.name;
}

/** A user of an account, or the account itself: what Slurm calls an association. */
export interface Association {
  readonly account: string;
  readonly user?: string;
}

/** The numbers of associations, as a database gives them in turn: `account`, `account/user`. */
export function associationIds(declared: Declared): ReadonlyMap<string, number> {
  const all = associationsOf(declared);
  return new Map(all.map(({ account, user }, place) => [associationKey(account, user), place + 1]));
}

export function associationKey(account: string, user?: string): string {
  return user === undefined ? account : `${account}/${user}`;
}

/** All associations: each account, then its users. */
export function associationsOf(declared: Declared): readonly Association[] {
  return accountsOf(declared).flatMap(({ name, users }) => [
    { account: name },
    ...users.map((user): Association => ({ account: name, user })),
  ]);
}
