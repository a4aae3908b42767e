import { BASE, hasLapsed, trouble, type Trouble } from '../../api/client';
import type { Filter } from './filter';
import { NONE, takeLine, type Tally } from './tally';

/** Which callbacks: those of these ids, or all that a filter finds. */
export type Which = { ids: string[] } | { filter: Filter };

export interface Act {
  /** The path after `/v1/callbacks:`. */
  verb: 'cancel' | 'reschedule';
  /** RFC 3339, to reschedule. */
  time?: string;
}

/** Asks for it, and tells how it goes; aborting stops it where it is. */
export async function run(
  which: Which,
  act: Act,
  dry: boolean,
  signal: AbortSignal,
  tell: (tally: Tally) => void,
): Promise<Trouble | undefined> {
  let tally = NONE;
  try {
    const response = await fetch(`${BASE}/v1/callbacks:${act.verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...which, dry_run: dry, ...(act.time ? { time: act.time } : {}) }),
      signal,
    });
    if (response.status === 401) hasLapsed();
    if (!response.ok || !response.body)
      return trouble(response, await response.json().catch(() => undefined));
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) tally = takeLine(tally, line);
      tell(tally);
    }
    if (!tally.ended)
      return { status: 0, detail: 'The answer broke off: ask again, it is harmless.' };
    return undefined;
  } catch {
    if (signal.aborted) return undefined;
    return trouble(undefined, undefined);
  }
}
