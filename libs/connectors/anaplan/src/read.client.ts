import { parse } from 'csv-parse/sync';
import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';
import type { Api } from './api.client.ts';
import { fromViewRow, type PlanningCell, VIEW_COLUMNS } from './cells.map.ts';
import type { AnaplanConfig } from './config.ts';
import type { ListItem, NamedObject, ViewReadRequest } from './vendor-types.ts';

/** Every cell of the configured view, page by page, digits as sent. */
export async function* readCells(api: Api, config: AnaplanConfig): AsyncGenerator<readonly PlanningCell[]> {
  const codes = await itemCodes(api, config);
  const views = await api.collection<NamedObject>('views', '/views', 'views');
  const path = `/views/${idOf('view', views, config.view)}/readRequests`;
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
    header ??= checkHeader(lines[0] ?? []);
    yield cellsOf(lines, header, codes);
  }
  await api.call('read end', 'DELETE', `${path}/${requestId}`);
}

/** Views name list items, people rename them; the code is the key. */
async function itemCodes(api: Api, config: AnaplanConfig): Promise<ReadonlyMap<string, string>> {
  const lists = await api.collection<NamedObject>('lists', '/lists', 'lists');
  const listId = idOf('list', lists, config.legalEntityList);
  const items = await api.collection<ListItem>('list items', `/lists/${listId}/items?includeAll=true`, 'listItems');
  return new Map(items.map((item) => [item.name, item.code ?? item.name]));
}

function checkHeader(header: readonly string[]): readonly string[] {
  const missing = VIEW_COLUMNS.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new MisconfiguredError('anaplan-view', `The Anaplan view has no column ${missing.join(', ')}`);
  return header;
}

/** The first page opens with the header; whether the others repeat it is not established, so it is skipped wherever it stands. */
function cellsOf(
  lines: readonly (readonly string[])[],
  header: readonly string[],
  codes: ReadonlyMap<string, string>,
): readonly PlanningCell[] {
  const data = lines.filter((line) => line.join() !== header.join());
  return data.flatMap((line) => {
    const cell = fromViewRow(Object.fromEntries(header.map((name, index) => [name, line[index] ?? ''])), codes);
    return cell === null ? [] : [cell];
  });
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
