/** What a licence's text says and no other's does, by the identifier that SPDX gives it; the first match counts. */
const PHRASES: readonly (readonly [string, RegExp])[] = [
  ['Apache-2.0', /Apache License\s+Version 2\.0/],
  ['MPL-2.0', /Mozilla Public License,? version 2\.0/i],
  ['BSD-3-Clause', /Redistribution and use in source and binary forms.*Neither the name/s],
  ['BSD-2-Clause', /Redistribution and use in source and binary forms/],
  ['ISC', /Permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose/],
  ['MIT', /Permission is hereby granted, free of charge, to any person/],
];

/** @returns the SPDX identifier of a licence by its text; undefined for one that is not among the usual ones. */
export function licenceOf(text: string): string | undefined {
  const flowing = text.replaceAll(/\s+/g, ' ');
  return PHRASES.find(([, phrase]) => phrase.test(flowing))?.[0];
}
