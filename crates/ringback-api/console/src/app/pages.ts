/** A need of a page or an action, as `GET /v1/session` names them. */
export type Need =
  | 'ask'
  | 'request'
  | 'read'
  | 'own-agent'
  | 'supervise'
  | 'replay'
  | 'pause'
  | 'configure'
  | 'erase'
  | 'report'
  | 'audit';

export interface PageOf {
  id: string;
  /** After `g` it leads there. */
  letter: string;
  need: Need;
}

/** The pages in the order of the navigation. */
export const PAGES = [
  { id: 'now', letter: 'n', need: 'read' },
  { id: 'queues', letter: 'q', need: 'read' },
  { id: 'callbacks', letter: 'c', need: 'read' },
  { id: 'agents', letter: 'a', need: 'read' },
  { id: 'desk', letter: 'd', need: 'own-agent' },
  { id: 'services', letter: 's', need: 'read' },
  { id: 'settings', letter: 'x', need: 'ask' },
] as const satisfies readonly PageOf[];

export type PageId = (typeof PAGES)[number]['id'];

/** Those that somebody may open. */
export function pagesFor(may: readonly string[]): (typeof PAGES)[number][] {
  return PAGES.filter((page) => may.includes(page.need));
}

/** The roles that have a need, as the server decides; for saying so to who has it not. */
export const ROLES_WITH: Record<Need, readonly string[]> = {
  ask: ['every role'],
  read: ['agent', 'supervisor', 'analyst', 'developer', 'readonly', 'admin'],
  request: ['supervisor', 'developer', 'admin'],
  'own-agent': ['agent', 'supervisor', 'admin'],
  supervise: ['supervisor', 'admin'],
  replay: ['supervisor', 'analyst', 'admin'],
  pause: ['supervisor', 'developer', 'admin'],
  configure: ['developer', 'admin'],
  erase: ['admin'],
  report: ['supervisor', 'analyst', 'developer', 'readonly', 'admin'],
  audit: ['analyst', 'admin'],
};
