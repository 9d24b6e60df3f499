import type { DecimalString } from '@tieout/canonical';
import { dayAt, signedAmount } from './camt-money.ts';
import { problemOf, type Problem } from './problem.ts';
import { all, at, textAt, type XmlNode } from './xml.ts';

export interface Balances {
  readonly opening: DecimalString | null;
  readonly closing: DecimalString | null;
  readonly closingDay: string | null;
  readonly currency: string | null;
}

/** Opening: OPBD, else the previous closing PRCD, else the first interim ITBD; closing: CLBD, else the last of several ITBD. */
export function balancesOf(node: XmlNode, where: string, problems: Problem[]): Balances {
  const read = all(node, 'Bal').flatMap((balance) => {
    const code = textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') ?? textAt(balance, 'Tp', 'Cd') ?? '';
    if (!['OPBD', 'PRCD', 'CLBD', 'ITBD'].includes(code)) return [];
    const amount = signedAmount(at(balance, 'Amt'), textAt(balance, 'CdtDbtInd'));
    if (typeof amount !== 'string') return [{ code, ...amount, day: dayAt(balance, 'Dt') }];
    problems.push(problemOf(where, 'bad-amount', `balance ${code}: ${amount}`));
    return [];
  });
  const first = (code: string): (typeof read)[number] | undefined => read.find((one) => one.code === code);
  const interim = read.filter(({ code }) => code === 'ITBD');
  const opening = first('OPBD') ?? first('PRCD') ?? interim[0];
  const closing = first('CLBD') ?? interim.filter((one) => one !== opening).at(-1);
  const [open, previous] = [first('OPBD'), first('PRCD')];
  if (open !== undefined && previous !== undefined && open.amount !== previous.amount)
    problems.push(
      problemOf(
        where,
        'incomplete-statement',
        `it opens with ${open.amount}, the day before closed with ${previous.amount}`,
      ),
    );
  return {
    opening: opening?.amount ?? null,
    closing: closing?.amount ?? null,
    closingDay: closing?.day ?? null,
    currency: (opening ?? closing)?.currency ?? null,
  };
}
