import type { ServerEvent } from './sse';

/** Rows by name, as the server tells them. */
export type Rows = ReadonlyMap<string, unknown>;

/** What is known of a topic. */
export interface Known {
  rows: Rows;
  /** When the server looked, by its clock, in ms; nothing is newer than that. */
  at: number;
  /** How long the server waits between looks, in ms. */
  every: number;
  /** Where to go on after a break. */
  id: string | undefined;
  /** Nothing is known before the first snapshot: what changes then is of something else. */
  whole: boolean;
}

export const NOTHING: Known = { rows: new Map(), at: 0, every: 1000, id: undefined, whole: false };

interface Data {
  at?: unknown;
  every?: unknown;
  rows?: Record<string, unknown>;
  changed?: Record<string, unknown>;
  gone?: string[];
}

function read(text: string): Data {
  try {
    return (JSON.parse(text) ?? {}) as Data;
  } catch {
    return {};
  }
}

/** What is known after an event. */
export function take(known: Known, event: ServerEvent): Known {
  const data = read(event.data);
  const told = typeof data.at === 'string' ? Date.parse(data.at) : Number.NaN;
  const at = Number.isNaN(told) ? known.at : told;
  const every = typeof data.every === 'number' ? data.every : known.every;
  const next = { ...known, at, every, id: event.id ?? known.id };
  if (event.event === 'snapshot' && data.rows)
    return { ...next, rows: new Map(Object.entries(data.rows)), whole: true };
  if (event.event === 'delta' && known.whole) {
    const rows = new Map(known.rows);
    data.gone?.forEach((name) => rows.delete(name));
    Object.entries(data.changed ?? {}).forEach(([name, row]) => rows.set(name, row));
    return { ...next, rows };
  }
  return event.event === 'beat' ? { ...next, id: known.id } : known;
}

/** Whether what is shown is too old to be called live. */
export function isStale(at: number, now: number): boolean {
  return now - at > 5000;
}
