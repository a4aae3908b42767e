import { untrack } from 'svelte';
import { api, settle, type Schemas, type Trouble } from '../../api/client';
import { Pages } from '../../list/pages';
import type { Filter } from './filter';

export type Row = Schemas['Record'];

const PAGE = 500;
/** So many pages that are short or empty are passed over before it asks whether to go on. */
const FAR = 20;

/** The callbacks that a filter finds, as far as it was looked. */
export class Found {
  readonly filter: Filter;
  /** Another number with each change of what is here. */
  changes = $state(0);
  asking = $state(false);
  trouble = $state.raw<Trouble>();
  /** How many there are in all, where an index knows. */
  exact = $state<number>();
  /** Nothing was found on many pages: it is asked whether to go on. */
  far = $state(false);
  /** When it was asked last, in ms. */
  at = $state(0);

  readonly pages = new Pages<Row>();
  #gone = false;
  #loading = new Set<number>();

  constructor(filter: Filter) {
    this.filter = filter;
  }

  /** Nobody looks any more: an answer that comes late is of no use. */
  drop() {
    this.#gone = true;
  }

  /** Brings what a range of rows needs, and some more at its end. Whether it asks already is not looked at by an effect. */
  need(from: number, until: number) {
    untrack(() => void this.#need(from, until));
  }

  async #need(from: number, until: number) {
    for (const page of this.pages.lacking(from, until)) void this.#again(page);
    if (until >= this.pages.count - 50) await this.more();
  }

  /** The next page that has rows, unless the last has come. */
  async more() {
    if (this.asking || this.trouble || this.pages.whole || this.far) return;
    this.asking = true;
    const before = this.pages.count;
    for (let looked = 0; looked < FAR && this.pages.count === before; looked += 1) {
      const next = this.pages.next;
      if (!next || this.#gone || this.trouble) break;
      await this.#load(next.page, next.begin);
    }
    this.asking = false;
    this.far = this.pages.count === before && !this.pages.whole && !this.trouble;
    this.changes += 1;
  }

  goOn() {
    this.far = false;
    this.trouble = undefined;
    void this.more();
  }

  /** Asks again how the rows are that are shown. */
  async refresh(ids: string[]) {
    if (ids.length === 0) return;
    const asked = Date.now();
    const query = { ids: ids.slice(0, 200).join(',') };
    const found = await settle(api.GET('/v1/callbacks', { params: { query } }));
    if (this.#gone || !found.ok) return;
    const now = new Map(found.data.callbacks.map((row) => [row._id, row]));
    this.pages.replace((row) => now.get(row._id));
    this.at = asked;
    this.changes += 1;
  }

  async #again(page: number) {
    if (this.#loading.has(page)) return;
    this.#loading.add(page);
    await this.#load(page, this.pages.begin(page));
    this.#loading.delete(page);
    this.changes += 1;
  }

  async #load(page: number, after: string | undefined) {
    const first = page === 0 && after === undefined;
    const asked = Date.now();
    const query = {
      ...this.filter,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
      ...(first ? { count: true } : {}),
    };
    const found = await settle(api.GET('/v1/callbacks', { params: { query } }));
    if (this.#gone) return;
    if (!found.ok) {
      this.trouble = found.trouble;
      return;
    }
    if (first) this.exact = found.data.count;
    this.at = asked;
    this.pages.put(page, found.data.callbacks, found.data.next);
  }
}
