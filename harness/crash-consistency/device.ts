/** The errors of a disk that its user can distinguish, by their names in errno(3). */
export type DiskError = 'EIO' | 'ENOSPC';

/** What a machine asks of its disk. Offsets and lengths are whole sectors and lie within the disk. */
export interface BlockRequest {
  readonly kind: 'read' | 'write' | 'zero' | 'trim' | 'flush';
  readonly offset: number;
  readonly lengthBytes: number;
  /** Force unit access: the answer means that this write outlives a power cut. */
  readonly fua: boolean;
  /** As long as `lengthBytes` for a write, empty for everything else. */
  readonly data: Buffer;
}

export interface BlockAnswer {
  readonly error?: DiskError;
  /** What was read. */
  readonly data?: Buffer;
  /** Called when the answer has been given: from then on the machine may count on it. */
  readonly given: () => void;
}

/** A disk that is served to a machine. */
export interface BlockDevice {
  readonly sizeBytes: number;
  /** Called in the order in which requests arrive, without waiting for the answers, which may come in another. */
  submit(request: BlockRequest): Promise<BlockAnswer>;
}
