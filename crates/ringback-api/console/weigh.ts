// Weighs what was built: fails above what is allowed. gzip counts, as it travels.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const kB = 1000;
const MOST = { first: 80 * kB, page: 25 * kB, chart: 30 * kB, all: 300 * kB, plain: 1000 * kB };
const FIRST_PAGE = 'Now';

const folder = process.argv[2] ?? 'dist';
const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
const packed = new Map(
  [...texts].map(([name, text]) => [name, gzipSync(text, { level: 9 }).length]),
);

/** What a file asks for at once: imports, not those that come later, and the styles of a page. */
function needs(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const text = texts.get(name)?.toString() ?? '';
  for (const match of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g))
    if (match[1] && texts.has(match[1])) needs(match[1], found);
  return found;
}

/** The styles that come with a page, as the script lists them that loads pages. */
function withStyles(scripts: Set<string>): Set<string> {
  const stems = [...scripts].map((name) => name.replace(/-[\w-]{8}\.js$/, ''));
  const styles = [...texts.keys()].filter(
    (name) => name.endsWith('.css') && stems.includes(name.replace(/-[\w-]{8}\.css$/, '')),
  );
  return new Set([...scripts, ...styles]);
}

const weight = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + (packed.get(name) ?? 0), 0);
const named = (stem: string) =>
  [...texts.keys()].find((name) => name.startsWith(`${stem}-`) && name.endsWith('.js')) ?? '';

const html = texts.get('index.html')?.toString() ?? '';
const linked = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1] ?? '');
const shell = new Set<string>(['index.html']);
for (const name of linked) for (const one of needs(name)) shell.add(one);
const first = new Set([...shell, ...withStyles(needs(named(FIRST_PAGE)))]);

const told: [string, number, number][] = [['shell and first page', weight(first), MOST.first]];
const entry = linked.map((name) => texts.get(name)?.toString() ?? '').join('');
for (const match of entry.matchAll(/import\(["'`]\.\/([^"'`]+)["'`]\)/g)) {
  const name = match[1] ?? '';
  const own = [...withStyles(needs(name))].filter((it) => !first.has(it));
  told.push([`page ${name.replace(/-.{8}\.js$/, '')}`, weight(own), MOST.page]);
}
const chart = [...withStyles(needs(named('chart')))].filter((it) => !first.has(it));
told.push(['charts', weight(chart), MOST.chart]);
told.push(['everything', weight(texts.keys()), MOST.all]);
const plain = [...texts.values()].reduce((sum, text) => sum + text.length, 0);
told.push(['everything, as it stands in the binary', plain, MOST.plain]);

let heavy = false;
for (const [what, bytes, most] of told) {
  heavy ||= bytes > most;
  const verdict = bytes > most ? '  TOO MUCH' : '';
  console.log(`${(bytes / kB).toFixed(1).padStart(7)} kB of ${most / kB}  ${what}${verdict}`);
}
process.exit(heavy ? 1 : 0);
