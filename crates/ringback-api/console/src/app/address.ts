/** What stands in the address of a page: its name, parts of it, and what a person has chosen. */
export interface Address {
  page: string;
  rest: string[];
  chosen: URLSearchParams;
}

export function readAddress(hash: string): Address {
  const text = hash.replace(/^#?\/?/, '');
  const [path = '', query = ''] = text.split(/\?(.*)/s);
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [page = 'now', ...rest] = parts;
  return { page, rest, chosen: new URLSearchParams(query) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `#/queues/VQ%201?state=QUEUED`; what is empty is left out. */
export function href(
  page: string,
  rest: readonly string[] = [],
  chosen: Record<string, string | undefined> = {},
): string {
  const path = [page, ...rest].map(encodeURIComponent).join('/');
  const given = Object.entries(chosen).filter(
    (it): it is [string, string] => it[1] !== undefined && it[1] !== '',
  );
  const query = new URLSearchParams(given).toString();
  return `#/${path}${query ? `?${query}` : ''}`;
}
