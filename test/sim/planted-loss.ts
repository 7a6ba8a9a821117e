import { one, type Planted } from './plant.ts';

/** Faults that show only where removed files live on under hidden names while they are open, as on NFS. */
export const plantedSilly: readonly Planted[] = [
  one({
    name: 'a room that somebody has a file open in is left for ever',
    file: 'src/agent/tidy.ts',
    find: '  await sweep(agent, memory);\n',
    put: '  if (memory.roomsLeft === "all") await sweep(agent, memory);\n',
    isQuick: true,
  }),
];

/** Faults in what happens when a node is lost and its jobs are tried elsewhere. */
export const plantedNodeLoss: readonly Planted[] = [
  one({
    name: 'a job of a lost node is given away without taking its start marker',
    file: 'src/agent/takeback.ts',
    find: 'const outcome = await withdrawStart(store, job.id, job.attempt);',
    put: "const outcome = 'withdrawn' as string;",
    isQuick: false,
  }),
  one({
    name: 'the number of the attempt is ignored',
    file: 'src/core/reduce-job.ts',
    find: 'job && isActive(job) && job.attempt === event.attempt && job.holders.includes(event.node)',
    put: 'job && isActive(job) && job.holders.includes(event.node)',
    isQuick: false,
  }),
  one({
    name: 'a lost node is believed to have no lease to wait for',
    file: 'src/agent/lease.ts',
    find: 'const leasePart = 0.8;',
    put: 'const leasePart = 8;',
    isQuick: false,
  }),
  one({
    name: 'a lease is renewed though the spool is out of reach',
    file: 'src/agent/daemon.ts',
    find: '  await writeHeartbeat(agent.store, agent.node, count, load);\n',
    put: [
      '  const beaten = writeHeartbeat(agent.store, agent.node, count, load);',
      '  beaten.catch(() => {});\n',
    ].join('\n'),
    isQuick: false,
  }),
  one({
    name: 'a late shim does not look at its lease',
    file: 'test/sim/shim.ts',
    find: 'if (lease !== undefined && !(await isLeased(world, actor, lease))) {',
    put: 'if (lease !== undefined && lease === undefined) {',
    isQuick: false,
  }),
  {
    name: 'liveness is by the age of the heartbeat file',
    isQuick: true,
    patches: [
      {
        file: 'src/agent/watchnodes.ts',
        find: 'if (seen === undefined || seen.beat !== beat || seen.incarnation !== incarnation) {',
        put: `const touched = await agent.store.files.stat(agent.store.layout.node(record.name).heartbeat);
          const touchedSeconds = 1_767_225_600 + Number(touched?.version.split('.')[1] ?? 0) / 1e6;
          const isYoung = agent.store.clock.now() - touchedSeconds < 40;
          if (seen === undefined || seen.incarnation !== incarnation || isYoung) {`,
      },
      {
        file: 'src/agent/watchnodes.ts',
        find: 'else if (now - seen.sinceMs >= timeoutOf(agent.settings, record.leaseSeconds) * 1000)',
        put: 'else if (now - seen.sinceMs >= 15_000)',
      },
    ],
  },
];
