import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMgpuError } from '../../src/base/error.ts';
import type { Files } from '../../src/ports/files.ts';

const fast = { mode: 0o600, sync: false };
const bytesMax = 1000;

const fileName = fc.constantFrom('a', 'b', 'c');
const content = fc.string({ maxLength: 5 });
const step = fc.oneof(
  fc.record({ do: fc.constant('create' as const), name: fileName, content }),
  fc.record({ do: fc.constant('append' as const), name: fileName, content }),
  fc.record({ do: fc.constant('link' as const), name: fileName, to: fileName }),
  fc.record({ do: fc.constant('rename' as const), name: fileName, to: fileName }),
  fc.record({ do: fc.constant('unlink' as const), name: fileName }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Any steps by name lead where they lead in a map of names to files. */
export async function behavesAsModel(files: Files, place: string): Promise<void> {
  let round = 0;
  const law = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
    round += 1;
    const folder = `${place}/round${round}`;
    await files.makeDir(folder, 0o755);
    const model = new Map<string, { text: string }>();
    for (const next of steps) assert.equal(await carryOut(files, folder, next), expected(model, next));
    assert.deepEqual(await files.list(folder), [...model.keys()].sort());
    for (const [name, file] of model) {
      const links = [...model.values()].filter((other) => other === file).length;
      const actual = await files.read(`${folder}/${name}`, bytesMax);
      assert.deepEqual([actual?.bytes, actual?.stat.links], [text(file.text), links]);
    }
  });
  await fc.assert(law, { numRuns: 40 });
}

async function carryOut(files: Files, folder: string, next: Step): Promise<unknown> {
  const path = `${folder}/${next.name}`;
  try {
    switch (next.do) {
      case 'create':
        return await files.create(path, text(next.content), fast);
      case 'append':
        return await files.append(path, text(next.content), fast);
      case 'link':
        return await files.link(path, `${folder}/${next.to}`);
      case 'rename':
        return await files.rename(path, `${folder}/${next.to}`);
      case 'unlink':
        return await files.unlink(path);
      default:
        return next satisfies never;
    }
  } catch (error) {
    if (isMgpuError(error)) return error.code;
    throw error;
  }
}

function expected(model: Map<string, { text: string }>, next: Step): unknown {
  const file = model.get(next.name);
  switch (next.do) {
    case 'create':
      if (file === undefined) model.set(next.name, { text: next.content });
      return file === undefined ? 'created' : 'exists';
    case 'append':
      if (file === undefined) model.set(next.name, { text: next.content });
      else file.text += next.content;
      return undefined;
    case 'link':
      return expectedLink(model, next.name, next.to);
    case 'rename':
      if (file === undefined) return 'ENOENT';
      // Two names of one file: POSIX leaves both.
      if (model.get(next.to) === file) return undefined;
      model.set(next.to, file);
      model.delete(next.name);
      return undefined;
    case 'unlink':
      return model.delete(next.name);
    default:
      return next satisfies never;
  }
}

function expectedLink(model: Map<string, { text: string }>, from: string, to: string): string {
  const file = model.get(from);
  const other = model.get(to);
  if (file === undefined) return 'ENOENT';
  if (other === undefined) model.set(to, file);
  else if (other !== file) return 'exists';
  // A file that has one name only was not linked to it.
  else if (from === to && [...model.values()].filter((each) => each === file).length === 1) return 'exists';
  return 'linked';
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
