import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { href, readAddress } from './address';
import { PAGES, pagesFor, ROLES_WITH, type Need } from './pages';
import { find } from './search';
import { dateAndTime, distance, span, timeOfDay } from './times';

describe('addresses', () => {
  it('are read as they were written', () => {
    const part = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.array(part), fc.dictionary(part, part), (rest, chosen) => {
        const read = readAddress(href('callbacks', rest, chosen));
        expect(read.page).toBe('callbacks');
        expect(read.rest).toEqual(rest);
        expect(Object.fromEntries(read.chosen)).toEqual({ ...chosen });
      }),
    );
  });

  it('hold nothing that nobody has chosen', () => {
    expect(href('queues', [], { state: undefined, q: '' })).toBe('#/queues');
    expect(readAddress('')).toMatchObject({ page: 'now', rest: [] });
    expect(readAddress('#/a%/b')).toMatchObject({ page: 'a%', rest: ['b'] });
  });
});

describe('pages', () => {
  it('are those that a role may open', () => {
    for (const need of Object.keys(ROLES_WITH) as Need[])
      expect(pagesFor([need]).map((it) => it.need)).toEqual(
        PAGES.filter((it) => it.need === need).map((it) => it.need),
      );
    expect(pagesFor([])).toEqual([]);
    expect(pagesFor(['ask', 'read']).map((it) => it.id)).toContain('queues');
  });

  it('have letters of their own', () => {
    expect(new Set(PAGES.map((it) => it.letter)).size).toBe(PAGES.length);
  });
});

describe('the search', () => {
  const rows = ['queue/VQ_Sales', 'service/sales', 'deliveries'];

  it('finds exact things first, and says what it did not look at', () => {
    expect(find('vq_sales', ['read'], rows)).toEqual({ href: '#/queues/VQ_Sales' });
    expect(find(' sales ', ['read'], rows)).toEqual({ href: '#/now?service=sales' });
    expect(find('que', ['read'], rows)).toEqual({ href: '#/queues' });
    const id = '07-01a23060-e898-72cb-869e-a2cf9ad941ef';
    expect(find(id, ['read'], rows)).toEqual({ href: `#/callbacks/${id}` });
    expect(find('+1 212 5550101', ['read'], rows)).toEqual({
      href: '#/callbacks?number=%2B1+212+5550101',
    });
    expect(find('que', [], rows)).toHaveProperty('said');
    expect(find('sale', ['read'], rows)).toMatchObject({
      said: expect.stringContaining('Near to it: queue VQ_Sales') as string,
    });
  });
});

describe('times', () => {
  const winter = Date.parse('2026-12-01T12:02:03Z');

  it('are written with their zone', () => {
    expect(timeOfDay(winter, 'utc')).toBe('12:02:03 UTC');
    expect(dateAndTime(winter, 'utc')).toBe('1 Dec 2026, 12:02:03 UTC');
    expect(timeOfDay(winter, 'local')).toMatch(/^\d\d:02:03 .+/);
  });

  it('are never negative spans', () => {
    expect(span(-5)).toBe('0 s');
    expect(span(59_999)).toBe('59 s');
    expect(span(250_000)).toBe('4 min 10 s');
    expect(span(3_600_000)).toBe('1 h');
    expect(span(90_061_000)).toBe('1 d 1 h');
    expect(distance(winter - 10_000, winter)).toBe('10 s ago');
    expect(distance(winter + 240_000, winter)).toBe('in 4 min');
    expect(distance(winter, winter + 999)).toBe('now');
  });
});
