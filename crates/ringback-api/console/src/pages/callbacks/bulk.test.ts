import { expect, it } from 'vitest';
import { isEmpty, readFilter, same } from './filter';
import { NONE, takeLine } from './tally';

it('lines of an answer add up', () => {
  const lines = [
    '{"_id":"a","outcome":"done"}',
    '{"_id":"b","outcome":"over"}',
    '{"_id":"c","outcome":"refused","error":"customer and agent talk"}',
    '',
    '{"done":1,"over":1,"refused":1}',
  ];
  const tally = lines.reduce(takeLine, NONE);
  expect(tally).toEqual({
    done: 1,
    over: 1,
    refused: 1,
    failed: [{ id: 'c', error: 'customer and agent talk' }],
    ended: true,
  });
  expect(takeLine(NONE, '{"done":0,"over":0,"refused":0,"broken":"away"}').broken).toBe('away');
});

it('a filter is what stands in the address, and nothing else', () => {
  const filter = readFilter(new URLSearchParams('state=QUEUED&x=1&queue=%20'));
  expect(filter).toEqual({ state: 'QUEUED' });
  expect(same(filter, { state: 'QUEUED', queue: '' })).toBe(true);
  expect(same(filter, {})).toBe(false);
  expect(isEmpty({ state: '' })).toBe(true);
});
