import { plain } from '../text.ts';

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

export const NOTHING = new Html('');

/** Data for the page's script. It can't end the element that it is in, whatever strings it has. */
export function dataIsland(className: string, data: unknown): Html {
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return html`<script type="application/json" class="${className}">
    ${new Html(json)}
  </script>`;
}

/** A link within the report. It leads nowhere else, whatever the names are. */
export function reportLink(parts: readonly string[], text: string): Html {
  const path = parts.flatMap((part) => part.split('/')).map(encodeURIComponent);
  return html`<a href="./${path.join('/')}">${text}</a>`;
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
