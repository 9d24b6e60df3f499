import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContractFiles } from './contracts.ts';
import { generatedFiles, staleFiles, writeGenerated } from './generate.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const files = generatedFiles(readContractFiles(resolve(ROOT, 'schemas')));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('generated files', () => {
  it('are fresh in this repository', () => {
    expect(staleFiles(ROOT, files)).toEqual([]);
  });

  it('are found stale when one was edited or is missing, and repaired', () => {
    writeGenerated(folder, files);
    expect(staleFiles(folder, files)).toEqual([]);
    const page = 'docs/reference/topics/invoice.v1.md';
    const types = 'libs/canonical/src/generated/types.generated.ts';
    writeFileSync(join(folder, page), 'edited');
    rmSync(join(folder, types));
    expect(staleFiles(folder, files)).toEqual([types, page]);
    expect(writeGenerated(folder, files)).toEqual([types, page]);
    expect(readFileSync(join(folder, page), 'utf8')).toContain('finance.invoice.v1');
  });

  it('have a reference page per topic with key, owner, fields and sample', () => {
    const page = files.get('docs/reference/topics/payment.v1.md') ?? '';
    for (const part of [
      '| key | `paymentId` |',
      '| owner | erp-adapter |',
      '| `allocations[].amount` | decimal(19,4) |',
      '"unapplied": "9.95"',
    ])
      expect(page).toContain(part);
  });
});
