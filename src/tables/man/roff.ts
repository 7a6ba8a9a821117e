/**
 * A little markup, turned into man(7) macros: `# HEADING`, paragraphs, `= term` with the lines indented
 * below it, blocks indented by four as they are, and `code` and *argument* within a line.
 */
export function roff(markup: string): string {
  const lines: string[] = [];
  for (const block of markup
    .trim()
    .split(/\n{2,}/)
    .filter((one) => one !== ''))
    lines.push(...blockLines(block, lines.at(-1)));
  return lines.map((line) => `${line}\n`).join('');
}

function blockLines(block: string, previous: string | undefined): readonly string[] {
  const [first = '', ...rest] = block.split('\n');
  if (first.startsWith('# ')) {
    const below = rest.length === 0 ? [] : blockLines(rest.join('\n'), '.SH');
    return [`.SH ${escapeText(first.slice(2))}`, ...below];
  }
  if (first.startsWith('= ')) return definitionLines(block);
  if (first.startsWith('    ')) return exampleLines([first, ...rest]);
  // A heading opens its first paragraph itself; anything else, a list before this markup too, has to be
  // ended.
  const opening = previous?.startsWith('.SH') === true ? [] : ['.PP'];
  return [...opening, ...[first, ...rest].map((line) => textLine(line))];
}

/** `= term` and below it, indented by two, what it means; several may follow each other. */
function definitionLines(block: string): readonly string[] {
  return block
    .split('\n')
    .flatMap((line) => (line.startsWith('= ') ? ['.TP', textLine(line.slice(2))] : [textLine(line.trim())]));
}

function exampleLines(lines: readonly string[]): readonly string[] {
  const texts = lines.map((line) => startLine(escapeCode(line.replace(/^ {4}/, ''))));
  return ['.PP', '.RS 4', '.EX', ...texts, '.EE', '.RE'];
}

function textLine(line: string): string {
  return startLine(inline(line));
}

/** A dot or a quote at the start of a line would be read as a macro. */
function startLine(line: string): string {
  return line.replace(/^(?=[.'])/, '\\&');
}

/** `code` in bold, *argument* in italics. */
export function inline(text: string): string {
  return text
    .split(/(`[^`]+`|\*[^*\s][^*]*\*)/)
    .map((part, index) => {
      if (index % 2 === 0) return escapeText(part);
      const inner = part.slice(1, -1);
      return part.startsWith('`') ? `\\fB${escapeCode(inner)}\\fR` : `\\fI${escapeText(inner)}\\fR`;
    })
    .join('');
}

/** Text as prose: the hyphens in it may be set as hyphens. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti');
}

/** Text that has to come out as it would be typed. */
export function escapeCode(text: string): string {
  return escapeText(text).replaceAll('-', '\\-').replaceAll("'", '\\(aq').replaceAll('"', '\\(dq');
}
