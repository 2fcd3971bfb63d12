import { json } from 'node:stream/consumers';

import { z } from 'zod';

import { readContent } from '../content.ts';
import { MEDIA_TYPES, type Platform } from './blob.ts';
import type { ContainerImage } from './image.ts';

const platformSchema = z.object({ os: z.string(), architecture: z.string() });

/** For which machines an image of one platform is, as its configuration says. */
export async function platformOf({ blobs }: ContainerImage): Promise<Platform> {
  const config = blobs.find(({ descriptor }) => descriptor.mediaType === MEDIA_TYPES.config);
  if (config === undefined) throw new Error('The image has no configuration.');
  return platformSchema.parse(await json(readContent(config.content)));
}
