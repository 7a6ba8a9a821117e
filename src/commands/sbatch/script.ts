import { type BatchScript, scriptFault, wrappedScript } from '../../tables/directives.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Failed, failed } from '../../tables/row.ts';

/** A script as the file system has it. */
export interface ScriptFile {
  /** From the root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ScriptSearch {
  /** As the user wrote it. */
  readonly name: string;
  /** Where a relative name is looked for: the job's working directory. */
  readonly folder: string;
  /** The value of PATH. */
  readonly path: string;
}

/** Where scripts come from. */
export interface ScriptSources {
  /**
   * The file, looked for as Slurm does; undefined when there is none that can be read. A folder has no
   * bytes.
   */
  findScript(search: ScriptSearch): Promise<ScriptFile | undefined>;
  readStdin(): Promise<Uint8Array>;
}

/** What is submitted: the bytes that will run, and what the job is called by. */
export interface Script {
  readonly bytes: Uint8Array;
  /** What scontrol calls Command; empty where there is no file. */
  readonly command: string;
  readonly defaultName: string;
  /** Arguments for the script. */
  readonly args: readonly string[];
  /** The text to look for directives in; a wrapped command has none. */
  readonly directives?: BatchScript;
}

export interface ScriptAsk {
  readonly program: string;
  readonly values: SubmitValues;
  readonly operands: readonly string[];
  readonly workDir: string;
  readonly path: string;
}

/** The script that a command line means: --wrap, a file, or standard input. */
export async function readScriptFor(ask: ScriptAsk, sources: ScriptSources): Promise<Script | Failed> {
  const { program, values, operands } = ask;
  if (values.wrap !== undefined) {
    const bytes = new TextEncoder().encode(wrappedScript(values.wrap));
    return { bytes, command: '', defaultName: 'wrap', args: [] };
  }
  const [name, ...args] = operands;
  if (name === undefined) {
    const bytes = await sources.readStdin();
    return checkedScript({ bytes, command: '', defaultName: program, args }, { program, fileName: 'stdin' });
  }
  const folder = values.chdir === undefined ? ask.workDir : inFolder(values.chdir, ask.workDir);
  const file = await sources.findScript({ name, folder, path: ask.path });
  if (file === undefined) return failed(1, `${program}: error: Unable to open file ${name}`);
  const script = {
    bytes: file.bytes,
    command: [file.path, ...args].join(' '),
    defaultName: file.path.slice(file.path.lastIndexOf('/') + 1),
    args,
  };
  return checkedScript(script, { program, fileName: name });
}

function inFolder(path: string, folder: string): string {
  return path.startsWith('/') ? path : `${folder}/${path}`;
}

function checkedScript(
  script: Script,
  { program, fileName }: { readonly program: string; readonly fileName: string },
): Script | Failed {
  const text = new TextDecoder().decode(script.bytes);
  return scriptFault(text, program) ?? { ...script, directives: { text, fileName } };
}
