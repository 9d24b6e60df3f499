import { versionHeader, type Environment, type ODataAnswer } from './exchange.ts';
import { escapeXml } from './xml.ts';

/** What the service root lists: its entity sets. */
export function serviceDocument({ service, root }: Environment, json: boolean): ODataAnswer {
  const names = service.entitySets.map(({ name }) => name);
  if (json) {
    const headers = { ...versionHeader, 'content-type': 'application/json;charset=utf-8' };
    return { status: 200, headers, body: JSON.stringify({ d: { EntitySets: names } }) };
  }
  const collections = names.map(
    (name) => `<app:collection href="${name}"><atom:title type="text">${escapeXml(name)}</atom:title></app:collection>`,
  );
  const body = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<app:service xml:base="${escapeXml(root)}/" xmlns:app="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">`,
    `<app:workspace><atom:title type="text">Data</atom:title>${collections.join('')}</app:workspace></app:service>`,
  ].join('');
  return { status: 200, headers: { ...versionHeader, 'content-type': 'application/atomsvc+xml;charset=utf-8' }, body };
}
