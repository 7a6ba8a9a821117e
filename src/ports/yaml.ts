/** A text that was read, and where in it something stands. */
export interface YamlText {
  readonly value: unknown;
  /**
   * Where what the keys and indices lead to stands, both counted from 1; the nearest thing around it that is
   * there. With `word`, where its key stands.
   */
  placeOf(
    steps: readonly (string | number)[],
    part: 'word' | 'value',
  ): { readonly line: number; readonly column: number };
}

/** Reads a text; throws `YAML` with the place that is wrong. `path` names the text in errors. */
export type ParseYaml = (text: string, path: string) => Promise<YamlText>;
