import { describe, expect, it } from 'vitest';

import { licenceOf } from './licence.ts';

const REDISTRIBUTION = 'Redistribution and use in source and binary\n forms, with or without modification';

describe('licenceOf', () => {
  it.each([
    ['Apache-2.0', '   Apache License\n     Version 2.0, January 2004'],
    ['MPL-2.0', 'Mozilla Public License, version 2.0'],
    ['BSD-3-Clause', `${REDISTRIBUTION}\n3. Neither the name of the copyright holder`],
    ['BSD-2-Clause', REDISTRIBUTION],
    ['ISC', 'Permission to use, copy, modify, and distribute this software\nfor any purpose'],
    ['MIT', 'Permission is hereby granted, free of\ncharge, to any person'],
  ])('knows %s by its words, however they are broken into lines', (identifier, text) => {
    expect(licenceOf(text)).toBe(identifier);
  });

  it('makes no guess', () => {
    expect(licenceOf('All rights reserved.')).toBeUndefined();
  });
});
