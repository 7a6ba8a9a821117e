import { readFileSync, statSync } from 'node:fs';
import type { ReadText } from '../../commands/submission/nodefile.ts';
import { errnoWords } from '../../system/errnowords.ts';
import { codeOf } from '../../system/files/fault.ts';

/** More is no list of nodes or variables that anybody wrote. */
const textBytesMax = 16 * 2 ** 20;

/** A file that the user names; digits alone are a descriptor that was left open for this process. */
export const readUserText: ReadText = async (path) => {
  try {
    const isDescriptor = /^\d{1,6}$/.test(path);
    if (!isDescriptor && statSync(path).size > textBytesMax) return { fault: errnoWords('EFBIG') };
    const bytes = readFileSync(isDescriptor ? Number(path) : path);
    return { text: bytes.toString() };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return { fault: errnoWords(code) };
  }
};
