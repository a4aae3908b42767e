import { href } from '../../app/address';
import type { DeliveryRow, QueueRow, ServiceRow } from '../../live/board.svelte';
import { count } from '../../words/en';

/** Something that somebody should look at. */
export interface Matter {
  kind: 'bad' | 'warn' | 'paused';
  what: string;
  href?: string;
}

/** What comes first, the worst before: only what the figures say. */
export function matters(
  services: readonly ServiceRow[],
  queues: readonly QueueRow[],
  deliveries: DeliveryRow | undefined,
): Matter[] {
  const found: Matter[] = [];
  for (const queue of queues) {
    if (queue.waiting === 0 || queue.ready + queue.busy > 0) continue;
    found.push({
      kind: 'bad',
      what: `${count(queue.waiting, 'caller')} in ${queue.queue}, and nobody works there`,
      href: href('queues', [queue.queue]),
    });
  }
  if (deliveries && deliveries.dead_targets > 0)
    found.push({
      kind: 'bad',
      what: `${count(deliveries.dead_targets, 'target')} with notifications that were given up`,
    });
  if (deliveries && deliveries.failing_targets > 0)
    found.push({
      kind: 'warn',
      what: `${count(deliveries.failing_targets, 'target')} that do not take notifications now`,
    });
  for (const service of services) {
    if (!service.paused) continue;
    const held = service.states.PAUSED ?? 0;
    found.push({
      kind: 'paused',
      what: `${service.service} is paused${held > 0 ? `: ${count(held, 'callback')} held` : ''}`,
    });
  }
  return found;
}
