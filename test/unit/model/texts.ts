import fc from 'fast-check';

/** Any text, halves of surrogate pairs included. (fast-check's own unit for it takes a second to make.) */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0xff), fc.nat(0xffff), fc.nat(0x10_ffff)), { maxLength: 50 })
  .map((codes) => String.fromCodePoint(...codes));

/**
 * Texts that somebody could type or send: any at all, and such as are made of the language's own characters.
 */
export function texts(alphabet: string): fc.Arbitrary<string> {
  return fc.oneof(
    anyText,
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 30 }),
    // Long runs of one piece find regular expressions that backtrack.
    fc
      .tuple(fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 4 }), fc.nat(20_000))
      .map(([piece, times]) => piece.repeat(times)),
  );
}
