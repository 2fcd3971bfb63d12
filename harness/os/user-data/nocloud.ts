import { sha256 } from '../../util/files/sha256.ts';
import type { NoCloudUserData } from './channels.ts';

/** cloud-init looks for this label, in upper or lower case. */
export const NOCLOUD_LABEL = 'CIDATA';
/** In the system's serial number: cloud-init then tries no other source, some of which would wait for a network. */
export const NOCLOUD_SERIAL = 'ds=nocloud';

const ID_DIGITS = 16;

interface NoCloudFile {
  readonly name: 'user-data' | 'meta-data' | 'network-config';
  readonly content: string | Uint8Array;
}

/** The files of the volume. */
export function noCloudFiles({ content, metaData = {}, networkConfig }: NoCloudUserData): NoCloudFile[] {
  // cloud-init acts once for each instance-id.
  const digests = [content, networkConfig ?? '', JSON.stringify(metaData)].map((one) => sha256(one));
  const id = `hotfire-${sha256(digests.join()).slice(0, ID_DIGITS)}`;
  return [
    { name: 'user-data', content },
    // JSON is YAML.
    { name: 'meta-data', content: `${JSON.stringify({ 'instance-id': id, ...metaData })}\n` },
    ...(networkConfig === undefined ? [] : [{ name: 'network-config' as const, content: networkConfig }]),
  ];
}
