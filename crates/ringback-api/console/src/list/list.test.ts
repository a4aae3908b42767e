import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hold } from './held';
import { windowOf } from './window';

it('a window has every row that can be seen, and few others', () => {
  const height = fc.integer({ min: 100, max: 2000 });
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(4_000_000), height, (count, top, height) => {
      const { from, until } = windowOf(count, 40, top, height);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(until).toBeLessThanOrEqual(count);
      expect(until - from).toBeLessThanOrEqual(Math.ceil(height / 40) + 21);
      const first = Math.floor(top / 40);
      const last = Math.ceil((top + height) / 40);
      if (first < count) {
        expect(from).toBeLessThanOrEqual(first);
        expect(until).toBeGreaterThanOrEqual(Math.min(count, last));
      }
    }),
  );
  expect(windowOf(0, 40, 0, 500)).toEqual({ from: 0, until: 0 });
});

it('no row moves while somebody is in the list', () => {
  expect(hold(['a', 'b'], ['b', 'c', 'd'], true)).toEqual({ shown: ['a', 'b'], fresh: 2, gone: 1 });
  expect(hold(['a', 'b'], ['b', 'a'], true)).toEqual({ shown: ['a', 'b'], fresh: 0, gone: 0 });
  expect(hold(['a', 'b'], ['b', 'c'], false)).toEqual({ shown: ['b', 'c'], fresh: 0, gone: 0 });
});
