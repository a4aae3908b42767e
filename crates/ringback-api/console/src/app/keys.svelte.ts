import { push } from 'svelte-spa-router';
import { href } from './address';
import { pagesFor } from './pages';
import { preferences } from './preferences.svelte';
import { session } from './session.svelte';

/** Keys that lead somewhere or do something, unless somebody types. */
class Keys {
  /** Whether the list of keys is shown. */
  helping = $state(false);
  #after: 'g' | undefined;
  #pausing: (() => void)[] = [];

  onPause(what: () => void): () => void {
    this.#pausing.push(what);
    return () => (this.#pausing = this.#pausing.filter((it) => it !== what));
  }

  press(event: KeyboardEvent) {
    if (!preferences.shortcuts || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const after = this.#after;
    this.#after = undefined;
    if (after === 'g') {
      const page = pagesFor(session.who?.may ?? []).find((it) => it.letter === event.key);
      if (page) this.#do(event, () => void push(href(page.id)));
      return;
    }
    if (event.key === 'g') this.#after = 'g';
    else if (event.key === '?') this.#do(event, () => (this.helping = true));
    else if (event.key === 'p') this.#do(event, () => this.#pausing.forEach((it) => it()));
    else if (event.key === '/')
      this.#do(event, () => document.querySelector<HTMLInputElement>('#search')?.focus());
  }

  #do(event: KeyboardEvent, what: () => void) {
    event.preventDefault();
    what();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

export const keys = new Keys();
export const onPause = (what: () => void) => keys.onPause(what);
