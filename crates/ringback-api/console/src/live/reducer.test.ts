import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStale, NOTHING, take, type Known } from './reducer';
import { EventReader, type ServerEvent } from './sse';

type State = Record<string, number>;

/** A server that keeps its last changes, as the real one does. */
class Server {
  state: State = {};
  number = 1;
  readonly deltas: { changed: State; gone: string[] }[] = [];

  become(state: State) {
    const changed = Object.fromEntries(
      Object.entries(state).filter(([name, row]) => this.state[name] !== row),
    );
    const gone = Object.keys(this.state).filter((name) => !(name in state));
    this.state = state;
    if (Object.keys(changed).length === 0 && gone.length === 0) return;
    this.number += 1;
    this.deltas.push({ changed, gone });
  }

  /** What a watcher is sent that comes with this id. */
  since(id: string | undefined): ServerEvent[] {
    const number = Number(id?.split(':')[1] ?? 0);
    const event = (event: string, data: object, id: number) => ({
      event,
      data: JSON.stringify({ at: '2026-12-01T12:00:00Z', ...data }),
      id: `e:${id}`,
    });
    if (number < 1 || this.number - number > 5)
      return [event('snapshot', { rows: this.state }, this.number)];
    return this.deltas
      .slice(number - 1)
      .map((delta, place) => event('delta', delta, number + place + 1));
  }
}

function written(events: ServerEvent[]): string {
  return events.map((it) => `event: ${it.event}\nid: ${it.id}\ndata: ${it.data}\n\n`).join('');
}

describe('what is known of a topic', () => {
  it('ends in the state of the server, whatever is lost, doubled or cut', () => {
    const states = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(2)), {
      minLength: 1,
      maxLength: 30,
    });
    const way = fc.record({ lost: fc.boolean(), twice: fc.boolean(), cut: fc.nat(200) });
    fc.assert(
      fc.property(states, fc.array(way, { minLength: 30, maxLength: 30 }), (states, ways) => {
        const server = new Server();
        let known: Known = NOTHING;
        states.forEach((state, place) => {
          server.become(state);
          const { lost, twice, cut } = ways[place] ?? { lost: false, twice: false, cut: 0 };
          if (lost) return;
          // A connection of its own, that breaks anywhere.
          const text = written(server.since(known.id));
          const piece = place % 2 === 0 ? text.slice(0, cut) : text;
          const events = new EventReader().take(piece);
          for (const event of twice ? events.flatMap((it) => [it, it]) : events)
            known = take(known, event);
        });
        for (const event of server.since(known.id)) known = take(known, event);
        expect(Object.fromEntries(known.rows)).toEqual(server.state);
      }),
    );
  });

  it('knows nothing before the first snapshot', () => {
    const delta = { event: 'delta', data: '{"changed":{"a":1}}', id: 'e:2' };
    expect(take(NOTHING, delta).rows.size).toBe(0);
    for (const data of ['', 'null', '[]', '{', '"x"'])
      expect(take(NOTHING, { event: 'snapshot', data }).rows.size).toBe(0);
  });

  it('is as old as the last look of the server', () => {
    const beat = { event: 'beat', data: '{"at":"2026-12-01T12:00:05Z","every":5000}' };
    const known = take({ ...NOTHING, whole: true, id: 'e:7' }, beat);
    expect(known).toMatchObject({ at: Date.parse('2026-12-01T12:00:05Z'), every: 5000, id: 'e:7' });
    expect(isStale(known.at, known.at + 5000)).toBe(false);
    expect(isStale(known.at, known.at + 5001)).toBe(true);
  });
});

describe('a stream of events', () => {
  const text =
    ': hello\n\nevent: beat\r\ndata: 1\r\n\r\nid: 5\ndata: a\ndata:b\n\ndata\n\nretry: 3\n\n';

  it('is read the same however it is cut', () => {
    const whole = new EventReader().take(text);
    expect(whole).toEqual([
      { event: 'beat', data: '1' },
      { event: 'message', data: 'a\nb', id: '5' },
      { event: 'message', data: '' },
    ]);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const reader = new EventReader();
      expect([...reader.take(text.slice(0, cut)), ...reader.take(text.slice(cut))]).toEqual(whole);
    }
  });
});
