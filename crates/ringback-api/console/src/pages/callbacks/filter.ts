/** What a list of callbacks is narrowed by; each stands in the address. */
export const KEYS = ['service', 'state', 'reason', 'number', 'queue', 'from', 'to'] as const;

export type Key = (typeof KEYS)[number];
export type Filter = Partial<Record<Key, string>>;

export const STATES = [
  'SCHEDULED',
  'QUEUED',
  'PAUSED',
  'ROUTING',
  'PROCESSING',
  'COMPLETED',
] as const;

export const LABELS: Record<Key, string> = {
  service: 'Service',
  state: 'State',
  reason: 'Reason',
  number: 'Number',
  queue: 'Queue',
  from: 'Wanted from',
  to: 'Wanted before',
};

export function readFilter(chosen: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const key of KEYS) {
    const value = chosen.get(key)?.trim();
    if (value) filter[key] = value;
  }
  return filter;
}

/** In one order, so that the same filter is the same text. */
export function same(one: Filter, other: Filter): boolean {
  return KEYS.every((key) => (one[key] ?? '') === (other[key] ?? ''));
}

export function isEmpty(filter: Filter): boolean {
  return KEYS.every((key) => !filter[key]);
}
