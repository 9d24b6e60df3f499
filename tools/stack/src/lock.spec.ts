import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tieout-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('lets one work at a time and leaves nothing behind', async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(join(folder, 'a'), async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('is free again when its holder has died', async () => {
  // A pid that lives now, but was given to another process than the one that took the lock.
  writeFileSync(join(folder, 'b'), JSON.stringify({ pid: process.pid, startedAt: 'another boot' }));
  await expect(withLock(join(folder, 'b'), () => Promise.resolve('done'))).resolves.toBe('done');
});

test('is released when the work fails', async () => {
  await expect(withLock(join(folder, 'c'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(join(folder, 'c'), () => Promise.resolve('done'))).resolves.toBe('done');
});
