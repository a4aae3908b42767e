/** Which rows a list shows, and what waits until nobody is in it. */
export interface Held {
  shown: string[];
  fresh: number;
  gone: number;
}

/** While somebody is in a list no row moves: what came waits, and what is gone stays where it was. */
export function hold(shown: readonly string[], wanted: readonly string[], held: boolean): Held {
  if (!held) return { shown: [...wanted], fresh: 0, gone: 0 };
  const before = new Set(shown);
  const after = new Set(wanted);
  return {
    shown: [...shown],
    fresh: wanted.filter((name) => !before.has(name)).length,
    gone: shown.filter((name) => !after.has(name)).length,
  };
}
