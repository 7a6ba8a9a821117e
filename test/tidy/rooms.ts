// The rooms of src/ and what each may import, as plain data. biome.json holds the same arrows for editors and
// the linter; tidy.test.ts proves that the two agree.

export type Room = keyof typeof rooms;

/** Each room with the rooms that it may import, itself aside. */
export const rooms = {
  base: [],
  model: ['base'],
  core: ['base', 'model'],
  tables: ['base', 'model'],
  ports: ['base', 'model'],
  store: ['base', 'model', 'core', 'ports'],
  services: ['base', 'model', 'core', 'ports', 'store'],
  agent: ['base', 'model', 'core', 'ports', 'store'],
  step: ['base', 'model', 'ports', 'store'],
  commands: ['base', 'model', 'tables', 'services'],
  system: ['base', 'model', 'ports'],
  main: [
    'base',
    'model',
    'core',
    'tables',
    'ports',
    'store',
    'services',
    'agent',
    'step',
    'commands',
    'system',
  ],
} as const satisfies Record<string, readonly string[]>;

/** Rooms that see neither time, chance, the process nor a promise. */
export const pureRooms: readonly string[] = ['base', 'model', 'core', 'tables'] satisfies readonly Room[];

/** The only rooms that name packages and `node:` modules, and that set timers. */
export const outerRooms: readonly string[] = ['system', 'main'] satisfies readonly Room[];

/** The rooms that `room` may not import. */
export function deniedRooms(room: Room): readonly string[] {
  const allowed: readonly string[] = rooms[room];
  return Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other));
}

export function isRoom(name: string): name is Room {
  return Object.hasOwn(rooms, name);
}
