import { XMLParser } from 'fast-xml-parser';

/** What came back when a call failed: HTTP status, SAP's code (`V1/302`) and all its words in one text. */
export interface Failure {
  readonly status: number;
  /** `HTTP_502` when the body is none of SAP's. */
  readonly code: string;
  readonly message: string;
  /** Codes of all details, the first one's too. */
  readonly codes: readonly string[];
  /** The body was an OData error; else it came from something in front of the service. */
  readonly fromService: boolean;
}

interface Detail {
  readonly code: string;
  readonly text: string;
  readonly target: string;
}

const longest = 1_000;

/** Reads the error envelope, be it JSON or XML. Anything else (an error page, half an answer) is told by its beginning. */
export function failureOf(status: number, body: string): Failure {
  const error = fromJson(body) ?? fromXml(body);
  if (error === null) {
    const code = `HTTP_${status}`;
    return { status, code, message: excerptOf(body), codes: [code], fromService: false };
  }
  const details = [
    { code: textOf(error['code']), text: textOf(error['message']), target: '' },
    ...detailsOf(error['innererror']),
  ];
  const code = details.find((detail) => detail.code !== '')?.code ?? `HTTP_${status}`;
  return { status, code, message: messageOf(details), codes: details.map((detail) => detail.code), fromService: true };
}

function messageOf([first, ...others]: readonly Detail[]): string {
  const main = first?.text ?? '';
  const seen = new Set([main]);
  const further = others.filter(({ text }) => text !== '' && !seen.has(text) && seen.add(text));
  const words = further.map(({ code, text, target }) =>
    [code, text, target && `(${target})`].filter(Boolean).join(' '),
  );
  return [main, ...words].filter(Boolean).join('; ').slice(0, longest) || 'no details';
}

/** Warnings and information that came along are no reason; what has no severity may be one. */
function detailsOf(inner: unknown): readonly Detail[] {
  if (!isObject(inner)) return [];
  const holder = inner['errordetails'];
  // XML has <errordetails><errordetail/>...; one of them is no list.
  const list = isObject(holder) ? [holder['errordetail']].flat() : holder;
  if (!Array.isArray(list)) return [];
  return list
    .filter(isObject)
    .filter(({ severity }) => !['info', 'warning', 'success'].includes(textOf(severity)))
    .map(({ code, message, propertyref, target }) => ({
      code: textOf(code),
      text: textOf(message),
      target: textOf(propertyref) || textOf(target),
    }));
}

function fromJson(body: string): Readonly<Record<string, unknown>> | null {
  if (!body.trimStart().startsWith('{')) return null;
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return isObject(error) ? error : null;
  } catch {
    return null;
  }
}

const xml = new XMLParser({ ignoreAttributes: true, parseTagValue: false, removeNSPrefix: true });

function fromXml(body: string): Readonly<Record<string, unknown>> | null {
  const whole = /^\s*<(\?xml|error[\s>])/.test(body) && body.includes('</error>');
  if (!whole || body.includes('<!DOCTYPE')) return null;
  try {
    const { error } = xml.parse(body) as { error?: unknown };
    return isObject(error) ? error : null;
  } catch {
    return null;
  }
}

/** `message` is text in XML and V4, `{lang, value}` in JSON. */
function textOf(value: unknown): string {
  if (isObject(value)) return textOf(value['value'] ?? value['#text']);
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** What a person would see of a page: its title or first words. */
function excerptOf(body: string): string {
  const title = /<title>([^<]{1,200})/i.exec(body)?.[1];
  const words = (title ?? body.slice(0, 4_000).replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ').trim();
  return words.slice(0, 200) || 'no details';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
