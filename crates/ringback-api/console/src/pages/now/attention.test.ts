import { expect, it } from 'vitest';
import type { QueueRow, ServiceRow } from '../../live/board.svelte';
import { matters } from './attention';

const queue = (change: Partial<QueueRow>): QueueRow => ({
  queue: 'VQ',
  ewt: 0,
  waiting: 0,
  callbacks: 0,
  live_calls: 0,
  ready: 0,
  busy: 0,
  handle_time: 0,
  handle_time_from: 'assumed',
  first_since: null,
  ...change,
});
const service = (change: Partial<ServiceRow>): ServiceRow => ({
  service: 'sales',
  queue: 'VQ',
  paused: false,
  states: {},
  ...change,
});

it('what is broken comes before what is only paused', () => {
  expect(matters([service({})], [queue({})], { dead_targets: 0, failing_targets: 0 })).toEqual([]);
  const found = matters(
    [service({ paused: true, states: { PAUSED: 2 } })],
    [queue({ waiting: 3 }), queue({ queue: 'other', waiting: 3, busy: 1 })],
    { dead_targets: 1, failing_targets: 2 },
  );
  expect(found.map((it) => it.what)).toEqual([
    '3 callers in VQ, and nobody works there',
    '1 target with notifications that were given up',
    '2 targets that do not take notifications now',
    'sales is paused: 2 callbacks held',
  ]);
});
