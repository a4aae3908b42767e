/** How this browser shows things. Nothing else is kept here, and nothing of it is secret. */
export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  zone: 'local' | 'utc';
  density: 'wide' | 'close';
  shortcuts: boolean;
}

const KEPT = 'ringback.preferences';
const USUAL: Preferences = { theme: 'system', zone: 'local', density: 'wide', shortcuts: true };

/** Reads what was kept; whatever is not understood is as usual. */
export function readPreferences(text: string | null): Preferences {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? '{}');
  } catch {
    kept = {};
  }
  const given = (kept ?? {}) as Record<string, unknown>;
  const oneOf = <T>(value: unknown, allowed: readonly T[], usual: T): T =>
    allowed.includes(value as T) ? (value as T) : usual;
  return {
    theme: oneOf(given.theme, ['system', 'light', 'dark'], USUAL.theme),
    zone: oneOf(given.zone, ['local', 'utc'], USUAL.zone),
    density: oneOf(given.density, ['wide', 'close'], USUAL.density),
    shortcuts: oneOf(given.shortcuts, [true, false], USUAL.shortcuts),
  };
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export const preferences = $state(readPreferences(stored()));

export function applyPreferences() {
  const root = document.documentElement;
  if (preferences.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = preferences.theme;
  root.dataset.density = preferences.density;
}

export function changePreferences(change: Partial<Preferences>) {
  Object.assign(preferences, change);
  applyPreferences();
  try {
    localStorage.setItem(KEPT, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
}
