import { parse } from 'csv-parse/sync';
import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';
import type { Api } from './api.client.ts';
import { fromViewRow, type PlanningCell, VIEW_COLUMNS } from './cells.map.ts';
import type { AnaplanConfig } from './config.ts';
import type { ListItem, NamedObject, ViewReadRequest } from './vendor-types.ts';

/** Every cell of the configured view, page by page, digits as sent. */
export async function* readCells(api: Api, config: AnaplanConfig): AsyncGenerator<readonly PlanningCell[]> {
  const codes = await itemCodes(api, config.legalEntityList);
  for await (const rows of readView(api, config.view, VIEW_COLUMNS)) {
    yield rows.flatMap((row) => fromViewRow(row, codes) ?? []);
  }
}

type Row = Readonly<Record<string, string>>;

/** The rows of a saved view by the names of its columns, page by page; one reading, so a later write does not show in it. */
export async function* readView(api: Api, view: string, columns: readonly string[]): AsyncGenerator<readonly Row[]> {
  const views = await api.collection<NamedObject>('views', '/views', 'views');
  const path = `/views/${idOf('view', views, view)}/readRequests`;
  const body = '{"exportType":"TABULAR_MULTI_COLUMN"}';
  const { requestId } = await api.object<ViewReadRequest>('read', 'POST', path, 'viewReadRequest', body);
  const ask = (): Promise<ViewReadRequest> =>
    api.object<ViewReadRequest>('read state', 'GET', `${path}/${requestId}`, 'viewReadRequest');
  const ready = await api.poll(ask, (read) => read.requestState === 'COMPLETE' || read.requestState === 'CANCELLED');
  if (ready === null || ready.requestState !== 'COMPLETE' || ready.successful === false)
    throw new TransientError('anaplan-read-failed', 'Anaplan did not complete the read of the view');
  let header: readonly string[] | undefined;
  for (let page = 0; page < (ready.availablePages ?? 0); page += 1) {
    const lines = records((await api.call('read page', 'GET', `${path}/${requestId}/pages/${page}`)).text);
    header ??= checkHeader(lines[0] ?? [], columns);
    yield rowsOf(lines, header);
  }
  await api.call('read end', 'DELETE', `${path}/${requestId}`);
}

/** Views name list items, people rename them; the code is the key. */
export async function itemCodes(api: Api, list: string): Promise<ReadonlyMap<string, string>> {
  const lists = await api.collection<NamedObject>('lists', '/lists', 'lists');
  const listId = idOf('list', lists, list);
  const items = await api.collection<ListItem>('list items', `/lists/${listId}/items?includeAll=true`, 'listItems');
  return new Map(items.map((item) => [item.name, item.code ?? item.name]));
}

function checkHeader(header: readonly string[], columns: readonly string[]): readonly string[] {
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new MisconfiguredError('anaplan-view', `The Anaplan view has no column ${missing.join(', ')}`);
  return header;
}

/** The first page opens with the header; whether the others repeat it is not established, so it is skipped wherever it stands. */
function rowsOf(lines: readonly (readonly string[])[], header: readonly string[]): readonly Row[] {
  const data = lines.filter((line) => line.join() !== header.join());
  return data.map((line) => Object.fromEntries(header.map((name, index) => [name, line[index] ?? ''])));
}

/** Id of the object of that name. @throws MisconfiguredError when the model has none */
export function idOf(kind: string, objects: readonly NamedObject[], name: string): string {
  const found = objects.find((object) => object.name === name);
  if (found === undefined)
    throw new MisconfiguredError('anaplan-not-found', `The Anaplan model has no ${kind} "${name}"`);
  return found.id;
}

/** Records of a CSV text, its header included. */
export function records(text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    throw new DataError('anaplan-answer', 'Anaplan sent a table that is not CSV', { cause });
  }
}
