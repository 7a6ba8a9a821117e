import { type Infer, int, object } from '../base/schema.ts';

const sideMax = 65_535;

/** The size of a terminal's window, in characters; 0 where it is not known. */
export const windowSchema = object({ rows: int(0, sideMax), columns: int(0, sideMax) });
export type WindowSize = Infer<typeof windowSchema>;
