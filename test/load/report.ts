import { type Row, tableText } from '../../bench/table.ts';

/** A figure and, where it is one of size, what it may not be above. Times have no bound. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
  readonly bound?: { readonly value: number; readonly most: number };
}

export function isBroken({ bound }: Figure): boolean {
  return bound !== undefined && !(bound.value <= bound.most);
}

/** A figure that has to stay within a bound. */
export function bounded(what: string, value: number, most: number): Figure {
  return { what, figure: shown(value), bound: { value, most } };
}

/** How long something takes where a fiftieth of the jobs waits, and where all of them do. */
export function ratio(what: string, fewMs: number, manyMs: number): Figure {
  const times = `${shown(manyMs / fewMs)} times as long`;
  return { what, figure: `${shown(fewMs)} ms with a fiftieth, ${shown(manyMs)} ms with all: ${times}` };
}

export function tableOf(figures: readonly Figure[]): string {
  return tableText(
    figures.map((one): Row => {
      const { what, figure, bound } = one;
      if (bound === undefined) return { what, figure };
      return { what, figure, aim: `${isBroken(one) ? 'ABOVE' : 'up to'} ${shown(bound.most)}` };
    }),
  );
}

export function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
