import type { SapMessage } from './odata.ts';

/** Header `sap-message` of a success: JSON, in some releases base64 of it, with further messages in `details`. */
export function messagesOf(header: string | readonly string[] | undefined): readonly SapMessage[] {
  const text = typeof header === 'string' ? header : header?.[0];
  if (!text) return [];
  // Headers are read as Latin-1, SAP writes UTF-8.
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  const json = parsed(utf8) ?? parsed(Buffer.from(text, 'base64').toString('utf8'));
  if (json === null) return [{ code: '', severity: 'info', text: utf8.slice(0, 1_000), target: '' }];
  const details = Array.isArray(json['details']) ? (json['details'] as Record<string, unknown>[]) : [];
  return [json, ...details].map(messageOf);
}

function messageOf(json: Readonly<Record<string, unknown>>): SapMessage {
  const text = (name: string): string => (typeof json[name] === 'string' ? json[name] : '');
  const severity = text('severity').toLowerCase();
  return {
    code: text('code'),
    severity: severity === 'success' || severity === 'warning' || severity === 'error' ? severity : 'info',
    text: text('message').slice(0, 1_000),
    target: text('target'),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
