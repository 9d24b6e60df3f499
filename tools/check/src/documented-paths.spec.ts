import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentedPaths, missingPaths } from './documented-paths.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'documented-paths-'))));
afterEach(() => rmSync(root, { recursive: true }));

describe('paths in documents', () => {
  it('are code spans below a top folder and relative links, without patterns', () => {
    const text =
      'See `libs/messaging/src/relay.ts`, `npm test`, `apps/*/src`, [a](docs/x.md#part), [b](https://example.org).';
    expect(documentedPaths(text)).toEqual(['libs/messaging/src/relay.ts', 'docs/x.md']);
  });

  it('that do not exist are named with their document', () => {
    writeFileSync(path.join(root, 'README.md'), 'Gone: `apps/gone`. There: [self](README.md).');
    expect(missingPaths(['README.md'], root)).toEqual([{ file: 'README.md', path: 'apps/gone' }]);
  });
});
