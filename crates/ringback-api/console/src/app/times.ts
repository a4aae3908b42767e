/** Times as they are shown: in the viewer's zone or in UTC, and the zone is always written. */
export type Zone = 'local' | 'utc';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      ...options,
      ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
    });
    formats.set(key, found);
  }
  return found;
}

/** `14:02:03 GMT+1`. */
export function timeOfDay(millis: number, zone: Zone): string {
  const shown = format(zone, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  return shown.format(millis);
}

/** `1 Dec 2026, 14:02:03 GMT+1`. */
export function dateAndTime(millis: number, zone: Zone): string {
  const shown = format(zone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  return shown.format(millis);
}

/** `14:02`. */
export function minuteOfDay(millis: number, zone: Zone): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }).format(millis);
}

/** `GMT+1`. */
export function zoneName(millis: number, zone: Zone): string {
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(millis);
  return parts.find((it) => it.type === 'timeZoneName')?.value ?? '';
}

/** A span of ms in its two largest units: `4 min 10 s`. Never negative. */
export function span(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `4 min ago`, `in 10 s` or `now`. */
export function distance(millis: number, now: number): string {
  const away = millis - now;
  if (Math.abs(away) < 1000) return 'now';
  return away < 0 ? `${span(-away)} ago` : `in ${span(away)}`;
}
