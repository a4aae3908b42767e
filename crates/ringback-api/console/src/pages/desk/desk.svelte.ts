import { api, settle, type Schemas, type Trouble } from '../../api/client';
import { clock } from '../../app/clock.svelte';

export type Busy = Schemas['BusyAgent'];
export type Line = Schemas['ChatLine'];
export type Wish = 'ready' | 'not_ready';

/** How often it is asked; also while the page is hidden, because a preview waits for nobody. */
const EVERY = 1000;
/** After so long without an answer the desk says so. */
const LOST = 10_000;

/** What an agent is asked to do now. */
export class Desk {
  readonly agent: string;
  now = $state.raw<Busy>();
  trouble = $state.raw<Trouble>();
  /** When the last answer came, by the server's clock. */
  at = $state(0);
  lines = $state.raw<Line[]>([]);
  chatOver = $state(false);
  /** Called when the agent is asked to do something new. */
  onCall: ((what: string) => void) | undefined;

  #chat: string | undefined;
  #next = 0;
  #asked = '';
  #ended = false;

  constructor(agent: string) {
    this.agent = agent;
  }

  get lost(): boolean {
    return this.at > 0 && clock.now - this.at > LOST;
  }

  run(): () => void {
    void this.#keep();
    return () => (this.#ended = true);
  }

  async #keep() {
    while (!this.#ended) {
      await this.look();
      await new Promise((done) => setTimeout(done, EVERY));
    }
  }

  async look() {
    const path = { id: this.agent };
    const found = await settle(api.GET('/v1/agents/{id}', { params: { path } }));
    if (this.#ended) return;
    if (!found.ok) {
      this.trouble = found.trouble;
      return;
    }
    this.trouble = undefined;
    this.at = clock.exactly();
    this.now = found.data;
    this.#call(found.data);
    await this.#read(found.data.chat);
  }

  /** Says it once when something new is asked. */
  #call({ preview, chat }: Busy) {
    const asked = preview
      ? `preview ${preview.callback}`
      : chat && !chat.joined
        ? `chat ${chat.callback}`
        : '';
    if (asked !== '' && asked !== this.#asked) this.onCall?.(asked);
    this.#asked = asked;
  }

  async #read(chat: Busy['chat']) {
    if (chat?.callback !== this.#chat) {
      this.#chat = chat?.callback;
      this.#next = 0;
      if (chat) this.lines = [];
      this.chatOver = !chat;
    }
    if (!chat?.joined) return;
    const path = { id: this.agent, callback: chat.callback };
    const query = { after: this.#next };
    const found = await settle(
      api.GET('/v1/agents/{id}/chats/{callback}/lines', { params: { path, query } }),
    );
    if (!found.ok || this.#ended) return;
    this.chatOver = found.data.over;
    this.#next = found.data.next;
    if (found.data.lines.length > 0) this.lines = [...this.lines, ...found.data.lines];
  }

  wish(state: Wish) {
    const path = { id: this.agent };
    return this.#do(api.PUT('/v1/agents/{id}/state', { params: { path }, body: { state } }));
  }

  answer(callback: string, verdict: 'accept' | 'reject') {
    const path = { id: this.agent, callback, verdict };
    return this.#do(api.POST('/v1/agents/{id}/preview/{callback}/{verdict}', { params: { path } }));
  }

  join(callback: string) {
    const path = { id: this.agent, callback };
    return this.#do(api.POST('/v1/agents/{id}/chats/{callback}/join', { params: { path } }));
  }

  leave(callback: string) {
    const path = { id: this.agent, callback };
    return this.#do(api.POST('/v1/agents/{id}/chats/{callback}/leave', { params: { path } }));
  }

  write(callback: string, text: string) {
    const path = { id: this.agent, callback };
    const asked = api.POST('/v1/agents/{id}/chats/{callback}/lines', {
      params: { path },
      body: { text },
    });
    return this.#do(asked);
  }

  async #do(asked: Parameters<typeof settle>[0]): Promise<Trouble | undefined> {
    const done = await settle(asked);
    await this.look();
    return done.ok ? undefined : done.trouble;
  }
}
