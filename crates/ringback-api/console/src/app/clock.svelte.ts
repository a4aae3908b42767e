/** The time by the server's clock, which decides; a browser's may be minutes off. */
class Clock {
  /** How much later it is there than here, in ms. */
  #offset = 0;
  /** The time there, once a second while somebody looks. */
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (document.visibilityState === 'visible') this.#tick();
    }, 1000);
    document.addEventListener('visibilitychange', () => this.#tick());
  }

  /** The server has told its time in an answer to what was asked at `asked`. */
  told(time: string, asked: number) {
    const there = Date.parse(time);
    if (Number.isNaN(there)) return;
    const here = (asked + Date.now()) / 2;
    this.#offset = there - here;
    this.#tick();
  }

  /** The present time there, in ms. */
  exactly(): number {
    return Date.now() + this.#offset;
  }

  #tick() {
    this.now = this.exactly();
  }
}

export const clock = new Clock();
