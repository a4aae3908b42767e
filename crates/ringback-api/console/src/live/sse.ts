/** An event of a stream of server-sent events. */
export interface ServerEvent {
  event: string;
  data: string;
  id?: string;
}

/** Reads a stream however it is cut into pieces. */
export class EventReader {
  #rest = '';

  take(piece: string): ServerEvent[] {
    this.#rest += piece;
    // A CR at the end may be half of a line's end.
    const events: ServerEvent[] = [];
    for (;;) {
      const end = /\r\n\r\n|\n\n|\r\r(?!\n?$)/.exec(this.#rest);
      if (!end) return events;
      const block = this.#rest.slice(0, end.index);
      this.#rest = this.#rest.slice(end.index + end[0].length);
      const event = readBlock(block);
      if (event) events.push(event);
    }
  }
}

function readBlock(block: string): ServerEvent | undefined {
  let event = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    if (line.startsWith(':')) continue;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
  }
  if (data.length === 0) return undefined;
  return { event, data: data.join('\n'), ...(id === undefined ? {} : { id }) };
}
