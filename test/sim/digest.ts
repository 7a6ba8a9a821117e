import type { Disk, Inode } from './disk.ts';

/** A running fingerprint of texts, of 64 bits: so many states are compared that 32 would not do. */
export class Digest {
  #high = 0x9dc5;
  #low = 0x811c;

  add(text: string): void {
    let [high, low] = [this.#high, this.#low];
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(low ^ code, 0x5bd1e995) ^ (high >>> 15);
    }
    this.#high = Math.imul(high ^ 0xffff, 0x01000193);
    this.#low = Math.imul(low ^ (low >>> 13), 0x5bd1e995);
  }

  get value(): string {
    return `${(this.#high >>> 0).toString(36)}.${(this.#low >>> 0).toString(36)}`;
  }
}

function digestOf(text: string): string {
  const digest = new Digest();
  digest.add(text);
  return digest.value;
}

const contents = new WeakMap<Uint8Array, string>();

/** The fingerprint of a content, which is never changed in place. */
function contentDigest(content: Uint8Array): string {
  const known = contents.get(content);
  if (known !== undefined) return known;
  const value = digestOf(Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1'));
  contents.set(content, value);
  return value;
}

/** What is on the disk, durable or not, as one text. */
export function diskText(disk: Disk): string {
  const lines: string[] = [];
  addInode(lines, disk.root, '');
  return lines.join('\n');
}

/** What a process sees that opens it. */
export function inodeText(inode: Inode): string {
  const { kind, links, mode } = inode;
  return `${kind} ${links} ${mode} ${kind === 'file' ? contentDigest(inode.content) : ''}`;
}

function addInode(lines: string[], inode: Inode, path: string): void {
  if (inode.kind === 'file') {
    const { content, stable, writer } = inode;
    const unsynced = stable === content ? '' : ` ${writer} ${contentDigest(stable)}`;
    lines.push(`${path} ${inodeText(inode)}${unsynced}`);
    return;
  }
  lines.push(`${path}/`);
  for (const [name, { machine, change, before }] of inode.unsynced)
    lines.push(` ${name} ${machine} ${change.isDurable} ${before?.kind}`);
  for (const name of [...inode.entries.keys()].sort()) {
    const entry = inode.entries.get(name);
    if (entry !== undefined) addInode(lines, entry, `${path}/${name}`);
  }
}

/** What a process learned from a call, without the numbers that only say in which order things were made. */
export function shown(result: unknown): string {
  if (result instanceof Map) return JSON.stringify([...result]);
  if (typeof result === 'function') return 'function';
  if (typeof result !== 'object' || result === null) return String(result);
  if ('mtimeNs' in result && 'nlink' in result && 'size' in result && 'mode' in result)
    return `${result.size} ${result.nlink} ${result.mode}`;
  return JSON.stringify(result);
}
