import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** What is told when something is not done. */
export interface Trouble {
  /** 0 when there was no answer. */
  status: number;
  detail: string;
  /** In how many seconds the same may work. */
  after?: number;
}

/** Relative to the page, so that it holds under any prefix. */
export const BASE = new URL('../', document.baseURI).href.replace(/\/$/, '');

const lapsed: (() => void)[] = [];

/** Calls `what` when the server no longer knows who asks. */
export function onLapse(what: () => void) {
  lapsed.push(what);
}

export function hasLapsed() {
  lapsed.forEach((it) => it());
}

const watch: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/v1/session') hasLapsed();
  },
};

export const api = createClient<paths>({ baseUrl: BASE, credentials: 'same-origin' });
api.use(watch);

/** What went wrong, in the server's own words where it said some. */
export function trouble(response: Response | undefined, body: unknown): Trouble {
  const told = (body ?? {}) as { detail?: unknown };
  const status = response?.status ?? 0;
  const detail =
    typeof told.detail === 'string'
      ? told.detail
      : status === 0
        ? 'There was no answer: the server or the network is away.'
        : `The server answered with status ${status}.`;
  const after = Number(response?.headers.get('retry-after') ?? Number.NaN);
  return { status, detail, ...(Number.isFinite(after) ? { after } : {}) };
}

type Answer<T> = { data?: T; error?: unknown; response: Response };
export type Outcome<T> =
  { ok: true; data: T; response: Response } | { ok: false; trouble: Trouble };

/** An answer, or what went wrong: also when there was none at all. */
export async function settle<T>(asked: Promise<Answer<T>>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await asked;
    if (!response.ok) return { ok: false, trouble: trouble(response, error) };
    return { ok: true, data: data as T, response };
  } catch {
    return { ok: false, trouble: trouble(undefined, undefined) };
  }
}
