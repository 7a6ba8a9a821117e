import { type MailType, parseMailTypes } from '../../../model/mailtypes.ts';
import type { OptionRow } from '../../row.ts';
import { name, type Parser, parsedBy } from '../parsers.ts';
import type { SubmitValues } from '../values.ts';

const group = 'Mail';

const mailTypes: Parser<readonly MailType[]> = parsedBy(parseMailTypes);

/** When mail is sent about a job, and to whom. */
export const mailRows = [
  {
    long: 'mail-type',
    arg: 'required',
    metavar: 'events',
    key: 'mailTypes',
    parse: mailTypes,
    group,
    help: 'when to send mail: BEGIN, END, FAIL, REQUEUE, TIME_LIMIT, TIME_LIMIT_80, ARRAY_TASKS, ALL, NONE',
  },
  {
    long: 'mail-user',
    arg: 'required',
    metavar: 'address',
    key: 'mailUser',
    parse: name,
    group,
    help: 'who gets the mail; the submitter if nobody is named',
  },
] as const satisfies readonly OptionRow<SubmitValues>[];
