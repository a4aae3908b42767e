import { api, onLapse, settle, type Schemas, type Trouble } from '../api/client';
import { clock } from './clock.svelte';
import type { Need } from './pages';

export type Who = Schemas['Session'];

/** Who uses the console, and what that may do. */
class SessionState {
  who = $state.raw<Who>();
  /** Nothing is known yet. */
  asking = $state(true);
  /** It was known who it is, and no longer is: what is on the page stays. */
  lapsed = $state(false);
  /** The server could not be asked. */
  trouble = $state.raw<Trouble>();

  constructor() {
    onLapse(() => {
      if (this.who) this.lapsed = true;
    });
  }

  may(need: Need): boolean {
    return this.who?.may.includes(need) ?? false;
  }

  async look() {
    const asked = Date.now();
    const found = await settle(api.GET('/v1/session'));
    this.asking = false;
    if (found.ok) {
      this.#known(found.data, asked);
      return;
    }
    this.trouble = found.trouble.status === 401 ? undefined : found.trouble;
  }

  async enter(name: string, password: string): Promise<Trouble | undefined> {
    const asked = Date.now();
    const found = await settle(api.POST('/v1/session', { body: { name, password } }));
    if (!found.ok) return found.trouble;
    this.#known(found.data, asked);
    return undefined;
  }

  async leave(): Promise<Trouble | undefined> {
    const left = await settle(api.DELETE('/v1/session'));
    if (!left.ok) return left.trouble;
    this.who = undefined;
    this.lapsed = false;
    return undefined;
  }

  #known(who: Who, asked: number) {
    clock.told(who.time, asked);
    this.who = who;
    this.lapsed = false;
    this.trouble = undefined;
  }
}

export const session = new SessionState();
