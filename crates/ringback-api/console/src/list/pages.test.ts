import { describe, expect, it } from 'vitest';
import { Pages } from './pages';

function filled(pages: number, size: number): Pages<string> {
  const list = new Pages<string>();
  for (let page = 0; page < pages; page += 1) {
    expect(list.next).toEqual({ page, begin: page === 0 ? undefined : `after ${page}` });
    const rows = Array.from({ length: size }, (_, row) => `${page}:${row}`);
    list.put(page, rows, page === pages - 1 ? null : `after ${page + 1}`);
  }
  return list;
}

describe('a list in pages', () => {
  it('knows how far it has looked, and what it has let go', () => {
    const list = filled(50, 500);
    expect(list.whole).toBe(true);
    expect(list.next).toBeUndefined();
    expect(list.count).toBe(25_000);
    expect(list.rows().length).toBe(Pages.MOST * 500);
    expect(list.row(24_999)).toBe('49:499');
    expect(list.row(0)).toBeUndefined();
    expect(list.lacking(0, 40)).toEqual([0]);
    expect(list.begin(1)).toBe('after 1');
    list.put(0, ['again'], 'after 1');
    expect(list.row(0)).toBe('again');
    expect(list.count).toBe(25_000);
  });

  it('has pages that are short or empty and not the last', () => {
    const list = new Pages<string>();
    list.put(0, [], 'a');
    list.put(1, ['x'], 'b');
    expect(list.whole).toBe(false);
    expect(list.count).toBe(1);
    expect(list.row(0)).toBe('x');
    expect(list.lacking(0, 10)).toEqual([]);
    list.put(7, ['of another list'], null);
    expect(list.count).toBe(1);
    list.replace((row) => (row === 'x' ? 'y' : undefined));
    expect(list.row(0)).toBe('y');
  });
});
