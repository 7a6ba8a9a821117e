import type { Random } from '../fakes/random.ts';

/*
 * Inputs for the little languages: mostly such as somebody could have meant, a quarter of them spoilt by a
 * character. All from a seed.
 */

function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

function upTo(random: Random, max: number): number {
  return Math.floor(random() * (max + 1));
}

function some(random: Random, max: number, make: () => string, separator: string): string {
  return Array.from({ length: 1 + upTo(random, max - 1) }, make).join(separator);
}

/** With one character taken out, put in or doubled, now and then. */
function spoilt(random: Random, text: string, alphabet: string): string {
  if (random() < 0.75) return text;
  const at = upTo(random, text.length);
  const taken = random() < 0.5 ? 1 : 0;
  const put = random() < 0.7 ? pick(random, [...alphabet]) : '';
  return text.slice(0, at) + put + text.slice(at + taken);
}

type Make = (random: Random) => string;

function number(random: Random): string {
  const digits = String(pick(random, [upTo(random, 9), upTo(random, 120), upTo(random, 9999)]));
  return random() < 0.3 ? digits.padStart(pick(random, [2, 3, 5]), '0') : digits;
}

function range(random: Random): string {
  const first = number(random);
  if (random() < 0.4) return first;
  const last = String(Number(first) + upTo(random, 12));
  return `${first}-${random() < 0.5 ? last : last.padStart(first.length, '0')}`;
}

export const hosts: Make = (random) => {
  const brackets = (): string => `[${some(random, 3, () => range(random), ',')}]`;
  const name = (): string => {
    const prefix = pick(random, ['n', 'gpu', 'a', 'rack1-', 'x1y', 'node.lab', 'r2d', 'a_b']);
    if (random() < 0.4) return prefix + number(random);
    if (random() < 0.15) return prefix;
    const inner = random() < 0.25 ? pick(random, ['b', '-', '', 'n']) + brackets() : '';
    return prefix + brackets() + inner;
  };
  const list = some(random, 6, name, pick(random, [',', ',', ',', ' ', ',,']));
  const text = spoilt(random, list, '[]-,019ab.');
  return text.startsWith('-') ? `n${text}` : text;
};

/** Single names, which only folding tells anything about. */
export const names: Make = (random) => {
  const prefix = pick(random, ['n', 'gpu', 'x1y']);
  const start = upTo(random, 102);
  let at = start;
  const name = (): string => {
    at = Math.max(0, at + pick(random, [1, 1, 1, 1, 0, 2, -1, -3]));
    const other = random() < 0.1 ? pick(random, ['n', 'a', 'gpu', 'x2y']) : prefix;
    return other + String(at).padStart(random() < 0.8 ? 2 : pick(random, [1, 3, 4]), '0');
  };
  return some(random, 14, name, ',');
};

export const timeLimit: Make = (random) => {
  const part = (): string => (random() < 0.5 ? String(upTo(random, 70)) : number(random));
  const forms: readonly Make[] = [
    part,
    () => `${part()}:${part()}`,
    () => `${part()}:${part()}:${part()}`,
    () => `${upTo(random, 400)}-${part()}`,
    () => `${upTo(random, 40)}-${part()}:${part()}`,
    () => `${upTo(random, 40)}-${part()}:${part()}:${part()}`,
    () => pick(random, ['UNLIMITED', 'infinite', '-1', '0', '1-', '00:00', 'Infinite', '2147483647']),
  ];
  return spoilt(random, pick(random, forms)(random), '0123456789:-+. h');
};

export const begin: Make = (random) => {
  const two = (max: number): string => String(upTo(random, max)).padStart(2, '0');
  const clock = (): string => {
    const hour = random() < 0.8 ? two(25) : String(upTo(random, 12));
    const text = `${hour}:${two(61)}${random() < 0.4 ? `:${two(61)}` : ''}`;
    return text + (random() < 0.2 ? pick(random, ['AM', 'pm', ' PM']) : '');
  };
  const date = (): string => {
    const month = String(1 + upTo(random, 12)).padStart(2, '0');
    const day = String(1 + upTo(random, 30)).padStart(2, '0');
    return pick(random, [
      `20${pick(random, [25, 27, 28, 30])}-${month}-${day}`,
      `${month}${day}`,
      `${month}/${day}`,
      `${month}/${day}/${pick(random, ['27', '28'])}`,
      `${month}.${day}.27`,
      `${month}${day}28`,
    ]);
  };
  const delta = (): string => {
    const unit = pick(random, ['', 'second', 'seconds', 'minutes', 'hour', 'hours', 'days', 'week', 'weeks']);
    return `now${pick(random, ['+', '+', '-', ' + '])}${upTo(random, 90)}${unit}`;
  };
  const word = (): string =>
    pick(random, ['now', 'today', 'tomorrow', 'noon', 'midnight', 'fika', 'teatime']);
  const forms = [clock, date, () => `${date()}${pick(random, ['T', '-', ' '])}${clock()}`, delta, word];
  return spoilt(random, pick(random, [...forms, () => `${word()}T${clock()}`])(), '0123456789:-+/. T');
};

export const memory: Make = (random) => {
  const amount = random() < 0.3 ? String(512 * upTo(random, 4000)) : number(random);
  const unit = pick(random, ['', '', 'K', 'M', 'G', 'T', 'k', 'm', 'g', 'MB', 'Gb', 'kB', 'P', 'GiB', '%']);
  return spoilt(random, amount + unit, '0123456789.+- kKMGTB');
};

export const array: Make = (random) => {
  const item = (): string => {
    const first = upTo(random, 99);
    if (random() < 0.35) return String(first);
    const last = first + upTo(random, 60);
    return `${first}-${last}${random() < 0.4 ? `:${1 + upTo(random, 7)}` : ''}`;
  };
  const limit = random() < 0.3 ? `%${upTo(random, 20)}` : '';
  return spoilt(random, some(random, 4, item, ',') + limit, '0123456789-:,%[] ');
};

export const nodes: Make = (random) => {
  const count = (): string => number(random) + pick(random, ['', '', '', 'k', 'K', 'm', 'kb']);
  const text = random() < 0.5 ? count() : `${count()}-${count()}`;
  return spoilt(random, random() < 0.1 ? `-${upTo(random, 8)}` : text, '0123456789-,:kx ');
};

export const gres: Make = (random) => {
  const count = (): string => number(random) + pick(random, ['', '', '', 'k', 'm', 'kb', 'x']);
  const item = (): string =>
    pick(random, [
      'gpu',
      `gpu:${count()}`,
      `gpu:a100:${count()}`,
      `gpu:v100:${upTo(random, 3)}`,
      'gpu:a100',
      `gpu:a100=${upTo(random, 3)}`,
      'none',
      `gres:gpu:${upTo(random, 4)}`,
    ]);
  return spoilt(random, some(random, 3, item, ','), 'gpua10:=,. -');
};

export const gpus: Make = (random) => {
  const item = (): string =>
    pick(random, [number(random), `a100:${upTo(random, 4)}`, 'v100', `v100:${number(random)}`, '1k']);
  return spoilt(random, some(random, 3, item, ','), 'a100:=,. -x');
};

export const signal: Make = (random) => {
  const letters = pick(random, ['', '', 'B:', 'R:', 'RB:', 'BR:', 'b:', 'X:']);
  const name = pick(random, ['USR1', 'USR2', 'TERM', 'sigint', 'SIGHUP', '10', '15', 'CONT', 'KILL', 'FOO']);
  const at = random() < 0.7 ? `@${pick(random, [number(random), String(upTo(random, 70_000))])}` : '';
  return spoilt(random, letters + name + at, 'BR:@0123456789USRTEM ');
};

export const dependency: Make = (random) => {
  const id = (): string => {
    const job = String(900_001 + upTo(random, 3));
    return job + pick(random, ['', '', '', '_*', `_${upTo(random, 9)}`, '_[1-3]', '_[0,4]']);
  };
  const clause = (): string => {
    const type = pick(random, ['after', 'afterany', 'afterok', 'afternotok', 'aftercorr', 'AfterOk']);
    const delay = (): string => (type === 'after' && random() < 0.4 ? `+${upTo(random, 90)}` : '');
    if (random() < 0.1) return 'singleton';
    if (random() < 0.1) return id();
    return `${type}:${some(random, 3, () => id() + delay(), ':')}`;
  };
  return spoilt(random, some(random, 4, clause, pick(random, [',', ',', '?'])), 'after:,?+_*19 ');
};

export const distribution: Make = (random) => {
  const inner = (): string => pick(random, ['block', 'cyclic', 'fcyclic', '*', '', 'Cyclic']);
  const outer = pick(random, [
    'block',
    'cyclic',
    '*',
    'arbitrary',
    `plane=${upTo(random, 9)}`,
    'plane',
    'BLOCK',
  ]);
  const parts = [outer, ...Array.from({ length: upTo(random, 3) }, inner)].join(':');
  const text = parts + (random() < 0.3 ? pick(random, [',Pack', ',NoPack', ',pack', ',']) : '');
  return spoilt(random, random() < 0.1 ? pick(random, ['Pack', 'NoPack']) : text, 'blockyfip=:,*1 ');
};

export const constraint: Make = (random) => {
  const name = (): string => pick(random, ['a100', 'nvlink', 'v100', 'cpu', 'a100', 'nvlink', 'nosuch']);
  const operator = (): string => pick(random, ['&', '|', ',']);
  const chain = (make: () => string): string => {
    let text = make();
    for (let more = upTo(random, 2); more > 0; more -= 1) text += operator() + make();
    return text;
  };
  const term = (): string =>
    pick(random, [
      name(),
      name(),
      name(),
      `${name()}*${upTo(random, 3)}`,
      `(${chain(name)})`,
      `(${chain(name)})*2`,
      `[${name()}|${name()}]`,
      `[${name()}*1&${name()}*2]`,
    ]);
  return spoilt(random, chain(term), 'a100&|()[]*,2 ');
};

export const mailTypes: Make = (random) => {
  const word = (): string =>
    pick(random, [
      'BEGIN',
      'END',
      'FAIL',
      'REQUEUE',
      'ALL',
      'NONE',
      'TIME_LIMIT',
      'TIME_LIMIT_80',
      'end',
      'FOO',
    ]);
  return spoilt(random, some(random, 4, word, ','), 'BEGIN,_ ');
};

export const rlimits: Make = (random) => {
  const word = (): string =>
    pick(random, ['CORE', 'NOFILE', 'AS', 'RLIMIT_STACK', 'MEMLOCK', 'CPU', 'NPROC', 'core', 'ALL', 'NICE']);
  return spoilt(random, some(random, 4, word, pick(random, [',', ',', ', '])), 'CORE,_ ');
};

export const gpuBind: Make = (random) => {
  const index = (): string => String(upTo(random, 5)) + pick(random, ['', '', '*2']);
  const text = pick(random, [
    'closest',
    'none',
    `single:${upTo(random, 3)}`,
    `per_task:${upTo(random, 3)}`,
    `map_gpu:${some(random, 3, index, ',')}`,
    `mask_gpu:0x${index()},f`,
    'foo',
  ]);
  return spoilt(random, (random() < 0.3 ? 'verbose,' : '') + text, 'closetmp_gu:0,*');
};

export const licenses: Make = (random) => {
  const item = (): string =>
    pick(random, ['foo', 'bar']) + pick(random, ['', ':1', ':2', `:${upTo(random, 3)}`]);
  return spoilt(random, some(random, 2, item, pick(random, [',', ',', ';'])), 'foba:,;12 ');
};

/** -o of squeue, out of these letters. */
export const format: Make = (random) => {
  const token = (): string => {
    const letter = pick(random, [...'ijPTDlmqrufvyQ!ZLMEk']);
    const width = random() < 0.6 ? String(upTo(random, 24)) : '';
    const text = pick(random, ['', ' ', '|', ', ', 'x', ';']);
    return `%${random() < 0.4 ? '.' : ''}${width}${letter}${text}`;
  };
  return spoilt(random, some(random, 5, token, ''), '%.0123456789- ij|');
};

/** -O of squeue. */
export const longFormat: Make = (random) => {
  const token = (): string => {
    const name = pick(random, [
      'jobid',
      'Name',
      'PARTITION',
      'state',
      'numnodes',
      'timelimit',
      'feature',
      'nosuch',
    ]);
    const width = random() < 0.7 ? String(upTo(random, 24)) : '';
    const size = `:${random() < 0.3 ? '.' : ''}${width}${pick(random, ['', '', '|', ';', 'x'])}`;
    return name + (random() < 0.7 ? size : '');
  };
  // What stands behind a minus is read as a width below zero, of which nothing sensible comes.
  return spoilt(random, some(random, 5, token, ','), ':.,0123456789 |+j').replaceAll(/:-/g, ':');
};

/** --format of sacct. */
export const columns: Make = (random) => {
  const token = (): string => {
    const name = pick(random, [
      'JobID',
      'jobname',
      'Partition',
      'State',
      'ExitCode',
      'user',
      'ncpus',
      'nosuch',
    ]);
    return name + (random() < 0.6 ? `%${random() < 0.3 ? '-' : ''}${upTo(random, 24)}` : '');
  };
  return spoilt(random, some(random, 5, token, ','), '%,-0123456789 j');
};
