import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plainBytes, type TaskLines, wholeLines } from '../../../../src/services/interactive/lines.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString();

function shown(lines: TaskLines, parts: readonly string[]): readonly string[] {
  return [...parts.map((part) => textOf([lines.take(bytesOf(part))])), textOf([lines.rest()])];
}

describe('what is shown of a task', () => {
  it('is everything at once when it is alone', () => {
    assert.deepEqual(shown(plainBytes(), ['half', ' line\n']), ['half', ' line\n', '']);
  });

  it('is whole lines when there are others', () => {
    const parts = ['a', 'b\nc', 'd', '\n\ne'];
    assert.deepEqual(shown(wholeLines(''), parts), ['', 'ab\n', '', 'cd\n\n', 'e']);
  });

  it('has its label before every line (srun.label)', () => {
    assert.deepEqual(shown(wholeLines('0: '), ['a\n\nb', 'c\n', 'd']), [
      '0: a\n0: \n',
      '0: bc\n',
      '',
      '0: d\n',
    ]);
  });

  it('is shown in parts when a line is endless', () => {
    const lines = wholeLines('0: ');
    const parts = [lines.take(bytesOf('x'.repeat(70_000))), lines.take(bytesOf('y\nz')), lines.rest()];
    assert.equal(textOf(parts), `0: ${'x'.repeat(70_000)}y\n0: z\n`);
    assert.ok((parts[0]?.length ?? 0) > 70_000);
  });

  it('does not depend on how it came in parts, and loses no byte', () => {
    const part = fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? 10 : byte)));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.constantFrom('', '12: '), (parts, label) => {
        const whole = Buffer.concat(parts);
        const pieces = wholeLines(label);
        const once = wholeLines(label);
        const inPieces = Buffer.concat([...parts.map((one) => pieces.take(one)), pieces.rest()]);
        const atOnce = Buffer.concat([once.take(whole), once.rest()]);
        assert.ok(inPieces.equals(atOnce));
        if (label === '') assert.ok(inPieces.equals(whole));
      }),
    );
  });
});
