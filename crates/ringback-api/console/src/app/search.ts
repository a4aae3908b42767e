import { words } from '../words/en';
import { href } from './address';
import { pagesFor } from './pages';

export type Found = { href: string } | { said: string };

/** Where what somebody has typed leads: exact things first. */
export function find(text: string, may: readonly string[], rows: readonly string[]): Found {
  const asked = text.trim();
  if (asked === '')
    return { said: 'Type an id, a number, or the name of a page, a service or a queue.' };
  const lower = asked.toLowerCase();
  const named = (kind: string) => rows.find((row) => row.toLowerCase() === `${kind}/${lower}`);
  const queue = named('queue');
  if (queue) return { href: href('queues', [queue.slice('queue/'.length)]) };
  const service = named('service');
  if (service) return { href: href('now', [], { service: service.slice('service/'.length) }) };
  if (/^\d+-[0-9a-f]{8}-[0-9a-f-]{27}$/.test(lower)) return { href: href('callbacks', [lower]) };
  if (/^\+?[\d ()./-]*\d[\d ()./-]*$/.test(asked))
    return { href: href('callbacks', [], { number: asked }) };
  const page = pagesFor(may).find((it) => words.pages[it.id]?.toLowerCase().startsWith(lower));
  if (page) return { href: href(page.id) };
  const near = rows.find((row) => row.toLowerCase().includes(lower));
  const hint = near ? ` Near to it: ${near.replace('/', ' ')}.` : '';
  return {
    said: `No page, service or queue is called “${asked}”.${hint} User data was not looked at.`,
  };
}
