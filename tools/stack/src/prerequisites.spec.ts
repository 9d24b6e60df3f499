import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPrerequisites, majorOf, PrerequisiteError } from './prerequisites.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tieout-prerequisites-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function provide(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('without Java and Maven says how to install both with apt, dnf and brew', async () => {
  const check = checkPrerequisites({ PATH: '' });
  await expect(check).rejects.toThrow(PrerequisiteError);
  for (const text of ['Java 17', 'Maven', 'apt-get install', 'dnf install', 'brew install']) {
    await expect(check).rejects.toThrow(text);
  }
});

test('names the version of a Java that is too old', async () => {
  provide('java', `echo 'openjdk version "11.0.22" 2024-01-16' >&2`);
  provide('mvn', 'exit 0');
  const check = checkPrerequisites({ PATH: folder });
  await expect(check).rejects.toThrow('Java 17 or newer is needed, found 11');
  await expect(check).rejects.not.toThrow('Maven (mvn) was not found');
});

test('is content with a newer Java and a Maven on the PATH', async () => {
  provide('java', `echo 'openjdk version "21.0.3" 2024-04-16' >&2`);
  provide('mvn', 'exit 0');
  await expect(checkPrerequisites({ PATH: folder })).resolves.toBeUndefined();
});

test('reads old and new version schemes', () => {
  expect(majorOf('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(majorOf('java version "1.8.0_392"')).toBe(8);
  expect(majorOf('java version "25" 2025-09-16')).toBe(25);
  expect(majorOf('command not understood')).toBeNull();
});
