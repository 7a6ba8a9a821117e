import { MgpuError } from '../base/error.ts';

/**
 * How deep aliases may nest and how often they may be used, so that a short file cannot become a large
 * value.
 */
const aliasesMax = 100;

/** What a YAML text says. Throws `YAML` with the line that is wrong. `path` names the text in errors. */
export async function parseYaml(text: string, path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: aliasesMax, prettyErrors: true });
  } catch (cause) {
    const [first = 'it does not parse'] = (cause instanceof Error ? cause.message : String(cause)).split(
      '\n',
    );
    throw new MgpuError('YAML', `${path}: ${first.replace(/:$/, '')}`, { cause });
  }
}
