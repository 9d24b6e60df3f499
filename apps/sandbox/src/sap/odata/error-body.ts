import { randomUUID } from 'node:crypto';
import type { SapError } from './model.ts';
import { escapeXml } from './xml.ts';

export interface ErrorFrame {
  /** Null where the service is not known. */
  readonly service: string | null;
  readonly language: string;
  readonly now: Date;
  readonly json: boolean;
}

export interface ErrorBody {
  readonly contentType: string;
  readonly body: string;
}

/** An error as the gateway writes it: JSON when JSON was asked for, XML otherwise. */
export function errorBody(error: SapError, frame: ErrorFrame): ErrorBody {
  const content = errorContent(error, frame);
  return frame.json
    ? { contentType: 'application/json;charset=utf-8', body: JSON.stringify({ error: content }) }
    : { contentType: 'application/xml;charset=utf-8', body: errorXml(content) };
}

interface ErrorContent {
  readonly code: string;
  readonly message: { readonly lang: string; readonly value: string };
  readonly innererror: Readonly<Record<string, unknown>> & { readonly errordetails: readonly Detail[] };
}

interface Detail {
  readonly code: string;
  readonly message: string;
  readonly propertyref: string;
  readonly severity: 'error';
  readonly target: string;
}

function errorContent(error: SapError, { service, language, now }: ErrorFrame): ErrorContent {
  const lang = error.texts[language] === undefined ? 'en' : language;
  const value = error.texts[lang] ?? error.message;
  const detail = (code: string, message: string, target: string): Detail => ({
    code,
    message,
    propertyref: target,
    severity: 'error',
    target,
  });
  const details = error.details.map(({ number, text, target }) => detail(number, text, target));
  return {
    code: error.number,
    message: { lang, value },
    innererror: {
      application: {
        component_id: '',
        service_namespace: '/SAP/',
        service_id: service ?? '',
        service_version: '0001',
      },
      transactionid: randomUUID().replaceAll('-', '').toUpperCase(),
      timestamp: timestamp(now),
      Error_Resolution: {
        SAP_Transaction: 'Run transaction /IWFND/ERROR_LOG on the hub system with the timestamp above',
        SAP_Note: 'See SAP Note 1797736',
      },
      errordetails: details.length > 0 ? details : [detail(error.number, value, '')],
    },
  };
}

/** `20240131101112.0000000` */
function timestamp(now: Date): string {
  return `${now.toISOString().replace(/[-:TZ]/g, '')}0000`;
}

function errorXml({ code, message, innererror }: ErrorContent): string {
  const schema = 'http://schemas.microsoft.com/ado/2007/08/dataservices/metadata';
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<error xmlns="${schema}"><code>${escapeXml(code)}</code>`,
    `<message xml:lang="${message.lang}">${escapeXml(message.value)}</message>`,
    `<innererror>${elements(innererror, 'errordetail')}</innererror></error>`,
  ].join('');
}

function elements(content: object, item: string): string {
  return Object.entries(content)
    .map(([name, value]: [string, unknown]) => {
      if (Array.isArray(value))
        return `<${name}>${value.map((each: object) => `<${item}>${elements(each, item)}</${item}>`).join('')}</${name}>`;
      return `<${name}>${typeof value === 'object' ? elements(value as object, item) : escapeXml(String(value))}</${name}>`;
    })
    .join('');
}
