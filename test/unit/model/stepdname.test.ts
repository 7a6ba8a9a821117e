import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepdName } from '../../../src/model/stepdname.ts';

test('slurmstepd names the node where its name is not the host’s', () => {
  assert.equal(stepdName({ name: 'gpu01', hostName: 'gpu01' }), 'slurmstepd');
  assert.equal(stepdName({ name: 'gpu01', hostName: 'gpu01.example.org' }), 'slurmstepd');
  assert.equal(stepdName({ name: 'gpu03', hostName: 'vm' }), 'slurmstepd-gpu03');
});
