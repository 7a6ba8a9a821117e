import type { Document, Node } from 'yaml';
import { MgpuError } from '../base/error.ts';
import type { YamlText } from '../ports/yaml.ts';

/**
 * How deep aliases may nest and how often they may be used, so that a short file cannot become a large
 * value.
 */
const aliasesMax = 100;

/** What a YAML text says. Throws `YAML` with the line that is wrong. `path` names the text in errors. */
export async function parseYaml(text: string, path: string): Promise<YamlText> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: true });
  const value = readDocument(document, path);
  return {
    value,
    placeOf(steps, part) {
      const { line, col } = lineCounter.linePos(offsetOf(document.contents, steps, part));
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}

function readDocument(document: Document, path: string): unknown {
  try {
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    return document.toJS({ maxAliasCount: aliasesMax });
  } catch (cause) {
    const [first = 'it does not parse'] = (cause instanceof Error ? cause.message : String(cause)).split(
      '\n',
    );
    throw new MgpuError('YAML', `${path}: ${first.replace(/:$/, '')}`, { cause });
  }
}

/** As far as the steps lead: what an alias stands for is somewhere else. */
function offsetOf(root: unknown, steps: readonly (string | number)[], part: 'word' | 'value'): number {
  let at = root;
  let offset = startOf(at) ?? 0;
  for (const [index, step] of steps.entries()) {
    const items = itemsOf(at);
    if (items === undefined) return offset;
    const isLast = index === steps.length - 1;
    const item = typeof step === 'number' ? items[step] : items.find((one) => keyOf(one) === step);
    const isPair = typeof step === 'string';
    at = isPair ? (item as { readonly value?: unknown } | undefined)?.value : item;
    const word = isPair ? startOf((item as { readonly key?: unknown } | undefined)?.key) : undefined;
    offset = (isLast && part === 'word' ? word : startOf(at)) ?? word ?? offset;
  }
  return offset;
}

function itemsOf(node: unknown): readonly unknown[] | undefined {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)
    ? node.items
    : undefined;
}

function keyOf(pair: unknown): string | undefined {
  const { key } = (pair ?? {}) as { readonly key?: { readonly value?: unknown } };
  return key?.value === undefined ? undefined : String(key.value);
}

function startOf(node: unknown): number | undefined {
  return (node as Pick<Node, 'range'> | null | undefined)?.range?.[0];
}
