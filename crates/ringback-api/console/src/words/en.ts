/** Every word that the console says. Another language is another file of the same shape. */
export const words = {
  product: 'Ringback',
  pages: {
    now: 'Now',
    queues: 'Queues',
    settings: 'Settings',
    callbacks: 'Callbacks',
    agents: 'Agents',
    desk: 'Desk',
    services: 'Services',
    'event-lists': 'Event lists',
    deliveries: 'Deliveries',
    audit: 'Audit',
  } as Record<string, string>,
  explained: {
    SCHEDULED: 'Waits for its time.',
    QUEUED: 'Waits for its turn, or is being dialed.',
    PAUSED: 'Keeps its place while its service is paused.',
    ROUTING: 'The customer is on the line and waits for the agent.',
    PROCESSING: 'Customer and agent talk.',
    COMPLETED: 'It is over; the reason says how it ended.',
    ewt: 'How long a new caller would wait, as the server estimates it.',
    first: 'How long the callback has been waiting that comes next.',
    ready: 'Agents who could take a call now.',
    busy: 'Agents at work who could not take a call now.',
    handle:
      'How long a call takes: as reported by the switch, measured on our own calls, or assumed while none was measured.',
    dead: 'Targets that have notifications which were given up after many tries.',
    failing: 'Targets that do not take notifications now; they are tried again.',
  } as Record<string, string>,
} as const;

/** `1 queue`, `3 queues`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}
