import { apart, broken, state, together } from './answers.ts';
import { dayAfter } from './calendar.ts';
import type { Desk } from './desk.ts';
import { namesake, otherCurrency } from './parties.ts';
import { allowance } from './policy.ts';
import { remittance } from './references.ts';
import type { Answer, CaseState, TruthItem } from './types.ts';

/** What looks like a match to whoever looks at one thing only. */
export const TRAPS = {
  /** The same word as reference and the same amount, at two parties. */
  'generic-reference': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const reference = desk.random.pick(['RENT', 'JUNE', '2026-06', 'INVOICE', 'MONTHLY FEE']);
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units, date, reference, counterparty: desk.stranger.name });
    return state([left], [right], apart([left], [right]), [together(WEAK, [left], [right])]);
  },
  /** Same amount and day at a party whose name begins alike. */
  'sister-company': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const [stem = ''] = desk.party.name.split(' ');
    const left = desk.left({ units, date, counterparty: `${stem} Foods Holding GmbH` });
    const right = desk.right({ units, date, counterparty: `${stem} Property Services Ltd` });
    return state([left], [right], apart([left], [right]), [together(WEAK, [left], [right])]);
  },
  /** The same word as reference, amount and day, at a company in the same trade whose name begins alike. */
  namesake: (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const reference = desk.random.pick([null, 'RENT', '2026-06']);
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units, date, reference, counterparty: namesake(desk.party.name) });
    return state([left], [right], apart([left], [right]), [together(WEAK, [left], [right])]);
  },
  /** One letter tells two companies apart when the names are short. */
  'short-names': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const reference = desk.random.pick([null, 'RENT']);
    const left = desk.left({ units, date, reference, counterparty: 'Eta AG' });
    const right = desk.right({ units, date, reference, counterparty: 'BETA S.A.' });
    return state([left], [right], apart([left], [right]), [together(WEAK, [left], [right])]);
  },
  /** The text names two documents that add up, and a third one beside has the very amount. */
  'amount-beside-named': (desk: Desk) => {
    const [date, one, other] = [desk.day(), desk.reference().text, desk.reference().text];
    const [a, b] = [desk.amount(), desk.amount() + 1_000_000n];
    const left = [desk.left({ units: a, date, reference: one }), desk.left({ units: b, date, reference: other })];
    const beside = desk.left({ units: a + b, date, reference: desk.reference().text });
    const right = desk.right({ units: a + b, date, text: `PAYMENT ${one}, ${other}` });
    const named = together(['matched', 'suggested'], left, [right]);
    return state([...left, beside], [right], [named, ...apart([beside], [])]);
  },
  /** The text names a longer number that begins with this one. */
  'longer-number-in-text': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    const longer = { ...reference, digits: `${reference.digits}77`, text: `${reference.text}77` };
    const right = desk.right({ units, date, text: remittance([longer], desk.random), counterparty: null });
    return state([left], [right], apart([left], [right]), [together(WEAK, [left], [right])]);
  },
  'short-named-in-text': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference()];
    const left = desk.left({ units, date, reference: reference.text });
    const right = desk.right({ units: units - units / 10n, date, text: remittance([reference], desk.random) });
    return state([left], [right], ...broken([left], [right], 'amount'));
  },
  /** The reference belongs to one, the amount would fit the other: the reference counts. */
  'amount-of-another': (desk: Desk) => {
    const [units, date, one, other] = [desk.amount(), desk.day(), desk.reference().text, desk.reference().text];
    const wrong = units - units / 10n;
    const left = desk.left({ units, date, reference: one });
    const right = desk.right({ units: wrong, date, reference: one });
    const lost = desk.left({ units: wrong, date, reference: other });
    const gap = together(['break'], [lost], [], 'missing-right');
    const answers = broken([left], [right], 'amount').map((answer): Answer => [...answer, gap]);
    return state([left, lost], [right], ...answers);
  },
  /** Two documents each off by too much, and each with the other one's amount. */
  'amounts-crossed': (desk: Desk) => {
    const [units, date, one, other] = [desk.amount(), desk.day(), desk.reference().text, desk.reference().text];
    const wrong = units + units / 10n;
    const left = [desk.left({ units, date, reference: one }), desk.left({ units: wrong, date, reference: other })];
    const right = [desk.right({ units: wrong, date, reference: one }), desk.right({ units, date, reference: other })];
    const pairs = left.map((item, n) => together(['break'], [item], [right[n] as TruthItem], 'amount'));
    return state(left, right, pairs, apart(left, right));
  },
  /** A part came in under the reference, the rest of it without one. */
  'rest-without-reference': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const part = (units * BigInt(desk.random.int(20, 70))) / 100n;
    const left = desk.left({ units, date, reference });
    const right = [desk.right({ units: part, date, reference }), desk.right({ units: units - part, date })];
    const [named, rest] = right as [TruthItem, TruthItem];
    return state(
      [left],
      right,
      [together(['suggested', 'matched', 'break'], [left], right)],
      ...broken([left], [named], 'amount').map((answer): Answer => [...answer, ...apart([], [rest])]),
    );
  },
  /** Within tolerance under its own reference, and another one without reference has the very amount. */
  'exact-amount-beside': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const off = allowance(desk.policy, desk.party.currency, units);
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units: units + off, date, reference });
    const beside = desk.right({ units, date });
    return state(
      [left],
      [right, beside],
      [together(['matched', 'explained', 'suggested'], [left], [right]), ...apart([], [beside])],
      [together(['ambiguous'], [left], [right, beside])],
    );
  },
  /** One number in three amounts of two currencies: the sum is none. */
  'currencies-mixed': (desk: Desk) => {
    const [whole, date, reference] = [desk.amount() / 10n, desk.day(), desk.reference().text];
    const foreign = otherCurrency(desk.party.currency);
    const left = [
      desk.left({ units: whole, date, reference }),
      desk.left({ units: whole * 2n, date, reference, currency: foreign }),
    ];
    const right = [desk.right({ units: whole * 3n, date, reference })];
    const near: Answer[] = left.map((one) => [
      together(['break'], [one], right),
      ...apart(
        left.filter((other) => other !== one),
        [],
      ),
    ]);
    return state(left, right, apart(left, right), ...near, [together(['break'], left, right)]);
  },
  /** The same two numbers on both sides, with their currencies exchanged. */
  'currencies-crossed': (desk: Desk) => {
    const [whole, date, reference] = [desk.amount() / 10n, desk.day(), desk.reference().text];
    const foreign = otherCurrency(desk.party.currency);
    const item = (side: Desk['left'], units: bigint, currency: string) => side({ units, date, reference, currency });
    const left = [item(desk.left, whole, desk.party.currency), item(desk.left, whole * 2n, foreign)];
    const right = [item(desk.right, whole * 2n, desk.party.currency), item(desk.right, whole, foreign)];
    const pairs = (order: readonly [number, number]): Answer =>
      left.map((one, n) => together(['break'], [one], [right[order[n] as number] as TruthItem]));
    return state(left, right, apart(left, right), [together(['break'], left, right)], pairs([0, 1]), pairs([1, 0]));
  },
  /** Chained within tolerance under one reference: who belongs to whom nobody knows, the sums agree. */
  'tolerance-chain': (desk: Desk) => {
    const [units, date, reference] = [desk.amount() + 100_000n, desk.day(), desk.reference().text];
    const step = allowance(desk.policy, desk.party.currency, units) / 2n;
    const left = [0n, 2n].map((n) => desk.left({ units: units + n * step, date, reference }));
    const right = [1n, 3n].map((n) => desk.right({ units: units + n * step, date, reference }));
    return state(left, right, [together(['ambiguous', 'matched', 'suggested', 'break'], left, right)]);
  },
  /** Just so much money came in as went out, for two different things. */
  'opposites-unrelated': (desk: Desk) => {
    const units = desk.amount();
    const left = [units, -units].map((one) =>
      desk.left({ units: one, date: desk.day(), reference: desk.reference().text }),
    );
    return state(left, [], apart(left, []));
  },
  'young-wrong-amount': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), dayAfter(desk.policy.asOf, -1), desk.reference().text];
    const left = desk.left({ units, date, reference });
    const right = desk.right({ units: units + units / 10n, date, reference });
    return state([left], [right], [together(['break'], [left], [right], 'amount')]);
  },
  /** Last month's on one side, next month's on the other, and one in the middle that both have. */
  'recurring-crossed': (desk: Desk) => {
    const [units, reference] = [desk.amount(), desk.reference().text];
    const [next, middle, last] = [42, 72, 102].map((age) => dayAfter(desk.policy.asOf, -age)) as [
      string,
      string,
      string,
    ];
    const left = [last, middle].map((date) => desk.left({ units, date, reference })) as [TruthItem, TruthItem];
    const right = [middle, next].map((date) => desk.right({ units, date, reference })) as [TruthItem, TruthItem];
    const same = together(['matched', 'suggested'], [left[1]], [right[0]]);
    const rest = together(['break', 'suggested', 'ambiguous'], [left[0]], [right[1]]);
    return state(
      left,
      right,
      [same, rest],
      [same, ...apart([left[0]], [right[1]])],
      [together(['ambiguous'], left, right)],
    );
  },
  /** The same thing again some days later. */
  'duplicate-later': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const left = desk.left({ units, date, reference });
    const [right, again] = [0, 3].map((days) => desk.right({ units, date: dayAfter(date, days), reference })) as [
      TruthItem,
      TruthItem,
    ];
    const whole = [together(['break', 'ambiguous'], [left], [right, again])];
    return state([left], [right, again], whole, [
      together(['matched', 'suggested'], [left], [right]),
      ...apart([], [again]),
    ]);
  },
  /** Two candidates, of which one is from the very day. */
  'look-alike-closer': (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const left = desk.left({ units, date });
    const [right, rival] = [0, 3].map((days) => desk.right({ units, date: dayAfter(date, days) })) as [
      TruthItem,
      TruthItem,
    ];
    return state(
      [left],
      [right, rival],
      [together(['ambiguous'], [left], [right, rival])],
      [together(['suggested'], [left], [right]), ...apart([], [rival])],
    );
  },
} satisfies Record<string, (desk: Desk) => CaseState>;

/** Never a match, but no harm when a person is asked. */
const WEAK = ['suggested', 'ambiguous', 'break'] as const;
