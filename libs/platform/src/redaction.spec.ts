import { describe, expect, it } from 'vitest';
import { withCorrelation } from './correlation.ts';
import { createLogger } from './logging.ts';
import { redact } from './redaction.ts';

const JWT = `${part({ alg: 'ES256', kid: 'k' })}.${part({ sub: 'ann', roles: ['operator'] })}.c2lnbmF0dXJl`;

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function capture(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  write(createLogger({ service: 'test', level: 'info', destination }));
  return lines;
}

describe('redaction', () => {
  it.each([
    [{ password: 'x' }, { password: '***' }],
    [{ headers: { Authorization: 'OAuth abc' } }, { headers: { Authorization: '***' } }],
    [{ a: [{ access_token: 'x' }] }, { a: [{ access_token: '***' }] }],
    [
      { oauth_signature: 'x', clientSecret: 'y' },
      { oauth_signature: '***', clientSecret: '***' },
    ],
    ['postgres://u:p@db/x', 'postgres://u:***@db/x'],
    ['sent Bearer abcdefghij', 'sent Bearer ***'],
    [`got ${JWT}, and`, 'got ***, and'],
    [`"${JWT.slice(0, 60)}`, '"***'],
    [{ note: `x=${JWT}` }, { note: 'x=***' }],
    [{ authorization: [`Bearer ${JWT}`] }, { authorization: '***' }],
    [
      { invoice: 'INV-1', amount: '12.34' },
      { invoice: 'INV-1', amount: '12.34' },
    ],
    [{ passwordSet: true }, { passwordSet: true }],
  ])('%j becomes %j', (input, expected) => {
    expect(redact(input)).toEqual(expected);
  });

  it('survives a cycle and keeps only the useful part of an error', () => {
    const error = Object.assign(new Error('no postgres://u:p@db'), { code: '08006', config: { password: 'x' } });
    const cycle: Record<string, unknown> = { error, offset: 12n };
    cycle['self'] = cycle;
    const text = JSON.stringify(redact(cycle));
    expect(text).toContain('08006');
    expect(text).not.toContain('u:p@');
    expect(text).not.toContain('config');
  });
});

describe('the logger', () => {
  it('writes JSON with service, level name and the correlation id of the flow, across awaits', async () => {
    const lines: Record<string, unknown>[] = [];
    await withCorrelation('flow-1', async () => {
      await Promise.resolve();
      lines.push(...capture((logger) => logger.info({ topic: 't' }, 'hello')));
    });
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'test',
      correlationId: 'flow-1',
      topic: 't',
      message: 'hello',
    });
  });

  it('redacts messages, fields and errors', () => {
    const text = JSON.stringify(
      capture((logger) => {
        logger.warn({ err: new TypeError('at https://u:hunter2@host') }, 'x');
        logger.warn('with https://u:hunter2@host');
        logger.warn({ request: { headers: { authorization: 'hunter2' } } }, 'y');
      }),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('at https://u:***@host');
    expect(text).toContain('"type":"TypeError"');
  });
});
