import { untrack } from 'svelte';
import { api, BASE, hasLapsed, settle } from '../api/client';
import { clock } from '../app/clock.svelte';
import { isStale, NOTHING, take, type Known, type Rows } from './reducer';
import { EventReader } from './sse';

/** How often it is asked where nothing can be streamed, and how often it was tried to stream before. */
const ASK_EVERY = 5000;
const TRIES = 3;
/** A hidden page gives its stream back after so long: a browser has six connections for a host. */
const HIDDEN = 30_000;
/** What has come is shown at most so often. */
const SHOW_EVERY = 250;
/** A stream that is silent for so long is broken: the server says something every 2 s. */
const SILENT = 10_000;

export type How = 'beginning' | 'streaming' | 'asking' | 'paused' | 'away';

/** A topic as the server tells it, while somebody looks. */
export class Live {
  rows = $state.raw<Rows>(NOTHING.rows);
  /** When the server looked. 0: never yet. */
  at = $state(0);
  how = $state<How>('beginning');
  /** Called after each change with all rows. */
  onChange: ((rows: Rows, at: number) => void) | undefined;

  readonly #topic: string;
  #known: Known = NOTHING;
  #viewers = 0;
  #run: AbortController | undefined;
  #failed = 0;
  /** Something has come that is not shown yet. */
  #unshown = false;
  #hide: ReturnType<typeof setTimeout> | undefined;

  constructor(topic: string) {
    this.#topic = topic;
    document.addEventListener('visibilitychange', () => this.#seen());
  }

  get stale(): boolean {
    return this.at > 0 && isStale(this.at, clock.now);
  }

  /** Looks until the returned function is called. */
  view(): () => void {
    this.#viewers += 1;
    // An effect that looks is not to look anew with each change of how.
    if (this.#viewers === 1 && untrack(() => this.how) !== 'paused') untrack(() => this.#begin());
    return () => {
      this.#viewers -= 1;
      if (this.#viewers === 0) this.#end();
    };
  }

  pause() {
    this.#end();
    this.how = 'paused';
  }

  resume() {
    this.how = 'beginning';
    if (this.#viewers > 0) this.#begin();
  }

  #seen() {
    clearTimeout(this.#hide);
    if (this.#viewers === 0 || this.how === 'paused') return;
    if (document.visibilityState === 'hidden') this.#hide = setTimeout(() => this.#end(), HIDDEN);
    else if (!this.#run) this.#begin();
  }

  #begin() {
    this.#end();
    this.#run = new AbortController();
    void this.#keep(this.#run.signal);
  }

  #end() {
    this.#run?.abort();
    this.#run = undefined;
  }

  /** Streams, and asks again and again where that does not work. */
  async #keep(signal: AbortSignal) {
    this.#failed = 0;
    while (!signal.aborted) {
      const went = this.#failed < TRIES ? await this.#stream(signal) : 'no';
      if (signal.aborted) return;
      if (went === 'lapsed') {
        hasLapsed();
        return;
      }
      if (went === 'ended') {
        this.#failed = 0;
        continue;
      }
      this.#failed += 1;
      await this.#ask();
      await wait(this.#failed < TRIES ? 1000 * this.#failed : ASK_EVERY, signal);
      // A stream may work again: it is tried now and then.
      if (this.#failed > TRIES + 5) this.#failed = TRIES - 1;
    }
  }

  async #stream(signal: AbortSignal): Promise<'ended' | 'no' | 'lapsed'> {
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), SILENT);
    try {
      const last = this.#known.id;
      const response = await fetch(`${BASE}/v1/live?topic=${this.#topic}`, {
        signal: AbortSignal.any([signal, silent.signal]),
        headers: last ? { 'last-event-id': last } : {},
        cache: 'no-store',
      });
      if (response.status === 401) return 'lapsed';
      if (!response.ok || !response.body) return 'no';
      const reader = new EventReader();
      const decoder = new TextDecoder();
      const body = response.body.getReader();
      for (;;) {
        const { done, value } = await body.read();
        if (done) return 'no';
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), SILENT);
        for (const event of reader.take(decoder.decode(value, { stream: true }))) {
          if (event.event === 'end') return 'ended';
          this.#failed = 0;
          this.how = 'streaming';
          this.#take(take(this.#known, event));
        }
      }
    } catch {
      return 'no';
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask() {
    const found = await settle(api.GET('/v1/summary'));
    if (!this.#run) return;
    if (!found.ok) {
      this.how = 'away';
      return;
    }
    this.how = 'asking';
    const rows = new Map(Object.entries(found.data.rows as Record<string, unknown>));
    this.#take({ ...NOTHING, rows, at: Date.parse(found.data.at) });
  }

  #take(known: Known) {
    this.#known = known;
    if (this.#unshown) return;
    this.#unshown = true;
    const after = this.at === 0 ? 0 : SHOW_EVERY;
    setTimeout(() => requestAnimationFrame(() => this.#show()), after);
  }

  #show() {
    this.#unshown = false;
    const { rows, at } = this.#known;
    if (rows !== this.rows) this.rows = rows;
    this.at = at;
    this.onChange?.(rows, at);
  }
}

function wait(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}
