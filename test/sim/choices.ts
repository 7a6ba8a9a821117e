/** What may be done to a process when its turn comes. */
export const faults = {
  kill: 'killed before the call, and started again soon',
  'kill-after': 'killed after the call, and started again soon',
  leave: 'killed before the call, and started again after every time-out',
  cut: 'its machine loses power before the call, and all that was not synced',
  'cut-after': 'its machine loses power after the call, and all that was not synced',
  'cut-names': 'its machine loses power before the call, and all contents that were not synced, but no name',
  'cut-some': 'its machine loses power before the call, and every other name that was not synced',
  pause: 'stopped before the call, until after every time-out',
} as const;
export type Fault = keyof typeof faults;

/** At this turn another process goes first until it waits, or a fault strikes the one whose turn it is. */
export interface Choice {
  readonly turn: number;
  readonly what: Fault | { readonly to: string };
}

export function choicesText(choices: readonly Choice[]): string {
  return choices
    .map(({ turn, what }) => `${turn}:${typeof what === 'string' ? what : `to=${what.to}`}`)
    .join(',');
}

/** The choices that a text stands for; undefined if it stands for none. */
export function choicesOf(text: string): readonly Choice[] | undefined {
  const choices: Choice[] = [];
  for (const part of text.split(',')) {
    const [, turn, what = ''] = /^(\d+):(.+)$/.exec(part) ?? [];
    const to = /^to=(.+)$/.exec(what)?.[1];
    if (turn === undefined || (to === undefined && !isFault(what))) return undefined;
    choices.push({ turn: Number(turn), what: to === undefined ? (what as Fault) : { to } });
  }
  return choices;
}

function isFault(word: string): boolean {
  return Object.hasOwn(faults, word);
}
