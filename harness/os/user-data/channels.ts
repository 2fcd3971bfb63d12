/** The ways in which user-data reaches a guest. */
export const USER_DATA_CHANNELS = [
  'fw-cfg',
  'cd-rom',
  'private',
  'nocloud',
  'ignition',
  'credentials',
] as const;
export type UserDataChannel = (typeof USER_DATA_CHANNELS)[number];
