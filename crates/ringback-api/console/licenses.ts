import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** The folder of the package that a module is of. */
function packageOf(file: string): string | undefined {
  const inside = file.lastIndexOf('node_modules/');
  if (inside < 0) return undefined;
  let folder = dirname(file);
  while (folder.length > inside) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && 'version' in JSON.parse(readFileSync(manifest, 'utf8')))
      return folder;
    folder = dirname(folder);
  }
  return undefined;
}

/** Writes the licences of all packages that have come into the files. */
export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle(_, bundle) {
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const id of Object.keys(chunk.modules)) {
          const folder = packageOf(id.replace(/\0/g, '').replace(/\?.*$/, ''));
          if (folder) folders.add(folder);
        }
      }
      const texts = [...folders].map((folder) => {
        const { name, version, license } = JSON.parse(
          readFileSync(join(folder, 'package.json'), 'utf8'),
        ) as { name: string; version: string; license: string };
        const file = readdirSync(folder).find((it) => /^licen[cs]e/i.test(it));
        const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
        return `${name} ${version} (${license})\n\n${text}\n`;
      });
      const source = texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source });
    },
  };
}
