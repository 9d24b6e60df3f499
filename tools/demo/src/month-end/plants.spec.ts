import { subtract } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figureKey, type Figure } from '../figures.ts';
import { booksOf, figuresOf, invoiceStates, orderStates, paymentStates, type Books } from './books.ts';
import { generateScenario } from './generate.ts';
import { PLANT_NAMES, type Plan } from './plant.ts';
import { planPlants, planted } from './plants.ts';
import { FEWEST_CUSTOMERS } from './stories.ts';

const size = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  customers: fc.integer({ min: FEWEST_CUSTOMERS, max: 50 }),
});
const forAny = (check: (scenario: ReturnType<typeof generateScenario>) => void, numRuns = 25): void =>
  fc.assert(fc.property(size.map(generateScenario), check), { numRuns });

const repeated = (all: readonly string[]): string[] => all.filter((one, index) => all.indexOf(one) !== index);
const withoutChange = (plans: readonly Plan[]): object[] => plans.map(({ change: _, ...plan }) => plan);

/** Keys of the documents that differ between two states of the books. */
function changedDocuments(before: Books, after: Books): string[] {
  const states = (books: Books): Map<string, string> =>
    new Map(
      [...orderStates(books), ...invoiceStates(books), ...paymentStates(books)].map((state) => [
        `${'net' in state ? 'order' : ''}${state.key}`,
        JSON.stringify(state),
      ]),
    );
  const [old, now] = [states(before), states(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
}

describe('the planted discrepancies', () => {
  it('are more than ten of more than seven kinds', () => {
    const plans = planPlants(generateScenario({ seed: 1, customers: 24 }), PLANT_NAMES);
    expect(plans.map(({ plant }) => plant)).toEqual(PLANT_NAMES);
    expect(new Set(plans.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(10);
    expect(plans.every(({ breaks }) => breaks.length > 0)).toBe(true);
  });

  it('touch different customers, objects and breaks, for any seed', () => {
    forAny((scenario) => {
      const plans = planPlants(scenario, PLANT_NAMES);
      expect(repeated(plans.flatMap(({ customers }) => customers))).toEqual([]);
      const named = plans.flatMap(({ breaks }) =>
        breaks.map(({ check, kind, object }) => JSON.stringify([check, kind, object])),
      );
      expect(repeated(named)).toEqual([]);
    });
  });

  it('change different documents, and no figure of the month that loses a cell', () => {
    forAny((scenario) => {
      const books = booksOf(scenario);
      const plans = planPlants(scenario, PLANT_NAMES);
      expect(repeated(plans.flatMap(({ change }) => changedDocuments(books, change(books))))).toEqual([]);
      const lost = plans.find(({ plant }) => plant === 'lost-cell')!;
      const others = plans.filter((plan) => plan !== lost);
      expect(others.flatMap(({ months }) => months)).not.toContain(lost.months[0]);
      const inMonth = (figures: readonly Figure[]): Figure[] =>
        figures.filter(({ month }) => lost.months.includes(month));
      expect(inMonth(figuresOf(planted(books, others)))).toEqual(inMonth(figuresOf(books)));
    });
  });

  it('change figures in the months that they name and in no other', () => {
    forAny((scenario) => {
      const books = booksOf(scenario);
      const before = new Map(figuresOf(books).map((figure) => [figureKey(figure), figure]));
      for (const { change, months } of planPlants(scenario, PLANT_NAMES)) {
        const moved = figuresOf(change(books)).filter(
          (figure) => JSON.stringify(before.get(figureKey(figure))) !== JSON.stringify(figure),
        );
        expect(moved.map(({ month }) => month).filter((month) => !months.includes(month))).toEqual([]);
      }
    }, 8);
  });

  it('are each the same whichever others are planted', () => {
    forAny((scenario) => {
      const all = planPlants(scenario, PLANT_NAMES);
      for (const left of PLANT_NAMES) {
        const others = planPlants(
          scenario,
          PLANT_NAMES.filter((name) => name !== left),
        );
        expect(withoutChange(others)).toEqual(withoutChange(all.filter(({ plant }) => plant !== left)));
      }
    }, 8);
  });

  it('name in a difference of nets exactly what the documents differ by', () => {
    forAny((scenario) => {
      const books = booksOf(scenario);
      for (const plan of planPlants(scenario, PLANT_NAMES)) {
        const after = plan.change(books);
        for (const { kind, object, expected, actual } of plan.breaks) {
          if (kind !== 'net' || object.of !== 'contract' || expected?.of !== 'text' || actual?.of !== 'text') continue;
          const { currency } = scenario.contracts.find(({ key }) => key === object.key)!;
          const billed = after.invoices.filter(
            (one) => one.contract === object.key && !one.voided && one.currency === currency,
          );
          const order = orderStates(after).find(({ key }) => key === object.key)!;
          const cents = billed
            .flatMap(({ lines }) => lines)
            .reduce((total, { net }) => subtract(total, `-${net}`), order.unbilledNet);
          expect(actual.text).toBe(cents);
        }
      }
    }, 15);
  });
});
