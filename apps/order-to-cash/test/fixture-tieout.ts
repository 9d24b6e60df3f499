import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnTs } from '@tieout/testing';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run tieout -- …` against one running service, as somebody with this token. */
export function tieoutFor(service: string, url: string, token: string): (...args: string[]) => Promise<Said> {
  const main = path.join(import.meta.dirname, '../../cli/src/main.ts');
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tieout-')), 'demo.json');
  const discovery = {
    ...{ version: 1, scenario: 'month-end', startedAt: '2026-03-31T12:00:00.000Z', pid: process.pid },
    services: { [service]: { url, pid: process.pid } },
    ...{ brokers: ['127.0.0.1:1'], registryUrl: 'http://127.0.0.1:1', bundle: '/nowhere' },
    ...{ vendors: {}, report: null, links: {} },
  };
  writeFileSync(file, JSON.stringify(discovery));
  return async (...args) => {
    const child = spawnTs(main, { args: [...args, '--stack', file], env: { TIEOUT_TOKEN: token } });
    const { code } = await child.exited;
    return { code, stdout: child.lines.map((line) => `${line}\n`).join(''), stderr: child.stderr() };
  };
}
