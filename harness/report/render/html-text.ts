import { plain } from './text.ts';

/** A piece of markup. Only the tag below makes one, so that text from guests can't become markup. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** Escapes every value that is not markup itself. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  const markup = parts.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (value instanceof Html ? value.markup : escape(String(value)));
  });
  return new Html(markup.join(''));
}

export function joined(pieces: readonly Html[]): Html {
  return new Html(pieces.map((piece) => piece.markup).join(''));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
