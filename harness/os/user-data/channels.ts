interface Document {
  /** Reaches the guest byte by byte, valid or not. */
  readonly content: string | Uint8Array;
}

/**
 * The channels that carry one document. `fw-cfg`, `cd-rom` and `private` are Bottlerocket's: QEMU's firmware
 * configuration device, an ISO 9660 image, and the PRIVATE partition. `ignition` is read by CoreOS and Flatcar,
 * `nocloud` by cloud-init. `imds` is EC2's metadata service, which images for its cloud ask.
 */
export const DOCUMENT_CHANNELS = ['fw-cfg', 'cd-rom', 'private', 'nocloud', 'ignition', 'imds'] as const;

/** Every way in which user-data reaches a guest. */
export const USER_DATA_CHANNELS = [...DOCUMENT_CHANNELS, 'credentials'] as const;

interface PlainUserData extends Document {
  readonly channel: 'fw-cfg' | 'cd-rom' | 'private' | 'ignition' | 'imds';
}

/** https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html */
export interface NoCloudUserData extends Document {
  readonly channel: 'nocloud';
  /** Default: nothing but an `instance-id`, which also is added where it is missing; it is derived from the contents. */
  readonly metaData?: Readonly<Record<string, unknown>>;
  readonly networkConfig?: string | Uint8Array;
}

/** A systemd credential: https://systemd.io/CREDENTIALS. A machine takes any number of them. */
export interface Credential extends Document {
  readonly channel: 'credentials';
  /** Such as `vmm.notify_socket`. */
  readonly name: string;
}

/** What a guest is configured with at its first boot, and the way in which it gets it. */
export type UserData = PlainUserData | NoCloudUserData | Credential;
