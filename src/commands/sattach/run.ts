import { printable } from '../../base/text.ts';
import type { AttachedStep, AttachOptions, AttachTarget } from '../../services/attach.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSattach, type SattachValues, sattachTable } from './options.ts';

/** What sattach needs of the world. */
export interface SattachDeps {
  find(spool: string | undefined, target: AttachTarget): Promise<AttachedStep | undefined>;
  /** Shows the output to its end; gives the step's exit code. */
  attach(step: AttachedStep, options: AttachOptions): Promise<number>;
}

/** `sattach`: shows what a step writes, and gives its exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SattachDeps): Promise<number> {
  const read = readSattach(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sattachTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const [operand, ...others] = read.operands;
  if (operand === undefined || others.length > 0) {
    io.err('sattach: error: Usage: sattach <jobid.stepid>\n');
    return 1;
  }
  const [, job, task, step] = /^(\d{1,9})(?:_(\d{1,9}))?\.(\d{1,9})$/.exec(operand) ?? [];
  if (job === undefined || step === undefined) {
    io.err(`sattach: error: Invalid job step: ${printable(operand)}\n`);
    return 1;
  }
  const target = { job: Number(job), step: Number(step), ...(task !== undefined && { task: Number(task) }) };
  const found = await deps.find(read.values.spool, target);
  if (found === undefined) {
    io.err('sattach: error: Could not get job step info: Invalid job id specified\n');
    return 1;
  }
  if (read.values.layout === true) {
    io.out(
      layoutLines(found)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  }
  return deps.attach(found, optionsOf(read.values));
}

function optionsOf({ label, outputFilter, errorFilter }: SattachValues): AttachOptions {
  return {
    isLabelled: label === true,
    ...(outputFilter !== undefined && { onlyOutput: outputFilter }),
    ...(errorFilter !== undefined && { onlyError: errorFilter }),
  };
}

function layoutLines({ parts, ntasks }: AttachedStep): readonly string[] {
  const head = `Job step layout:\n\t${ntasks} tasks, ${parts.length} nodes\n`;
  return [head, ...parts.map(({ node, tasks }, place) => `\tNode ${place} (${node}), ${tasks} task(s)`)];
}
