import express, { type Request, type Router } from 'express';
import type { Context } from './context.ts';
import { ApiError, notFound, objectBody } from './envelope.ts';
import {
  beginUpload,
  completeUpload,
  isImportFile,
  putChunk,
  readChunk,
  readChunkCounts,
  readFile,
  replaceFile,
} from './file.store.ts';
import { EXPORT, FILES } from './model.ts';
import { bodyObject, chunkBytes } from './request-body.ts';
import { fileOf } from './structure.controller.ts';

const MAX_CHUNKS = 1000;

/** Uploads and downloads in chunks. Writes exist under the workspace path only. */
export function filesRouter(context: Context): Router {
  const router = express.Router({ mergeParams: true });
  router.post('/files/:fileId', async (request, response) => {
    const fileId = importFile(request);
    const chunkCount = Number(bodyObject(request.body)['chunkCount'] ?? -1);
    if (!Number.isInteger(chunkCount) || chunkCount < -1 || chunkCount > MAX_CHUNKS)
      throw new ApiError(400, 'Invalid chunkCount');
    await beginUpload(context.pool, fileId, chunkCount);
    response.json(objectBody(context.baseUrl(), 'file', { file: describe(fileId, chunkCount) }));
  });
  router.put('/files/:fileId', async (request, response) => {
    await replaceFile(context.pool, importFile(request), chunkBytes(request.body, ''));
    response.status(204).end();
  });
  router.put('/files/:fileId/chunks/:number', async (request, response) => {
    const content = chunkBytes(request.body, request.get('content-type') ?? '');
    await putChunk(context.pool, importFile(request), chunkNumber(request), content);
    response.status(204).end();
  });
  router.post('/files/:fileId/complete', async (request, response) => {
    const fileId = importFile(request);
    const chunkCount = await completeUpload(context.pool, fileId);
    response.json(objectBody(context.baseUrl(), 'file', { file: describe(fileId, chunkCount) }));
  });
  router.get('/files/:fileId', async (request, response) => {
    const content = await readFile(context.pool, anyFile(request));
    if (content === null) throw notFound();
    response.type('application/octet-stream').send(content);
  });
  router.get('/files/:fileId/chunks', async (request, response) => {
    const count = (await readChunkCounts(context.pool)).get(anyFile(request)) ?? 0;
    const chunks = Array.from({ length: Math.max(0, count) }, (_, index) => ({
      id: String(index),
      name: `Chunk ${index}`,
    }));
    response.json(objectBody(context.baseUrl(), 'chunk', chunks.length > 0 ? { chunks } : {}));
  });
  router.get('/files/:fileId/chunks/:number', async (request, response) => {
    const content = await readChunk(context.pool, anyFile(request), chunkNumber(request));
    if (content === null) throw notFound();
    response.type('application/octet-stream').send(content);
  });
  return router;
}

/** Writes go to the data sources of imports, through the path that names the workspace. */
function importFile(request: Request): string {
  const fileId = String(request.params['fileId']);
  if (request.params['workspaceId'] === undefined || !isImportFile(fileId)) throw notFound();
  return fileId;
}

function anyFile(request: Request): string {
  const fileId = String(request.params['fileId']);
  if (!isImportFile(fileId) && fileId !== EXPORT.id) throw notFound();
  return fileId;
}

function chunkNumber(request: Request): number {
  const text = String(request.params['number']);
  if (!/^\d{1,4}$/.test(text) || Number(text) >= MAX_CHUNKS) throw new ApiError(400, 'Invalid chunk number');
  return Number(text);
}

function describe(fileId: string, chunkCount: number): Record<string, unknown> {
  return fileOf({ id: fileId, name: FILES.find((file) => file.id === fileId)?.name ?? '' }, chunkCount);
}
