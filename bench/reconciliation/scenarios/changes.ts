import { quantile } from '../../measurement.ts';
import { startMatcher } from '../matcher.ts';
import { OURS, type Part, type Scenario } from '../scenario.ts';
import type { ChangesAnswer, FullAnswer } from '../subjects/matcher.ts';

export const CHANGE = 'one changed item, stored and its block decided';

const one: Scenario = {
  name: OURS,
  async run({ environment, options }) {
    await using matcher = await startMatcher(await environment.dataset(options.items), options);
    // The first decisions of a process are made by code that is not compiled yet.
    await matcher.ask<ChangesAnswer>({ what: 'changes', count: Math.ceil(options.changes / 5) });
    const { milliseconds } = await matcher.ask<ChangesAnswer>({ what: 'changes', count: options.changes });
    const base = { subject: OURS, unit: 'ms', cpuSeconds: null, maxRssMiB: null };
    return [
      { ...base, metric: `${CHANGE}, p50`, value: quantile(milliseconds, 0.5) },
      { ...base, metric: `${CHANGE}, p99`, value: quantile(milliseconds, 0.99) },
    ];
  },
};

export const changes: Part = {
  name: 'changes',
  about: 'single changes while all items are there',
  async prepare({ environment, options }) {
    await using matcher = await startMatcher(await environment.dataset(options.items), { ...options, profile: null });
    await matcher.ask<FullAnswer>({ what: 'full', breaks: false });
  },
  scenarios: [one],
};
