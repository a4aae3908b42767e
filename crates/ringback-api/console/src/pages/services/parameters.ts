import type { Schemas } from '../../api/client';

/** What is known of an option, of whatever service. */
export interface Explained {
  name: string;
  topic: string;
  meaning: string;
  takes: string;
  default: string;
  unit: string | null;
}

export type Service = Schemas['Service'];
/** What a service says itself, by name. */
export type Values = Record<string, unknown>;
export type From = 'set here' | 'template' | 'default';

export interface Parameter extends Explained {
  value: string;
  from: From;
  /** It is set here, or is about to be. */
  changed: boolean;
}

/** A value as it is typed. */
export function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is to be changed: another value, or none of its own any more. */
export type Changes = Readonly<Record<string, string | null>>;

/** The parameters that a service has of its own or by its template, as they will be. */
export function parameters(
  options: readonly Explained[],
  service: Pick<Service, 'options' | 'effective'>,
  changes: Changes,
): Parameter[] {
  const own = service.options as Values;
  const effective = service.effective as Values;
  const found: Parameter[] = [];
  for (const option of options) {
    const change = changes[option.name];
    const set = change === undefined ? option.name in own : change !== null;
    const byTemplate = text(effective[option.name] ?? option.default);
    const value = set ? (change ?? text(own[option.name])) : byTemplate;
    const from = set ? 'set here' : value === option.default ? 'default' : 'template';
    found.push({ ...option, value, from, changed: change !== undefined });
  }
  return found;
}

/** What is shown of them: by topic, by words of name or description, those that are set or all. */
export function shown(
  all: readonly Parameter[],
  words: string,
  topic: string,
  everything: boolean,
): [string, Parameter[]][] {
  const lower = words.trim().toLowerCase();
  const groups = new Map<string, Parameter[]>();
  for (const it of all) {
    if (topic !== '' && it.topic !== topic) continue;
    if (!everything && it.from === 'default' && !it.changed) continue;
    if (lower !== '' && !`${it.name} ${it.meaning}`.toLowerCase().includes(lower)) continue;
    groups.set(it.topic, [...(groups.get(it.topic) ?? []), it]);
  }
  return [...groups];
}

/** The options that are sent: what a service says itself, with what is changed. */
export function changed(own: Values, changes: Changes): Values {
  const options = { ...own };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete options[name];
    else options[name] = value;
  }
  return options;
}

/** The choices of an option that takes a few words; none when it takes anything else. */
export function choices(takes: string): string[] {
  const words = takes.split(/, | or /);
  const plain = words.every((word) => /^[A-Za-z][\w-]*$/.test(word));
  return words.length > 1 && plain ? words : [];
}
