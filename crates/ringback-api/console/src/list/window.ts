/** The rows of a long list that are in the page. */
export interface Window {
  /** The first, and the one after the last. */
  from: number;
  until: number;
}

/** All rows have one height, so the range is one formula. */
export function windowOf(
  count: number,
  row: number,
  top: number,
  height: number,
  spare = 10,
): Window {
  if (count <= 0 || row <= 0) return { from: 0, until: 0 };
  const first = Math.floor(Math.max(0, top) / row);
  const fits = Math.ceil(Math.max(0, height) / row) + 1;
  const from = Math.max(0, Math.min(first - spare, count - fits - spare));
  const until = Math.min(count, first + fits + spare);
  return { from: Math.min(from, until), until };
}
