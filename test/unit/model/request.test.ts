import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { requestFileSchema } from '../../../src/model/request.ts';
import { spec } from '../builders.ts';

const file = {
  mgpu: 'request',
  format: 1,
  requestId: '0000000001AAAAAAAAAAAAAAAA',
  time: 1,
  host: 'login',
  request: { name: 'cancel', targets: [{ job: 1 }, { job: 2, task: 0 }] },
};

function refuses(change: object, message: RegExp): void {
  assert.throws(() => checked(requestFileSchema, { ...file, ...change }, 'inbox/x'), {
    code: 'SCHEMA',
    message,
  });
}

describe('request file', () => {
  it('passes with each of the requests', () => {
    const targets = [{ job: 1 }];
    for (const request of [
      file.request,
      { name: 'submit', jobId: 1, spec: spec() },
      { name: 'signal', targets, signal: 10, scope: 'full' },
      { name: 'hold', targets },
      { name: 'unhold', targets: [] },
    ]) {
      checked(requestFileSchema, { ...file, request }, 'inbox/x');
    }
  });

  it('is refused where it differs, by the place', () => {
    refuses({ mgpu: 'commit' }, /mgpu: expected one of request/);
    refuses({ requestId: '../x' }, /requestId: expected an identity/);
    refuses({ request: { name: 'shutdown' } }, /request\.name: expected one of submit, /);
    refuses({ request: { name: 'cancel' } }, /request\.targets: expected a list/);
    refuses({ request: { name: 'cancel', targets: [{ job: 0 }] } }, /request\.targets\[0\]\.job: /);
    refuses({ request: { name: 'signal', targets: [], signal: 65, scope: 'full' } }, /request\.signal: /);
    refuses({ request: { name: 'submit', jobId: 1, spec: spec({ ntasks: 0 }) } }, /spec\.ntasks: /);
    refuses({ request: { name: 'submit', jobId: 1, spec: spec({ output: 'a\0b' }) } }, /spec\.output: /);
    const array = { tasks: [[5, 1]] as const, throttle: 0 };
    refuses({ request: { name: 'submit', jobId: 1, spec: spec({ array }) } }, /spec\.array\.tasks: /);
  });
});
