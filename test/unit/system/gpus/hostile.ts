import fc from 'fast-check';

/** Text of any characters, half of them ASCII: a tool may print anything. */
export function hostileText(lengthMax = 60): fc.Arbitrary<string> {
  const code = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff));
  return fc.array(code, { maxLength: lengthMax }).map((codes) => String.fromCodePoint(...codes));
}
