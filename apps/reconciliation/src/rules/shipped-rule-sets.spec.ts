import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readShipped } from './shipped-rule-sets.worker.ts';

const OURS = path.resolve(import.meta.dirname, '../../rule-sets');
const folder = mkdtempSync(path.join(tmpdir(), 'shipped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULES = 'name: bank\nrules: [{ kind: match, name: exact, keys: [reference], outcome: matched }]\n';

describe('the files of shipped rules', () => {
  it('are all good', async () => {
    const shipped = await readShipped(OURS);
    expect(shipped.map(({ name }) => name)).toContain('payments-bank');
  });

  it.each([
    ['rules that are refused', RULES.replace('matched', 'sure'), /^bank\.yaml: .*rules\[0\]\.outcome/],
    ['rules of another name', RULES.replace('bank', 'else'), /^bank\.yaml: its rules are for else/],
    ['no YAML', 'name: [', /^bank\.yaml: /],
  ])('with %s keep the service from starting, and the file is named', async (_, text, message) => {
    writeFileSync(path.join(folder, 'bank.yaml'), text);
    await expect(readShipped(folder)).rejects.toThrow(message);
  });

  it('are read with their text, and nothing else is', async () => {
    writeFileSync(path.join(folder, 'bank.yaml'), RULES);
    writeFileSync(path.join(folder, 'README.md'), '# rules');
    expect(await readShipped(folder)).toMatchObject([{ name: 'bank', source: RULES, rules: { rules: { length: 1 } } }]);
  });
});
