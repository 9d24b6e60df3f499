import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('returns the first truthy value, also after the predicate has thrown', async () => {
  const answers = [() => Promise.reject(new Error('not yet')), () => 0, () => 7];
  let calls = 0;
  await expect(eventually(() => answers[calls++]?.(), { intervalMs: 1 })).resolves.toBe(7);
});

test('says after the time limit what was awaited, how far it got and the last error', async () => {
  const awaited = eventually(() => Promise.reject(new Error('connection refused')), {
    timeoutMs: 5,
    intervalMs: 1,
    describe: () => ({ published: 3n }),
  });
  await expect(awaited).rejects.toThrow('not within 5 ms: {"published":"3n"} (last error: connection refused)');
});
