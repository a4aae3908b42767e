import { expect, it } from 'vitest';
import { changed, choices, parameters, shown, type Explained } from './parameters';

const option = (name: string, topic: string, byDefault: string): Explained => ({
  name,
  topic,
  meaning: `what ${name} does`,
  takes: 'a text',
  default: byDefault,
  unit: null,
});
const OPTIONS = [
  option('_ttl', 'General', '86400'),
  option('_type', 'General', 'ors'),
  option('_x', 'Chat', ''),
];
const SERVICE = {
  options: { _ttl: '60' },
  effective: { _ttl: '60', _type: 'ors', _x: 'by template' },
};

it('a parameter says where its value comes from, also before it is saved', () => {
  const found = (changes: Record<string, string | null>) =>
    parameters(OPTIONS, SERVICE, changes).map(({ value, from, changed }) => [value, from, changed]);
  expect(found({})).toEqual([
    ['60', 'set here', false],
    ['ors', 'default', false],
    ['by template', 'template', false],
  ]);
  expect(found({ _type: 'other' })[1]).toEqual(['other', 'set here', true]);
  expect(changed(SERVICE.options, { _ttl: null, _x: 'y' })).toEqual({ _x: 'y' });
});

it('a table shows what is looked for', () => {
  const all = parameters(OPTIONS, SERVICE, {});
  const names = (words: string, topic: string, everything: boolean) =>
    shown(all, words, topic, everything).map(([topic, them]) => [topic, them.map((it) => it.name)]);
  expect(names('', '', true)).toEqual([
    ['General', ['_ttl', '_type']],
    ['Chat', ['_x']],
  ]);
  expect(names('', '', false)).toEqual([
    ['General', ['_ttl']],
    ['Chat', ['_x']],
  ]);
  expect(names('WHAT _x', 'Chat', true)).toEqual([['Chat', ['_x']]]);
  expect(names('nothing', '', true)).toEqual([]);
});

it('a few words are a choice', () => {
  expect(choices('true or false')).toEqual(['true', 'false']);
  expect(choices('httpcb, orscb, customhttp or amqp')).toHaveLength(4);
  for (const takes of ['seconds from 1 to 9', 'a text of at most 3 characters', 'ors'])
    expect(choices(takes)).toEqual([]);
});
