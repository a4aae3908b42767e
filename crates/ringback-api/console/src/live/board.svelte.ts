import { Live } from './live.svelte';
import type { Rows } from './reducer';

/** How a service stands. */
export interface ServiceRow {
  service: string;
  queue: string;
  paused: boolean;
  states: Partial<Record<'PAUSED' | 'QUEUED' | 'ROUTING' | 'PROCESSING', number>>;
}

/** How a virtual queue stands; times in seconds. */
export interface QueueRow {
  queue: string;
  ewt: number;
  waiting: number;
  callbacks: number;
  live_calls: number;
  ready: number;
  busy: number;
  handle_time: number;
  handle_time_from: 'report' | 'measured' | 'assumed';
  first_since: string | null;
}

export interface DeliveryRow {
  dead_targets: number;
  failing_targets: number;
}

/** The rows whose names begin so. */
export function rowsOf<T>(rows: Rows, kind: 'service' | 'queue'): T[] {
  const found: T[] = [];
  for (const [name, row] of rows) if (name.startsWith(`${kind}/`)) found.push(row as T);
  return found;
}

/** What was seen of a queue: seconds since the epoch, how many waited, the estimate in seconds. */
export interface Past {
  at: number[];
  waiting: number[];
  ewt: number[];
}

const HOUR = 3600;

/** What this page has seen of the last hour, by queue. */
class Seen {
  #of = new Map<string, Past>();
  #last = 0;

  note(rows: Rows, at: number) {
    const second = Math.floor(at / 1000);
    if (second - this.#last < 1) return;
    this.#last = second;
    for (const row of rowsOf<QueueRow>(rows, 'queue')) {
      const past = this.#of.get(row.queue) ?? { at: [], waiting: [], ewt: [] };
      past.at.push(second);
      past.waiting.push(row.waiting);
      past.ewt.push(row.ewt);
      while ((past.at[0] ?? second) < second - HOUR) {
        past.at.shift();
        past.waiting.shift();
        past.ewt.shift();
      }
      this.#of.set(row.queue, past);
    }
  }

  of(queue: string): Past {
    return this.#of.get(queue) ?? { at: [], waiting: [], ewt: [] };
  }
}

export const seen = new Seen();
export const board = new Live('board');
board.onChange = (rows, at) => seen.note(rows, at);
