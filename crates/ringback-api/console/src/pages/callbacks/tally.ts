/** How a bulk action goes, line by line of its answer. */
export interface Failed {
  id: string;
  error: string;
}

export interface Tally {
  done: number;
  over: number;
  refused: number;
  failed: Failed[];
  /** Why it ended before all were looked at. */
  broken?: string;
  /** Whether the last line has come. */
  ended: boolean;
}

export const NONE: Tally = { done: 0, over: 0, refused: 0, failed: [], ended: false };

/** What is known after a line of the answer. */
export function takeLine(tally: Tally, line: string): Tally {
  if (line.trim() === '') return tally;
  const told = JSON.parse(line) as Record<string, unknown>;
  if (typeof told.outcome !== 'string') {
    const broken = typeof told.broken === 'string' ? { broken: told.broken } : {};
    return { ...tally, ...broken, ended: true };
  }
  if (told.outcome === 'done') return { ...tally, done: tally.done + 1 };
  if (told.outcome === 'over') return { ...tally, over: tally.over + 1 };
  const failed = { id: String(told._id), error: String(told.error) };
  return { ...tally, refused: tally.refused + 1, failed: [...tally.failed, failed] };
}
