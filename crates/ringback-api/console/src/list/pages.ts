/** What is known of a list that comes in pages, each beginning where the one before says. */
export class Pages<Row> {
  /** Rows in memory: not more than of so many pages. */
  static readonly MOST = 20;

  #sizes: number[] = [];
  /** Where each page begins; one more than there are pages, unless the last has come. */
  #begins: (string | undefined)[] = [undefined];
  #kept = new Map<number, Row[]>();

  /** How many rows there are as far as it was looked. */
  get count(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Whether all pages have come once. */
  get whole(): boolean {
    return this.#begins.length === this.#sizes.length;
  }

  get length(): number {
    return this.#sizes.length;
  }

  /** Where the page begins that comes next, for the first time. */
  get next(): { page: number; begin: string | undefined } | undefined {
    if (this.whole) return undefined;
    return { page: this.#sizes.length, begin: this.#begins[this.#sizes.length] };
  }

  begin(page: number): string | undefined {
    return this.#begins[page];
  }

  put(page: number, rows: Row[], next: string | null) {
    if (page > this.#sizes.length) return;
    if (page === this.#sizes.length) {
      this.#sizes.push(rows.length);
      if (next !== null) this.#begins.push(next);
    }
    // One that comes again may be shorter: what is gone leaves a gap until the list is asked anew.
    this.#kept.delete(page);
    this.#kept.set(page, rows);
    while (this.#kept.size > Pages.MOST) {
      const farthest = [...this.#kept.keys()].reduce((far, it) =>
        Math.abs(it - page) > Math.abs(far - page) ? it : far,
      );
      this.#kept.delete(farthest);
    }
  }

  /** The row at a place; `undefined` while its page is not here. */
  row(place: number): Row | undefined {
    let from = 0;
    for (let page = 0; page < this.#sizes.length; page += 1) {
      const size = this.#sizes[page] ?? 0;
      if (place < from + size) return this.#kept.get(page)?.[place - from];
      from += size;
    }
    return undefined;
  }

  /** The pages that a range of rows needs and that are not here. */
  lacking(from: number, until: number): number[] {
    const found: number[] = [];
    let at = 0;
    this.#sizes.forEach((size, page) => {
      if (size > 0 && at < until && at + size > from && !this.#kept.has(page)) found.push(page);
      at += size;
    });
    return found;
  }

  /** Every row that is here. */
  rows(): Row[] {
    return [...this.#kept.entries()].sort(([one], [other]) => one - other).flatMap(([, it]) => it);
  }

  /** Takes over rows that were asked again. */
  replace(same: (row: Row) => Row | undefined) {
    for (const [page, rows] of this.#kept)
      this.#kept.set(
        page,
        rows.map((row) => same(row) ?? row),
      );
  }
}
