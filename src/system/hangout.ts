import { networkInterfaces } from 'node:os';
import { isMgpuError } from '../base/error.ts';
import { type Bell, bellsAt } from '../model/bell.ts';
import { listAddresses } from './addresses.ts';
import { openDoorbell } from './doorbell.ts';

/**
 * A doorbell for as long as this process lives, which it does not keep alive: gives where it is rung.
 * Nowhere, where no port can be had.
 */
export async function hangOut(wake: () => void): Promise<readonly Bell[]> {
  try {
    const doorbell = await openDoorbell({
      port: undefined,
      look() {
        // Whoever waits looks as soon as he is woken.
        doorbell.answer();
        wake();
      },
    });
    return bellsAt(listAddresses(networkInterfaces()), doorbell.port);
  } catch (error) {
    if (!isMgpuError(error, 'PORT')) throw error;
    return [];
  }
}
