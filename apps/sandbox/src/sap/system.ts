import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { install, schemaName } from './books/install.store.ts';
import { eventMeshPath, eventMeshRouter, queueName } from './events/event-mesh.controller.ts';
import { createQueue, type Queue } from './events/queue.ts';
import type { Announcement, EntitySet, ODataService, Write } from './odata/model.ts';
import type { OpenSystem, SapSystem, SystemHost } from './odata/system.ts';
import { billingDocumentService } from './services/billing-document.ts';
import { businessPartnerService } from './services/business-partner.ts';
import { lineItemService, operationalItemService } from './services/ledger.ts';
import { masterDataServices } from './services/master-data.ts';
import { salesOrderService } from './services/sales-order.ts';
import { financeRouter } from './side-door/finance.controller.ts';
import { salesRouter } from './side-door/sales.controller.ts';
import { settingsRouter } from './side-door/settings.controller.ts';

const services = [
  businessPartnerService,
  salesOrderService,
  billingDocumentService,
  operationalItemService,
  lineItemService,
  ...masterDataServices,
];

/** S/4HANA's sales and finance over one schema, with its queue of Event Mesh. */
export function s4System(): SapSystem {
  const queue = createQueue(Date.now);
  return {
    schema: schemaName,
    services: services.map((service) => withEarlyEvents(service, queue)),
    install,
    open: (host) => openSystem(host, queue),
  };
}

function openSystem({ pool, now, url, oauth }: SystemHost, queue: Queue): OpenSystem {
  const { clientId, clientSecret } = oauth;
  const announced: OpenSystem['announced'] = (events) => {
    if (queue.settings.earlyMs === 0) queue.publish(events, now());
  };
  const desk = { pool, now, announced: (events: readonly Announcement[]) => queue.publish(events, now()) };
  const sideDoor = Router().use(salesRouter(desk), financeRouter(desk), settingsRouter(desk, queue));
  return {
    sideDoor,
    routes: eventMeshRouter(queue, { clientId, clientSecret }),
    announced,
    credentials: () => ({
      eventMesh: {
        url: `${url()}${eventMeshPath}`,
        tokenUrl: `${url()}${eventMeshPath}/oauth/token`,
        clientId,
        clientSecret,
        queue: queueName,
      },
    }),
  };
}

/** Lets events go out before the commit where the queue is set so. */
function withEarlyEvents(service: ODataService, queue: Queue): ODataService {
  const early = async <T>(write: Write, work: (write: Write) => Promise<T>): Promise<T> => {
    if (queue.settings.earlyMs === 0) return work(write);
    const result = await work({ ...write, announce: (event) => queue.publish([event], write.now) });
    await sleep(queue.settings.earlyMs);
    return result;
  };
  const wrapped = (set: EntitySet): EntitySet => ({
    ...set,
    ...(set.create && { create: (write, values) => early(write, (inner) => set.create!(inner, values)) }),
    ...(set.update && { update: (write, key, changes) => early(write, (inner) => set.update!(inner, key, changes)) }),
    ...(set.remove && { remove: (write, key) => early(write, (inner) => set.remove!(inner, key)) }),
  });
  return { ...service, entitySets: service.entitySets.map(wrapped) };
}
