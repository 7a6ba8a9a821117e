import assert from 'node:assert/strict';
import type os from 'node:os';
import { test } from 'node:test';
import { listAddresses } from '../../../src/system/addresses.ts';

test('the addresses that others may reach come first', () => {
  const address = (text: string, internal = false) =>
    ({ address: text, internal, family: text.includes(':') ? 'IPv6' : 'IPv4' }) as os.NetworkInterfaceInfo;
  assert.deepEqual(
    listAddresses({
      lo: [address('127.0.0.1', true), address('::1', true)],
      docker0: [address('172.17.0.1')],
      eth0: [address('fe80::1'), address('2001:db8::5'), address('10.0.0.5')],
      usb0: [address('169.254.3.4')],
      ib0: [address('192.168.7.5'), address('10.0.0.5')],
      none: undefined,
    }),
    ['10.0.0.5', '192.168.7.5', '2001:db8::5', '172.17.0.1'],
  );
  // A machine without a network still reaches itself.
  assert.deepEqual(listAddresses({ lo: [address('::1', true), address('127.0.0.1', true)] }), [
    '127.0.0.1',
    '::1',
  ]);
});
