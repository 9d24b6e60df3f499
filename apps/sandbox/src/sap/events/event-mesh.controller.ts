import { Router } from 'express';
import { createTokenOffice, type ApiClient } from '../oauth.controller.ts';
import type { Queue } from './queue.ts';

export const eventMeshPath = '/event-mesh';
export const queueName = 'default/tieout/s4/changes';

/** The part of SAP Event Mesh's REST API that takes messages out of a queue, with its own sign-in. */
export function eventMeshRouter(queue: Queue, client: ApiClient): Router {
  const router = Router();
  const office = createTokenOffice(client, 3600, () => new Date());
  router.use(`${eventMeshPath}/oauth`, office.router);
  router.use(`${eventMeshPath}/messagingrest/v1`, (request, response, next) => {
    const token = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (token !== undefined && office.clientOf(token) !== null) return next();
    response.status(401).json({ message: 'Unauthorized' });
  });
  const messages = `${eventMeshPath}/messagingrest/v1/queues/:queue/messages`;
  router.post(`${messages}/consumption`, (request, response) => {
    const quality = request.get('x-qos');
    if (quality !== '0' && quality !== '1') return void response.status(400).json({ message: 'x-qos is invalid' });
    if (request.params.queue !== queueName) return void response.status(404).json({ message: 'Queue not found' });
    const delivery = queue.take(quality === '1');
    if (!delivery) return void response.status(204).end();
    response.set({
      'x-message-id': delivery.messageId,
      'x-qos': quality,
      'content-type': 'application/cloudevents+json',
    });
    response.status(200).send(delivery.body);
  });
  router.post(`${messages}/:id/acknowledgement`, (request, response) => {
    if (request.params.queue !== queueName) return void response.status(404).json({ message: 'Queue not found' });
    const known = queue.acknowledge(request.params.id);
    if (known) response.status(204).end();
    else response.status(404).json({ message: 'Message not found' });
  });
  return router;
}
