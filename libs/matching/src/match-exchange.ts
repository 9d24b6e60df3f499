import { fromUnits } from '@tieout/canonical';
import { settle, type Signature } from './ambiguities.ts';
import type { CompiledFx } from './compile.ts';
import { forEachComponent } from './components.ts';
import { evidenceOfPair } from './evidence.ts';
import { exchangeOf, isRounding, type Exchange } from './exchange.ts';
import { decide, itemAt, scaleOf, type Decision, type Work } from './work.ts';

/** 1:1 between two currencies. */
export function matchExchange(work: Work, compiled: CompiledFx, signature: Signature): void {
  forEachComponent(work, compiled.pairing, compiled.rule.name, (left, right) => {
    settle(work, compiled, { left, right }, signature, (a, b) => acceptExchange(work, compiled, a, b));
  });
}

function acceptExchange(work: Work, compiled: CompiledFx, left: number, right: number): void {
  const { rule } = compiled;
  const exchange = exchangeOf(work, rule, left, right);
  if (exchange === null) return;
  const isSame = isRounding(work, left, exchange.residual);
  const outcome = isSame && rule.outcome === 'explained' ? 'matched' : rule.outcome;
  decide(work, [left], [right], {
    outcome,
    rule: rule.name,
    type: 'fx',
    confidence: rule.confidence ?? (outcome === 'suggested' ? 0.9 : 1),
    ...exchangeFacts(work, compiled, { left, right, exchange }),
  });
}

export function exchangeFacts(
  work: Work,
  compiled: CompiledFx,
  { left, right, exchange }: { left: number; right: number; exchange: Exchange },
): Pick<Decision, 'evidence' | 'difference'> {
  const { currency } = itemAt(work.left, left);
  const amount = (units: bigint): string => fromUnits(units, scaleOf(work));
  const { rate } = exchange;
  return {
    evidence: {
      ...evidenceOfPair(work, compiled, left, right),
      rate: `1 ${rate.from} = ${rate.rate} ${rate.to}`,
      'rate date': rate.date,
      'rate source': rate.source,
      converted: `${amount(exchange.converted)} ${currency}`,
      residual: `${amount(exchange.residual)} ${currency}`,
    },
    difference: { amount: amount(exchange.residual), currency },
  };
}
